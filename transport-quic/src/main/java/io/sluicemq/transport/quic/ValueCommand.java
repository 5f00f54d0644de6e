package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** X-VALUE, a command on the control stream: what a datagram said, once more, without its type. */
final class ValueCommand {
    private static final byte[] NAME = "\7X-VALUE".getBytes(StandardCharsets.US_ASCII);
    private static final int COMMAND = 4;
    private static final int LONG_COMMAND = 6;

    /** Longest frame. */
    static final int MAX_BYTES = Route.LONG_HEADER_BYTES + NAME.length + DatagramTerms.MAX_BYTES;

    /** Behind the header: name, number, and a frame with nothing in it. */
    static final int MIN_BODY_BYTES = NAME.length + Long.BYTES + 2;

    private ValueCommand() {}

    static void put(final ByteBuffer target, final ByteBuf datagram) {
        final int length = datagram.readableBytes() - 1;
        final int body = NAME.length + length;
        if (body > 255) {
            target.put((byte) LONG_COMMAND).putLong(body);
        } else {
            target.put((byte) COMMAND).put((byte) body);
        }
        target.put(NAME);
        final int limit = target.limit();
        target.limit(target.position() + length);
        datagram.getBytes(datagram.readerIndex() + 1, target);
        target.limit(limit);
    }

    /** Whether a frame that begins there may be one, as far as its header and name are here. */
    static boolean mayBeAt(final StreamInput control) {
        final int flags = control.peek(0);
        if (!Route.isPlainCommand(flags)) {
            return false;
        }
        final int header = Route.headerBytes(flags);
        final long bytes = Route.frameBytes(control);
        if (bytes >= 0 && bytes < header + NAME.length) {
            return false;
        }
        for (int i = 0; i < NAME.length && header + i < control.available(); i++) {
            if (control.peek(header + i) != NAME[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether more must come of what {@link #mayBeAt} there, before it is known what it is and can be taken. */
    static boolean isPartAt(final StreamInput control) {
        final long bytes = Route.frameBytes(control);
        return control.available() < Route.headerBytes(control.peek(0)) + NAME.length
                || (bytes <= MAX_BYTES && control.available() < bytes);
    }

    /** Where its number is, in a frame that is there in full. */
    static int numberAt(final ByteBuffer frame) {
        return frame.position() + Route.headerBytes(frame.get(frame.position())) + NAME.length;
    }
}
