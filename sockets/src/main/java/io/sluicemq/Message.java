package io.sluicemq;

import io.sluicemq.core.Content;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A message of one or more frames, to be built, sent, received and used again. It keeps its frames behind each other as on
 * the wire, so that sending it is one copy whatever their number. For one thread at a time.
 *
 * <p><b>Sending empties it.</b> When a send says {@link SendResult#SENT}, the content has gone and the object is empty, ready for
 * the next message; after any other result the content is still here. So a message cannot be changed by mistake while it is
 * on its way.
 *
 * <p>Less than 16 KiB are copied. What is larger travels by reference where it can: the content lies in a buffer of the
 * context's pool, which goes with the message, into the {@code Message} that receives it over inproc, and back to the pool when
 * that one is cleared, received into again, or sent on. A message goes by reference from a PUSH, DEALER or PAIR; where it is
 * sent to many (PUB, XPUB, XSUB), behind an envelope (REQ, REP, ROUTER), or to a peer that keeps the newest only, it is copied.
 *
 * <p>{@link #lane(int)} chooses the lane of this very message, where a connection has several.
 *
 * <p>{@link #wrap(DirectBuffer, int, int)} refers to bytes of the application in place of a copy.
 */
public final class Message implements FrameHandler {
    /** What {@link #lane()} says of a message whose lane was not chosen. */
    public static final int NO_LANE = -1;

    private final Content content = new Content();

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
     * Makes this a message of one frame that refers to bytes without copying them, for content that is sent again and again or
     * was built elsewhere. What was here before is taken out. Allocates nothing when the buffer is an {@link UnsafeBuffer}.
     *
     * <p>The bytes stay the caller's. From 16 KiB on a send passes the reference on, and a receiver in this process looks at
     * the very bytes: they, and the buffer object, must not change for as long as a receiver may read them or they wait to be
     * written. Such bytes do not count against {@link SocketOptions.Builder#maxLargeBytes}, as the memory is not the library's; the
     * high-water mark holds. A direct buffer goes to the network without a copy, a heap one with one.
     *
     * @param buffer holds the frame; not copied, never written to.
     * @param offset of the frame, in bytes.
     * @param size of the frame, in bytes.
     * @return this.
     */
    public Message wrap(final DirectBuffer buffer, final int offset, final int size) {
        content.wrap(buffer, offset, size);
        return this;
    }

    /**
     * As {@link #wrap(DirectBuffer, int, int)}, for an array. Allocates a view of it.
     *
     * @param body not copied; must not change for as long as a receiver may read it.
     * @return this.
     */
    public Message wrap(final byte[] body) {
        return wrap(new UnsafeBuffer(body), 0, body.length);
    }

    /**
     * Makes this a copy of another message. What was here before is taken out.
     *
     * @param other left as it is.
     * @return this.
     */
    public Message copyOf(final Message other) {
        if (other != this) {
            content.copyOf(other.content);
        }
        return this;
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
        final int at = content.append(body.length);
        content.buffer().putBytes(at, body);
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
        final int at = content.append(size);
        content.buffer().putBytes(at, body, body.position(), size);
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
        content.add(body, offset, size);
        return this;
    }

    @Override
    public void onFrame(final DirectBuffer source, final int offset, final int size, final boolean more) {
        content.onFrame(source, offset, size, more);
    }

    /**
     * Chooses the lane on which this message goes to peers over a connection that has several, such as {@code quic://} with {@code
     * QuicOptions.lanes}. It goes there whatever the lanes are for, in its order among the messages of that lane, and with the room and the
     * urgency of that lane. Where there is no lane of this number, as over other transports, it has no effect: the message goes as if
     * none were chosen. The peer does not see it.
     *
     * <p>The choice is a part of the content: a send, {@link #clear()} and {@link #wrap(DirectBuffer, int, int)} take it out, {@link
     * #copyOf} copies it, a message that comes has none.
     *
     * @param number of the lane, 0 to 15; lanes of the options count from 1 on, and 0 is the one for all other messages.
     * @return this.
     * @throws IllegalArgumentException when the number is out of that range.
     */
    public Message lane(final int number) {
        content.lane(number);
        return this;
    }

    /**
     * Which lane was chosen.
     *
     * @return 0 to 15; {@link #NO_LANE} if none was, so that each connection decides by what its lanes are for.
     */
    public int lane() {
        return content.lane();
    }

    /** Takes all frames out, and keeps what memory is small for the next use; a large buffer returns to its pool. */
    public void clear() {
        content.clear();
    }

    /**
     * How many frames there are.
     *
     * @return the number, 0 for a new or cleared message.
     */
    public int frameCount() {
        return content.frameCount();
    }

    /**
     * The size of a frame.
     *
     * @param index of the frame, from 0.
     * @return bytes of its body.
     */
    public int frameLength(final int index) {
        return content.frameLength(index);
    }

    /**
     * Where a frame's body starts in {@link #buffer()}.
     *
     * @param index of the frame, from 0.
     * @return bytes.
     */
    public int frameOffset(final int index) {
        return content.frameOffset(index);
    }

    /**
     * A frame as bytes.
     *
     * @param index of the frame, from 0.
     * @return a copy.
     */
    public byte[] frame(final int index) {
        final byte[] copy = new byte[frameLength(index)];
        content.buffer().getBytes(content.frameOffset(index), copy);
        return copy;
    }

    /**
     * A frame as text.
     *
     * @param index of the frame, from 0.
     * @return its body, read as UTF-8.
     */
    public String text(final int index) {
        final int offset = content.frameOffset(index);
        return content.buffer().getStringWithoutLengthUtf8(offset, content.frameLength(index));
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
     * Where the frames lie: frame {@code i} at {@link #frameOffset}, for {@link #frameLength} bytes.
     *
     * @return a buffer of this message until it is next changed, sent or received into; not to be written to.
     */
    public DirectBuffer buffer() {
        return content.buffer();
    }

    /**
     * Bytes of all frames with their ZMTP headers (RFC 37, 2.2).
     *
     * @return bytes on the wire.
     */
    public int encodedLength() {
        return content.encodedLength();
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("Message[");
        for (int i = 0; i < frameCount(); i++) {
            text.append(i == 0 ? "" : ", ").append(frameLength(i)).append(" B");
        }
        return text.append(']').toString();
    }

    Content content() {
        return content;
    }
}
