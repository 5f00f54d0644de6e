package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Which stream a frame goes on: messages on the lane, commands on the control stream past all messages. A command that says
 * something of the messages in front of it or behind it stays among them: X-BEGIN, X-END, and a PING whose context stands for what was
 * sent before it.
 */
final class Route {
    /** Of the greeting (RFC 37), with which the control stream begins. */
    static final int GREETING_BYTES = 64;

    /** Flags and length of a long frame, name of a command and its length, the fixed part of a PING. */
    static final int MAX_HEAD_BYTES = 9 + 1 + 7 + 2;

    private static final int LONG = 2;
    private static final int COMMAND = 4;
    private static final int SHORT_HEADER_BYTES = 2;
    static final int LONG_HEADER_BYTES = 9;
    private static final byte[] BEGIN = name("X-BEGIN");
    private static final byte[] END = name("X-END");
    private static final byte[] PING = name("PING");

    private Route() {}

    private static byte[] name(final String text) {
        final byte[] letters = text.getBytes(StandardCharsets.US_ASCII);
        final byte[] name = new byte[letters.length + 1];
        name[0] = (byte) letters.length;
        System.arraycopy(letters, 0, name, 1, letters.length);
        return name;
    }

    static boolean isMore(final int flags) {
        return (flags & 1) != 0;
    }

    static boolean isCommand(final int flags) {
        return (flags & COMMAND) != 0;
    }

    /** A single frame; flags that are not known are passed over (RFC 37, 2.2). */
    static boolean isPlainCommand(final int flags) {
        return isCommand(flags) && !isMore(flags);
    }

    static int headerBytes(final int flags) {
        return (flags & LONG) == 0 ? SHORT_HEADER_BYTES : LONG_HEADER_BYTES;
    }

    /** Header and body together, of a frame whose header is in the buffer. Negative for a length that cannot be. */
    static long frameBytes(final ByteBuffer source, final int at) {
        final int flags = source.get(at);
        return (flags & LONG) == 0
                ? SHORT_HEADER_BYTES + (source.get(at + 1) & 0xFFL)
                : LONG_HEADER_BYTES + source.getLong(at + 1);
    }

    /** As {@link #frameBytes(ByteBuffer, int)}. */
    static long frameBytes(final ByteBuf source, final int at) {
        return (source.getByte(at) & LONG) == 0
                ? SHORT_HEADER_BYTES + source.getUnsignedByte(at + 1)
                : LONG_HEADER_BYTES + source.getLong(at + 1);
    }

    /** Whether a frame that begins here, and whose header is in the buffer, goes on the lane. */
    static boolean isForLane(final ByteBuffer source, final int at) {
        final int flags = source.get(at);
        if (!isCommand(flags)) {
            return true;
        }
        final int body = at + headerBytes(flags);
        return starts(source, body, BEGIN)
                || starts(source, body, END)
                || (starts(source, body, PING) && frameBytes(source, at) > headerBytes(flags) + PING.length + 2);
    }

    /** As {@link #frameBytes(ByteBuffer, int)}, of the frame that begins there, and whose header is here. */
    static long frameBytes(final StreamInput input) {
        final int header = headerBytes(input.peek(0));
        long body = 0;
        for (int i = 1; i < header; i++) {
            body = (body << 8) | input.peek(i);
        }
        return body < 0 ? body : header + body;
    }

    /** Whether the frame that begins there, and whose header is here, is an X-END, as far as it is here. */
    static boolean isEnd(final StreamInput input) {
        return isNamed(input, END);
    }

    /** Whether the frame that begins there, and whose header is here, is the command of a name, as far as it is here. */
    static boolean isNamed(final StreamInput input, final byte[] name) {
        final int header = headerBytes(input.peek(0));
        if (!isPlainCommand(input.peek(0)) || frameBytes(input) < header + name.length) {
            return false;
        }
        for (int i = 0; i < name.length && header + i < input.available(); i++) {
            if (input.peek(header + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether a frame that begins here, and whose header is in the buffer, is an X-END. */
    static boolean isEnd(final ByteBuffer source, final int at) {
        final int flags = source.get(at);
        return isCommand(flags) && starts(source, at + headerBytes(flags), END);
    }

    private static boolean starts(final ByteBuffer source, final int at, final byte[] name) {
        if (source.limit() - at < name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (source.get(at + i) != name[i]) {
                return false;
            }
        }
        return true;
    }
}
