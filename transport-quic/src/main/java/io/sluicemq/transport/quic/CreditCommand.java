package io.sluicemq.transport.quic;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** X-CREDIT, a command on the control stream: how much a side takes on a lane, counted from its beginning. */
final class CreditCommand {
    /** In place of a lane: how many messages on streams of their own. */
    static final int LARGE_MESSAGES = 255;

    /** Of the whole frame. */
    static final int BYTES = 2 + 1 + 8 + 1 + Long.BYTES;

    /** Behind the header of the frame. */
    static final int BODY_BYTES = BYTES - 2;

    static final String WIRE_NAME = "X-CREDIT";

    private static final byte[] NAME = ("\b" + WIRE_NAME).getBytes(StandardCharsets.US_ASCII);

    private CreditCommand() {}

    static void put(final ByteBuffer target, final int lane, final long total) {
        target.put((byte) 4).put((byte) BODY_BYTES).put(NAME).put((byte) lane).putLong(total);
    }

    /** Whether the frame that begins there, and is here in full, is one, be it long enough or not. */
    static boolean isAt(final StreamInput control) {
        return Route.isNamed(control, NAME);
    }

    /** Of one that is not shorter than ours; what follows may be added one day. */
    static int lane(final StreamInput control) {
        return control.peek(laneAt(control));
    }

    private static int laneAt(final StreamInput control) {
        return Route.headerBytes(control.peek(0)) + NAME.length;
    }

    static long total(final StreamInput control) {
        final int at = laneAt(control) + 1;
        long total = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            total = (total << 8) | control.peek(at + i);
        }
        return total;
    }
}
