package io.sluicemq.transport.stream;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A large message that is being received, in a pooled buffer that doubles with what has come and never by what was announced,
 * except that a message may have at once what the one before it on this connection had. Bytes are read straight into it,
 * never beyond the end of the message.
 *
 * <p>After a large message of one frame, the next is expected to be like it: a buffer of its size is read into from the header
 * on, so that it is in its place, with nothing to copy, after one read.
 */
final class LargeRead {
    private final BufferPool pool;
    /** A connection holds no more than this, about what the kernel holds for it, on the strength of an earlier message. */
    private static final int MAX_EXPECTED_BYTES = 4 << 20;

    /** A message that is smaller is not worth a buffer of the pool. */
    private final int minBytes;

    private UnsafeBuffer buffer;
    private int offset;
    private int length;

    /** Bytes on the wire of the last message, if that was a large one of one frame, else 0. */
    private int expected;

    LargeRead(final BufferPool pool, final int minBytes) {
        this.pool = pool;
        this.minBytes = minBytes;
    }

    /** A message of one frame has come. */
    void onSingle(final int wireBytes) {
        if (wireBytes >= minBytes) {
            expected = Math.min(wireBytes, MAX_EXPECTED_BYTES);
        } else {
            expectNothing();
        }
    }

    /** The message that is being received is here in full. */
    void onComplete(final int kind) {
        if (kind == MessageKind.SINGLE) {
            onSingle(FrameHeader.encodedLength(length) + length);
        } else {
            expectNothing();
        }
    }

    /** What comes is not of one frame. */
    void expectNothing() {
        if (expected != 0) {
            expected = 0;
        }
    }

    int expected() {
        return expected;
    }

    /** A buffer for what is expected, of the reader until it goes back to {@link #adopt} or {@link #dismiss}. */
    UnsafeBuffer prepareExpected() {
        return pool.acquire(expected);
    }

    /** What was expected did not come, or not in full. */
    void dismiss(final UnsafeBuffer unused) {
        pool.release(unused);
    }

    /** The message is in this buffer of the pool, in full or in part. */
    void adopt(final UnsafeBuffer filled, final int newOffset, final int received) {
        buffer = filled;
        offset = newOffset;
        length = received;
    }

    boolean isActive() {
        return buffer != null;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** Where the message begins; 0 for one of several frames. */
    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    void length(final int newLength) {
        length = newLength;
    }

    void start(final DirectBuffer source, final int from, final int received, final long missing) {
        final long earned = Math.min(expected, received + missing);
        buffer = pool.acquire((int) Math.min(Integer.MAX_VALUE - 8, Math.max(2L * received, earned)));
        buffer.putBytes(0, source, from, received);
        offset = 0;
        length = received;
    }

    /** Makes room, and says how many bytes to ask for. */
    int prepare(final long missing, final int budget) {
        if (offset + length == buffer.capacity()) {
            grow(missing);
        }
        return (int) Math.min(Math.min(missing, budget), buffer.capacity() - offset - length);
    }

    int read(final StreamChannel channel, final int asked) throws IOException {
        final ByteBuffer bytes = buffer.byteBuffer();
        bytes.limit(offset + length + asked).position(offset + length);
        final int count = channel.read(bytes);
        bytes.clear();
        length += Math.max(count, 0);
        return count;
    }

    private void grow(final long missing) {
        final long doubled = Math.min(Integer.MAX_VALUE - 8, 2L * length);
        final UnsafeBuffer larger = pool.acquire((int) Math.min(doubled, Math.max(length + missing, length + 1L)));
        larger.putBytes(0, buffer, offset, length);
        pool.release(buffer);
        buffer = larger;
        offset = 0;
    }

    /** The buffer belongs to somebody else now. */
    void handedOver() {
        buffer = null;
        offset = 0;
        length = 0;
    }

    void release() {
        if (buffer != null) {
            pool.release(buffer);
            handedOver();
        }
    }
}
