package io.sluicemq.transport.quic;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** X-CREDIT, a command on the control stream: how much a side takes on a lane, counted from its beginning. */
final class CreditCommand {
    /** In place of a lane: how many messages on streams of their own. */
    static final int LARGE_MESSAGES = 255;

    /** Of the whole frame. */
    static final int BYTES = 2 + 1 + 8 + 1 + Long.BYTES;

    private static final byte[] HEAD = head();

    private CreditCommand() {}

    private static byte[] head() {
        final byte[] name = "X-CREDIT".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(3 + name.length)
                .put((byte) 4)
                .put((byte) (BYTES - 2))
                .put((byte) name.length)
                .put(name)
                .array();
    }

    static void put(final ByteBuffer target, final int lane, final long total) {
        target.put(HEAD).put((byte) lane).putLong(total);
    }

    /** Whether the frame that begins there, and is here in full, is one. */
    static boolean isAt(final StreamInput control) {
        for (int i = 0; i < HEAD.length; i++) {
            if (control.peek(i) != HEAD[i]) {
                return false;
            }
        }
        return true;
    }

    static int lane(final StreamInput control) {
        return control.peek(HEAD.length);
    }

    static long total(final StreamInput control) {
        long total = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            total = (total << 8) | control.peek(HEAD.length + 1 + i);
        }
        return total;
    }
}
