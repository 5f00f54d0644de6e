package io.sluicemq;

import io.sluicemq.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A message of one or more frames, to be built, sent, received and used again. It keeps its frames behind each other as on
 * the wire, so that sending it is one copy whatever their number. For one thread at a time; a socket copies it in {@code
 * send}, so it is the caller's again on return.
 */
public final class Message implements FrameHandler {
    private static final int INITIAL_BYTES = 64;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private int length;
    private int frameCount;
    private int lastFrameAt;

    /** Whether the last frame of a received message is in. */
    private boolean complete;

    /** Makes a message without frames. */
    public Message() {}

    /**
     * Makes a message of text frames, in UTF-8.
     *
     * @param frames one string a frame.
     * @return a new message.
     */
    public static Message of(final String... frames) {
        final Message message = new Message();
        for (final String frame : frames) {
            message.add(frame);
        }
        return message;
    }

    /**
     * Makes a message of byte frames.
     *
     * @param frames copied, one array a frame.
     * @return a new message.
     */
    public static Message of(final byte[]... frames) {
        final Message message = new Message();
        for (final byte[] frame : frames) {
            message.add(frame);
        }
        return message;
    }

    /**
     * Appends a text frame, in UTF-8.
     *
     * @param text of the frame.
     * @return this.
     */
    public Message add(final String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Appends a frame.
     *
     * @param body copied.
     * @return this.
     */
    public Message add(final byte[] body) {
        final int at = append(body.length);
        buffer.putBytes(at, body);
        return this;
    }

    /**
     * Appends a frame.
     *
     * @param body what remains in it is copied; its position is left as it is.
     * @return this.
     */
    public Message add(final ByteBuffer body) {
        final int size = body.remaining();
        final int at = append(size);
        buffer.putBytes(at, body, body.position(), size);
        return this;
    }

    /**
     * Appends a frame.
     *
     * @param body holds the frame; copied.
     * @param offset of the frame, in bytes.
     * @param size of the frame, in bytes.
     * @return this.
     */
    public Message add(final DirectBuffer body, final int offset, final int size) {
        body.boundsCheck(offset, size);
        final int at = append(size);
        buffer.putBytes(at, body, offset, size);
        return this;
    }

    @Override
    public void onFrame(final DirectBuffer source, final int offset, final int size, final boolean more) {
        if (complete) {
            throw new IllegalStateException("messages=2, limit=1 in a message object, receive one at a time into it");
        }
        add(source, offset, size);
        complete = !more;
    }

    /** Takes all frames out, and keeps the memory for the next use. */
    public void clear() {
        length = 0;
        frameCount = 0;
        lastFrameAt = 0;
        complete = false;
    }

    /**
     * How many frames there are.
     *
     * @return the number, 0 for a new or cleared message.
     */
    public int frameCount() {
        return frameCount;
    }

    /**
     * The size of a frame.
     *
     * @param index of the frame, from 0.
     * @return bytes of its body.
     */
    public int frameLength(final int index) {
        return (int) FrameHeader.bodyLength(buffer, frameAt(index));
    }

    /**
     * Where a frame's body starts in {@link #buffer()}.
     *
     * @param index of the frame, from 0.
     * @return bytes.
     */
    public int frameOffset(final int index) {
        final int at = frameAt(index);
        return at + headerBytes(at);
    }

    /**
     * A frame as bytes.
     *
     * @param index of the frame, from 0.
     * @return a copy.
     */
    public byte[] frame(final int index) {
        final byte[] copy = new byte[frameLength(index)];
        buffer.getBytes(frameOffset(index), copy);
        return copy;
    }

    /**
     * A frame as text.
     *
     * @param index of the frame, from 0.
     * @return its body, read as UTF-8.
     */
    public String text(final int index) {
        return new String(bytes, frameOffset(index), frameLength(index), StandardCharsets.UTF_8);
    }

    /**
     * The first frame as text.
     *
     * @return its body, read as UTF-8.
     */
    public String text() {
        return text(0);
    }

    /**
     * The frames, each behind its ZMTP header (RFC 37, 2.2).
     *
     * @return a buffer that changes with the message; not to be written to.
     */
    public DirectBuffer buffer() {
        return buffer;
    }

    /**
     * Bytes of all frames with their headers.
     *
     * @return how much of {@link #buffer()} is in use.
     */
    public int encodedLength() {
        return length;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("Message[");
        for (int i = 0; i < frameCount; i++) {
            text.append(i == 0 ? "" : ", ").append(frameLength(i)).append(" B");
        }
        return text.append(']').toString();
    }

    private int append(final int size) {
        final int headerBytes = FrameHeader.encodedLength(size);
        reserve((long) length + headerBytes + size);
        if (frameCount > 0) {
            buffer.putByte(lastFrameAt, (byte) (buffer.getByte(lastFrameAt) | FrameHeader.MORE));
        }
        lastFrameAt = length;
        FrameHeader.put(buffer, length, 0, size);
        final int bodyAt = length + headerBytes;
        length = bodyAt + size;
        frameCount++;
        return bodyAt;
    }

    private void reserve(final long needed) {
        if (needed <= bytes.length) {
            return;
        }
        if (needed > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "messageBytes=" + needed + ", limit=" + MAX_BYTES + ", send it as several messages");
        }
        final byte[] larger = new byte[(int) Math.min(MAX_BYTES, Math.max(needed, bytes.length * 2L))];
        System.arraycopy(bytes, 0, larger, 0, length);
        bytes = larger;
        buffer.wrap(larger);
    }

    private int frameAt(final int index) {
        if (index < 0 || index >= frameCount) {
            throw new IndexOutOfBoundsException(
                    "frame=" + index + ", limit=" + frameCount + ", use 0 to frameCount() - 1");
        }
        int at = 0;
        for (int i = 0; i < index; i++) {
            at += headerBytes(at) + (int) FrameHeader.bodyLength(buffer, at);
        }
        return at;
    }

    private int headerBytes(final int at) {
        return FrameHeader.length(FrameHeader.flags(buffer, at));
    }
}
