package io.sluicemq.wire;

import java.util.ArrayDeque;
import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;

/** Feeds a handshake by hand, and gathers what it sends. */
final class HandshakeDriver {
    private static final int TRANSMIT_CAPACITY = 7; // small and odd, so that sending is split as well

    final ZmtpHandshake handshake;
    private byte[] sent = {};

    HandshakeDriver(final ZmtpHandshake handshake) {
        this.handshake = handshake;
    }

    /** All bytes sent since the last call. */
    byte[] takeSent() {
        final UnsafeBuffer target = new UnsafeBuffer(new byte[TRANSMIT_CAPACITY + 2]);
        int length = handshake.transmit(target, 1, TRANSMIT_CAPACITY);
        while (length > 0) {
            sent = Bytes.of(sent, Bytes.copyOf(target, 1, length));
            length = handshake.transmit(target, 1, TRANSMIT_CAPACITY);
        }
        final byte[] taken = sent;
        sent = new byte[0];
        return taken;
    }

    /** Gives bytes in chunks of these sizes in turn; returns what was consumed of them. */
    int give(final byte[] bytes, final int... chunks) {
        int consumed = 0;
        for (int i = 0; consumed < bytes.length; i++) {
            final int chunk = Math.min(chunks[i % chunks.length], bytes.length - consumed);
            final UnsafeBuffer source = new UnsafeBuffer(new byte[chunk + 2]);
            source.putBytes(1, bytes, consumed, chunk);
            final int step = handshake.receive(source, 1, chunk);
            consumed += step;
            if (step < chunk) {
                break;
            }
        }
        return consumed;
    }

    int give(final byte[] bytes) {
        return give(bytes, Math.max(1, bytes.length));
    }

    /** Everything that can be seen of a run, to compare runs. */
    static String run(final ZmtpHandshake handshake, final byte[] input, final int... chunks) {
        final HandshakeDriver driver = new HandshakeDriver(handshake);
        final int consumed = driver.give(input, chunks);
        final String sent = HexFormat.of().formatHex(driver.takeSent());
        final String peer = handshake.peer() == null
                ? "none"
                : handshake.peer() + HexFormat.of().formatHex(handshake.peer().routingId());
        return handshake.state() + " failure=" + handshake.failure() + " text=" + handshake.failureText() + " consumed="
                + consumed + " sent=" + sent + " peer=" + peer;
    }

    /** Carries bytes between two handshakes in chunks until both have said all. */
    static void marry(final HandshakeDriver left, final HandshakeDriver right, final int chunk) {
        final ArrayDeque<byte[]> toRight = new ArrayDeque<>();
        final ArrayDeque<byte[]> toLeft = new ArrayDeque<>();
        do {
            if (!toRight.isEmpty()) {
                right.give(toRight.poll(), chunk);
            }
            if (!toLeft.isEmpty()) {
                left.give(toLeft.poll(), chunk);
            }
            if (left.handshake.pendingLength() > 0) {
                toRight.add(left.takeSent());
            }
            if (right.handshake.pendingLength() > 0) {
                toLeft.add(right.takeSent());
            }
        } while (!toRight.isEmpty() || !toLeft.isEmpty());
    }
}
