package io.sluicemq.wire;

import org.agrona.MutableDirectBuffer;

/**
 * Finds whole messages and commands in received bytes, in place and without copying them. Serves ZMTP 2.0, 3.0 and 3.1
 * peers, whose frames are alike (RFC 37/ZMTP, "Framing").
 *
 * <p>The caller holds a region of received bytes that starts at a message boundary and moves it on after every scan, in
 * the same way whatever the result was:
 *
 * <pre>{@code
 *   int result = scanner.scan(buffer, offset, length);
 *   ... use the result ...
 *   offset += scanner.consumedLength();
 *   length = scanner.remainingLength();
 * }</pre>
 *
 * <p>After {@link #INCOMPLETE} the caller appends bytes to the region, or moves the region to another buffer and appends
 * there, and calls again: the scan goes on where it stopped, so that any number of frames costs time in proportion to
 * their bytes. A message larger than the caller's buffer is gathered by moving the region to a buffer that grows with
 * what is received and reading at most {@link #bytesMissing()} bytes at a time straight into it; such a read never goes
 * past the end of the message. Never size a buffer by {@link #bytesNeeded()}: it is what the peer announced, not what it
 * sent.
 *
 * <p>A command between two frames of a message is against the grammar of RFC 37, but libzmq sends PING and PONG there
 * when its timer fires or a PING comes in while a multipart message is half written, and accepts them there. So they
 * are accepted: {@link #COMMAND} is reported with {@link #consumedLength()} of 0, and the command's bytes are cut out of
 * the region by moving the frames behind it towards the front, each byte at most twice. That is why the buffer must be
 * mutable and why {@link #remainingLength()} has to be obeyed.
 *
 * <p>Not thread safe; one instance per connection, called by the I/O agent that owns it. Allocates only the text of an
 * error. The scanner keeps no reference to the buffer.
 */
public final class MessageScanner {
    /** The region holds no whole message or command yet; see {@link #bytesNeeded()}. */
    public static final int INCOMPLETE = 0;

    /** A whole message was found. */
    public static final int MESSAGE = 1;

    /** A whole command was found. */
    public static final int COMMAND = 2;

    /** Protocol error: the top bit of a frame size is set. Every error is negative and final. */
    public static final int BAD_LENGTH = -1;

    /** Protocol error: a command that has the MORE flag. */
    public static final int COMMAND_WITH_MORE = -2;

    /** The bodies of a message are longer than allowed or than a buffer can be. */
    public static final int TOO_LARGE = -3;

    /** A message of more frames than allowed. */
    public static final int TOO_MANY_FRAMES = -4;

    /** A command is longer than allowed. */
    public static final int COMMAND_TOO_LARGE = -5;

    /** The default of the limit on the frames of one message. */
    public static final int DEFAULT_MAX_FRAMES = 65_536;

    /** The longest region in bytes, since offsets are ints and the JVM keeps some bytes of an array for itself. */
    public static final int MAX_REGION_LENGTH = Integer.MAX_VALUE - 8;

    private static final int BODY_MASK = FrameHeader.MORE | FrameHeader.LONG | FrameHeader.COMMAND;

    private final long maxBodyBytes;
    private final int maxFrames;

    // Of the message in progress. All positions are relative to the start of the region.
    private int position; // what has been scanned
    private int keptLength; // what of it belongs to the message; less than position once a command was cut out
    private int framesSoFar;
    private long bodyBytesSoFar;

    // Of the last result.
    private int consumedLength;
    private int remainingLength;
    private int messageLength;
    private int frameCount;
    private int bodyOffset;
    private int bodyLength;
    private long bytesNeeded;
    private String errorText;

    /**
     * Makes a scanner that expects the start of a message.
     *
     * @param maxMessageBytes limit on the bodies of all frames of one message together, and on a command, in bytes; -1
     *                        for none but {@link #MAX_REGION_LENGTH}, which holds for the frames with their headers.
     * @param maxFrames       limit on the frames of one message, at least 1.
     */
    public MessageScanner(final long maxMessageBytes, final int maxFrames) {
        if (maxMessageBytes < -1) {
            throw new IllegalArgumentException(
                    "maxMessageBytes=" + maxMessageBytes + ", limit=-1, use -1 for no limit of your own");
        }
        if (maxFrames < 1) {
            throw new IllegalArgumentException("maxFrames=" + maxFrames + ", limit=1, allow at least one frame");
        }
        this.maxBodyBytes = maxMessageBytes == -1 ? MAX_REGION_LENGTH : Math.min(maxMessageBytes, MAX_REGION_LENGTH);
        this.maxFrames = maxFrames;
    }

    /**
     * Scans the region up to the end of the next message or command.
     *
     * @param buffer that holds the region; the caller keeps it. Bytes are moved in it only when a command has to be
     *               cut out from between the frames of a message.
     * @param offset of the region, which starts at a message boundary.
     * @param length of the region, not shorter than {@link #remainingLength()} was after the last scan.
     * @return {@link #MESSAGE}, {@link #COMMAND}, {@link #INCOMPLETE} or a negative error. After an error the
     *     connection must be closed; a further scan finds the same error.
     */
    public int scan(final MutableDirectBuffer buffer, final int offset, final int length) {
        if (length >= FrameHeader.SHORT_LENGTH && position == 0) {
            final int bodyLength = buffer.getByte(offset + 1) & 0xFF;
            final int total = FrameHeader.SHORT_LENGTH + bodyLength;
            if ((buffer.getByte(offset) & BODY_MASK) == 0 && total <= length && bodyLength <= maxBodyBytes) {
                this.bodyOffset = offset + FrameHeader.SHORT_LENGTH;
                this.bodyLength = bodyLength;
                frameCount = 1;
                messageLength = total;
                consumedLength = total;
                remainingLength = length - total;
                return MESSAGE;
            }
        }
        return scanFrames(buffer, offset, length);
    }

    private int scanFrames(final MutableDirectBuffer buffer, final int offset, final int length) {
        if (length < position) {
            throw new IllegalArgumentException("length=" + length + ", limit=" + position
                    + ", keep all bytes of the region until a message is reported");
        }
        while (true) {
            final int available = length - position;
            if (available < FrameHeader.SHORT_LENGTH) {
                return incomplete(buffer, offset, length, FrameHeader.SHORT_LENGTH);
            }
            final int frameOffset = offset + position;
            final int flags = buffer.getByte(frameOffset);
            final int headerLength = FrameHeader.length(flags);
            if (available < headerLength) {
                return incomplete(buffer, offset, length, headerLength);
            }
            final long frameBodyLength = FrameHeader.bodyLength(buffer, frameOffset);
            final int error = check(flags, headerLength, frameBodyLength);
            if (error < 0) {
                return fail(error, length, frameBodyLength);
            }
            final long frameLength = headerLength + frameBodyLength;
            if (available < frameLength) {
                return incomplete(buffer, offset, length, frameLength);
            }
            if (FrameHeader.isCommand(flags)) {
                return command(frameOffset, headerLength, (int) frameBodyLength, length);
            }
            if (keptLength < position) {
                buffer.putBytes(offset + keptLength, buffer, frameOffset, (int) frameLength);
            }
            position += (int) frameLength;
            keptLength += (int) frameLength;
            bodyBytesSoFar += frameBodyLength;
            framesSoFar++;
            if (!FrameHeader.isMore(flags)) {
                return message(offset, (int) frameBodyLength, length);
            }
        }
    }

    private int check(final int flags, final int headerLength, final long frameBodyLength) {
        if (frameBodyLength < 0) {
            return BAD_LENGTH;
        }
        if (FrameHeader.isCommand(flags)) {
            if (FrameHeader.isMore(flags)) {
                return COMMAND_WITH_MORE;
            }
            if (frameBodyLength > maxBodyBytes) {
                return COMMAND_TOO_LARGE;
            }
        } else {
            if (framesSoFar >= maxFrames) {
                return TOO_MANY_FRAMES;
            }
            if (frameBodyLength > maxBodyBytes - bodyBytesSoFar) {
                return TOO_LARGE;
            }
        }
        // Room for a next header is kept free, so that what is needed can always be told as the length of a region.
        final long end = (long) position + headerLength + frameBodyLength;
        return end > MAX_REGION_LENGTH - FrameHeader.LONG_LENGTH ? TOO_LARGE : 0;
    }

    private int message(final int offset, final int lastBodyLength, final int length) {
        messageLength = keptLength;
        frameCount = framesSoFar;
        bodyOffset = offset + keptLength - lastBodyLength;
        bodyLength = lastBodyLength;
        consumedLength = position;
        remainingLength = length - position;
        position = 0;
        keptLength = 0;
        framesSoFar = 0;
        bodyBytesSoFar = 0;
        return MESSAGE;
    }

    private int command(final int frameOffset, final int headerLength, final int commandLength, final int length) {
        bodyOffset = frameOffset + headerLength;
        bodyLength = commandLength;
        if (framesSoFar == 0) {
            consumedLength = headerLength + commandLength;
            remainingLength = length - consumedLength;
        } else {
            position += headerLength + commandLength;
            consumedLength = 0;
            remainingLength = length;
        }
        return COMMAND;
    }

    private int incomplete(
            final MutableDirectBuffer buffer, final int offset, final int length, final long frameBytesNeeded) {
        final int tailLength = length - position;
        if (keptLength < position) {
            // Closes the gap now, or a peer that puts commands between frames for ever would fill our memory.
            buffer.putBytes(offset + keptLength, buffer, offset + position, tailLength);
            position = keptLength;
        }
        consumedLength = 0;
        remainingLength = position + tailLength;
        bytesNeeded = position + frameBytesNeeded;
        return INCOMPLETE;
    }

    private int fail(final int error, final int length, final long frameBodyLength) {
        consumedLength = 0;
        remainingLength = length;
        errorText = switch (error) {
            case BAD_LENGTH ->
                "frameLength=" + Long.toUnsignedString(frameBodyLength) + ", limit=" + Long.MAX_VALUE
                        + ", the peer does not speak ZMTP";
            case COMMAND_WITH_MORE -> "flags=MORE|COMMAND, limit=COMMAND, a command is a single frame";
            case TOO_MANY_FRAMES ->
                "frames=" + (framesSoFar + 1L) + ", limit=" + maxFrames
                        + ", raise maxFrames if such messages are expected";
            case COMMAND_TOO_LARGE ->
                "commandBytes=" + frameBodyLength + ", limit=" + maxBodyBytes
                        + ", raise maxMessageBytes if such commands are expected";
            default ->
                "messageBytes=" + saturatedSum(bodyBytesSoFar, frameBodyLength) + ", limit=" + maxBodyBytes
                        + ", raise maxMessageBytes if such messages are expected";
        };
        return error;
    }

    private static long saturatedSum(final long left, final long right) {
        return left > Long.MAX_VALUE - right ? Long.MAX_VALUE : left + right;
    }

    /**
     * Bytes by which the start of the region moves forward after the last scan: past a message and past a command that
     * stands between messages, else 0.
     *
     * @return bytes.
     */
    public int consumedLength() {
        return consumedLength;
    }

    /**
     * Bytes of the region that are left behind its new start after the last scan. Less than
     * {@code length - consumedLength()} when a command was cut out.
     *
     * @return bytes.
     */
    public int remainingLength() {
        return remainingLength;
    }

    /**
     * After {@link #MESSAGE}: the message with all headers, in the FRAMES form of {@link FrameHeader}, from the start
     * of the region as it was given to the scan.
     *
     * @return bytes; may be less than {@link #consumedLength()}.
     */
    public int messageLength() {
        return messageLength;
    }

    /**
     * After {@link #MESSAGE}: the frames of the message.
     *
     * @return at least 1.
     */
    public int frameCount() {
        return frameCount;
    }

    /**
     * After {@link #MESSAGE}: where the body of the last frame starts, which is the only one when
     * {@link #frameCount()} is 1. After {@link #COMMAND}: where the body of the command starts, for
     * {@link CommandReader}; valid until the next scan.
     *
     * @return the offset in the buffer, not in the region.
     */
    public int bodyOffset() {
        return bodyOffset;
    }

    /**
     * Length of the body that starts at {@link #bodyOffset()}.
     *
     * @return bytes.
     */
    public int bodyLength() {
        return bodyLength;
    }

    /**
     * After {@link #INCOMPLETE}: the length of the region below which a further scan cannot get on: the end of the
     * header or of the body of the frame at which the scan stopped.
     *
     * @return bytes, always more than {@link #remainingLength()}.
     */
    public long bytesNeeded() {
        return bytesNeeded;
    }

    /**
     * After {@link #INCOMPLETE}: what is missing of the header or of the body of the frame at which the scan stopped.
     * Reading no more than this never goes past the end of the message.
     *
     * @return bytes, at least 1.
     */
    public long bytesMissing() {
        return bytesNeeded - remainingLength;
    }

    /**
     * Whether the region holds the beginning of a message that has not come to its end.
     *
     * @return true when at least one whole frame of it was seen.
     */
    public boolean isInsideMessage() {
        return framesSoFar > 0;
    }

    /**
     * After an error: what was wrong, with the value and the limit.
     *
     * @return the text, or null when there was no error.
     */
    public String errorText() {
        return errorText;
    }
}
