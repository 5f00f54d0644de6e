package io.sluicemq.transport.stream;

import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.wire.Heartbeat;

/** The times of one pipe: its heartbeat while it is open, and the deadline of its handshake or of its end. */
final class Liveness {
    /** A peer that is refused is told so, and has this long to read it. */
    static final long REFUSAL_LINGER_NS = 1_000_000_000L;

    /** A peer that ends the connection has this long to take the rest and the last count. */
    static final long PEER_END_NS = 10_000_000_000L;

    /** What has come due. */
    enum Due {
        NOTHING,
        DEADLINE,
        PING,
        SILENCE
    }

    private final TransportContext context;
    private final PipeTimer timer;
    private Heartbeat heartbeat; // does nothing before the handshake and for peers without commands
    private long deadlineNs;
    private boolean hasDeadline;

    Liveness(final TransportContext context, final Runnable onTimer) {
        this.context = context;
        this.timer = new PipeTimer(context, onTimer);
        this.heartbeat = new Heartbeat(0, 0, 0, context.nowNs());
    }

    void deadline(final long atNs) {
        deadlineNs = atNs;
        hasDeadline = true;
    }

    void noDeadline() {
        hasDeadline = false;
    }

    /** The deadline that is set, if that is sooner. */
    long atMost(final long atNs) {
        return hasDeadline && deadlineNs - atNs < 0 ? deadlineNs : atNs;
    }

    void startHeartbeat(final PipeOptions.HeartbeatOptions options) {
        heartbeat = new Heartbeat(options.intervalNs(), options.timeoutNs(), options.ttlNs(), context.nowNs());
    }

    void onBytesReceived() {
        heartbeat.onBytesReceived(context.nowNs());
    }

    void onReadingPaused(final boolean paused) {
        heartbeat.onReadingPaused(paused, context.nowNs());
    }

    void onPing(final int ttlDeciseconds) {
        heartbeat.onPing(ttlDeciseconds, context.nowNs());
    }

    int ttlDeciseconds() {
        return heartbeat.ttlDeciseconds();
    }

    void arm(final boolean open) {
        if (hasDeadline) {
            timer.schedule(deadlineNs);
        }
        if (open) {
            final long nextNs = heartbeat.nextDeadlineNs();
            if (nextNs != Heartbeat.NO_DEADLINE) {
                timer.schedule(nextNs);
            }
        }
    }

    /** The timer fired. Null when it was one that a sooner one has replaced. */
    Due poll(final boolean open) {
        final long nowNs = context.nowNs();
        if (!timer.isDue(nowNs)) {
            return null;
        }
        if (hasDeadline && nowNs - deadlineNs >= 0) {
            return Due.DEADLINE;
        }
        if (!open) {
            return Due.NOTHING;
        }
        return switch (heartbeat.poll(nowNs)) {
            case TIMED_OUT -> Due.SILENCE;
            case SEND_PING -> Due.PING;
            case NONE -> Due.NOTHING;
        };
    }

    void cancel() {
        timer.cancel();
    }
}
