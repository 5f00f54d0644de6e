package io.sluicemq.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The header of one ZMTP frame, the same in ZMTP 2.0, 3.0 and 3.1 (RFC 37/ZMTP, "Framing").
 *
 * <pre>
 *   short frame                        long frame
 *   +-------+------+-----------+       +-------+-----------------------------+-----------+
 *   | flags | size | body ...  |       | flags | size, 8 octets, big endian  | body ...  |
 *   +-------+------+-----------+       +-------+-----------------------------+-----------+
 *       0      1     2                     0      1 ... 8                      9
 *
 *   flags: bit 0 MORE, bit 1 LONG, bit 2 COMMAND, bits 3 to 7 reserved (sent as zero, ignored when received)
 * </pre>
 *
 * <p>In SluiceMQ's own rings a message is one record of one of two kinds. SINGLE: the raw body of the only frame, with
 * no header. FRAMES: all frames of the message one after the other, each with its header exactly as on the wire, MORE
 * set on all but the last. A FRAMES record can therefore go out as it is, and a message cut out of a read buffer by
 * {@link MessageScanner} can be stored as it is.
 *
 * <p>Static functions without state; any thread.
 */
public final class FrameHeader {
    /** Flag: another frame of the same message follows. */
    public static final int MORE = 1;

    /** Flag: the size takes eight octets. */
    public static final int LONG = 2;

    /** Flag: the frame is a command and not part of any message. */
    public static final int COMMAND = 4;

    /** Bytes of the header of a short frame. */
    public static final int SHORT_LENGTH = 2;

    /** Bytes of the header of a long frame, the longest there is. */
    public static final int LONG_LENGTH = 9;

    /** The longest body that a short frame can hold, in bytes. */
    public static final int MAX_SHORT_BODY_LENGTH = 255;

    private FrameHeader() {}

    /**
     * Bytes that the header of a frame takes when written by {@link #put}.
     *
     * @param bodyLength of the frame, in bytes.
     * @return 2 or 9.
     */
    public static int encodedLength(final long bodyLength) {
        return bodyLength <= MAX_SHORT_BODY_LENGTH ? SHORT_LENGTH : LONG_LENGTH;
    }

    /**
     * Writes a frame header, short where the body allows it.
     *
     * @param buffer     to write to; must have room for {@link #encodedLength} bytes.
     * @param offset     at which the header starts.
     * @param flags      MORE or COMMAND, or 0; LONG is set here as the length asks for it.
     * @param bodyLength in bytes, not negative.
     * @return bytes written, 2 or 9.
     */
    public static int put(final MutableDirectBuffer buffer, final int offset, final int flags, final long bodyLength) {
        if (bodyLength <= MAX_SHORT_BODY_LENGTH) {
            buffer.putByte(offset, (byte) (flags & ~LONG));
            buffer.putByte(offset + 1, (byte) bodyLength);
            return SHORT_LENGTH;
        }
        buffer.putByte(offset, (byte) (flags | LONG));
        buffer.putLong(offset + 1, bodyLength, ByteOrder.BIG_ENDIAN);
        return LONG_LENGTH;
    }

    /**
     * The flags octet of the frame that starts at an offset.
     *
     * @param buffer to read from.
     * @param offset of the frame.
     * @return the octet, 0 to 255, reserved bits included.
     */
    public static int flags(final DirectBuffer buffer, final int offset) {
        return buffer.getByte(offset) & 0xFF;
    }

    /**
     * Whether another frame of the same message follows.
     *
     * @param flags as from {@link #flags}.
     * @return true when MORE is set.
     */
    public static boolean isMore(final int flags) {
        return (flags & MORE) != 0;
    }

    /**
     * Whether the frame is a command.
     *
     * @param flags as from {@link #flags}.
     * @return true when COMMAND is set.
     */
    public static boolean isCommand(final int flags) {
        return (flags & COMMAND) != 0;
    }

    /**
     * Bytes of a header with these flags. A peer may use the long form for a short body, so the flags decide, not the
     * length.
     *
     * @param flags as from {@link #flags}.
     * @return 2 or 9.
     */
    public static int length(final int flags) {
        return (flags & LONG) != 0 ? LONG_LENGTH : SHORT_LENGTH;
    }

    /**
     * The length of the body of the frame that starts at an offset; the whole header must be in the buffer.
     *
     * @param buffer to read from.
     * @param offset of the frame.
     * @return bytes; negative when a peer set the top bit of a long size, which is an error on the wire.
     */
    public static long bodyLength(final DirectBuffer buffer, final int offset) {
        return (buffer.getByte(offset) & LONG) != 0
                ? buffer.getLong(offset + 1, ByteOrder.BIG_ENDIAN)
                : buffer.getByte(offset + 1) & 0xFF;
    }

    /**
     * Where a message ends that lies in a buffer in full.
     *
     * @param buffer to read from.
     * @param offset of its first frame.
     * @return where the header behind its last frame would start.
     */
    public static int messageEnd(final DirectBuffer buffer, final int offset) {
        int at = offset;
        boolean more = true;
        while (more) {
            final int flags = flags(buffer, at);
            more = isMore(flags);
            at += length(flags) + (int) bodyLength(buffer, at);
        }
        return at;
    }
}
