package io.sluicemq.testkit.peers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Bytes of ZMTP (RFC 37) written down plainly and apart from the library's own codec, so that tests do not check it against
 * itself. Any thread may call.
 */
public final class ZmtpBytes {

    private static final int GREETING_BYTES = 64;
    private static final int MINOR_OFFSET = 11;
    private static final int MECHANISM_OFFSET = 12;
    private static final int SHORT_MAX = 255;
    private static final int LONG_FLAG = 0x02;
    private static final int COMMAND_FLAG = 0x04;

    private ZmtpBytes() {}

    /** A frame or command as it came. */
    public static final class Frame {

        private final int flags;
        private final byte[] body;

        /**
         * Takes over the body.
         *
         * @param flags octet: MORE 1, LONG 2, COMMAND 4.
         * @param body without the size, not to be changed afterwards.
         */
        public Frame(final int flags, final byte[] body) {
            this.flags = flags;
            this.body = body;
        }

        /**
         * Flags as they stood on the wire.
         *
         * @return octet: MORE 1, LONG 2, COMMAND 4.
         */
        public int flags() {
            return flags;
        }

        /**
         * Body as it stood on the wire.
         *
         * @return a copy.
         */
        public byte[] body() {
            return body.clone();
        }

        /**
         * Name of a command.
         *
         * @return empty when this is no command.
         */
        public String commandName() {
            if ((flags & COMMAND_FLAG) == 0 || body.length == 0 || body.length <= body[0]) {
                return "";
            }
            return new String(body, 1, body[0], StandardCharsets.US_ASCII);
        }

        @Override
        public boolean equals(final Object other) {
            return other instanceof Frame frame && flags == frame.flags && Arrays.equals(body, frame.body);
        }

        @Override
        public int hashCode() {
            return 31 * flags + Arrays.hashCode(body);
        }

        @Override
        public String toString() {
            return "flags=" + flags + " body=" + HexFormat.of().formatHex(body);
        }
    }

    /**
     * Reads hex digits.
     *
     * @param digits in which blanks are for reading only.
     * @return the bytes.
     */
    public static byte[] hex(final String digits) {
        return HexFormat.of().parseHex(digits.replaceAll("\\s+", ""));
    }

    /**
     * Greeting of ZMTP 3 with mechanism NULL.
     *
     * @param minor version.
     * @return 64 bytes.
     */
    public static byte[] greeting(final int minor) {
        final byte[] greeting = new byte[GREETING_BYTES];
        greeting[0] = (byte) 0xFF;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        greeting[MINOR_OFFSET] = (byte) minor;
        System.arraycopy("NULL".getBytes(StandardCharsets.US_ASCII), 0, greeting, MECHANISM_OFFSET, 4);
        return greeting;
    }

    /**
     * READY command with the Socket-Type alone.
     *
     * @param socketType such as {@code PULL}.
     * @return the whole frame.
     */
    public static byte[] ready(final String socketType) {
        final byte[] value = socketType.getBytes(StandardCharsets.US_ASCII);
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(5);
        body.writeBytes("READY".getBytes(StandardCharsets.US_ASCII));
        body.write(11);
        body.writeBytes("Socket-Type".getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
        body.writeBytes(value);
        return frame(COMMAND_FLAG, body.toByteArray());
    }

    /**
     * A frame with its true length.
     *
     * @param flags octet; LONG is put in when the body needs it.
     * @param body of the frame.
     * @return flags, size and body.
     */
    public static byte[] frame(final int flags, final byte[] body) {
        final boolean isLong = body.length > SHORT_MAX || (flags & LONG_FLAG) != 0;
        final ByteBuffer frame = ByteBuffer.allocate(1 + (isLong ? Long.BYTES : 1) + body.length);
        frame.put((byte) (isLong ? flags | LONG_FLAG : flags));
        if (isLong) {
            frame.putLong(body.length);
        } else {
            frame.put((byte) body.length);
        }
        return frame.put(body).array();
    }

    /**
     * Only the head of a long frame, to announce what never comes.
     *
     * @param flags octet; LONG is put in.
     * @param announcedBytes any value, also negative.
     * @return 9 bytes.
     */
    public static byte[] longHead(final int flags, final long announcedBytes) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put((byte) (flags | LONG_FLAG))
                .putLong(announcedBytes)
                .array();
    }

    static long unsigned(final byte[] bigEndian) {
        long value = 0;
        for (final byte part : bigEndian) {
            value = (value << Byte.SIZE) | (part & 0xFF);
        }
        return value;
    }
}
