package io.sluicemq;

/** One direction of a {@link Proxy}: takes a message only when the last one has gone on. Proxy thread only. */
final class ProxyLane {
    /** Messages carried before the other direction has its turn. */
    private static final int TURN = 256;

    private final Receiver source;
    private final Sender target;
    private final Sender capture;
    private final Message message = new Message();
    private final Message captured = new Message();
    private boolean pending;
    private long pendingBytes;
    private volatile long messages;
    private volatile long bytes;

    ProxyLane(final Receiver source, final Sender target, final Sender capture) {
        this.source = source;
        this.target = target;
        this.capture = capture;
    }

    /** Carries what is there and what the target takes; returns how many messages. */
    int carry() {
        int carried = 0;
        while (carried < TURN && (pending || source.tryReceive(message))) {
            if (!pending) {
                pending = true;
                look();
            }
            final SendResult result = target.trySend(message);
            if (result == SendResult.UNROUTABLE) {
                // For a peer that is gone: a mandatory ROUTER said so, and there is nobody to tell.
                pending = false;
                continue;
            }
            if (result != SendResult.SENT) {
                break;
            }
            pending = false;
            count();
            if (capture != null) {
                // A capture that is full misses messages; it must not hold up the traffic.
                capture.trySend(captured);
            }
            carried++;
        }
        return carried;
    }

    /** Before it is sent on, which empties it. */
    private void look() {
        pendingBytes = 0;
        for (int i = 0; i < message.frameCount(); i++) {
            pendingBytes += message.frameLength(i);
        }
        if (capture != null) {
            captured.copyOf(message);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // The proxy's thread alone writes.
    private void count() {
        messages++;
        bytes += pendingBytes;
    }

    Receiver source() {
        return source;
    }

    Sender target() {
        return target;
    }

    boolean isPending() {
        return pending;
    }

    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }
}
