package io.sluicemq.transport.stream;

import io.sluicemq.transport.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A large message that is being received, in a pooled buffer that doubles with what has come and never by what was
 * announced. Bytes are read straight into it, never beyond the end of the message.
 */
final class LargeRead {
    private final BufferPool pool;
    private UnsafeBuffer buffer;
    private int length;

    LargeRead(final BufferPool pool) {
        this.pool = pool;
    }

    boolean isActive() {
        return buffer != null;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    int length() {
        return length;
    }

    void length(final int newLength) {
        length = newLength;
    }

    void start(final DirectBuffer source, final int offset, final int received) {
        buffer = pool.acquire((int) Math.min(Integer.MAX_VALUE - 8, 2L * received));
        buffer.putBytes(0, source, offset, received);
        length = received;
    }

    /** Makes room, and says how many bytes to ask for. */
    int prepare(final long missing, final int budget) {
        if (length == buffer.capacity()) {
            grow(missing);
        }
        return (int) Math.min(Math.min(missing, budget), buffer.capacity() - length);
    }

    int read(final StreamChannel channel, final int asked) throws IOException {
        final ByteBuffer bytes = buffer.byteBuffer();
        bytes.limit(length + asked).position(length);
        final int count = channel.read(bytes);
        bytes.clear();
        length += Math.max(count, 0);
        return count;
    }

    private void grow(final long missing) {
        final long doubled = Math.min(Integer.MAX_VALUE - 8, 2L * length);
        final UnsafeBuffer larger = pool.acquire((int) Math.min(doubled, Math.max(length + missing, length + 1L)));
        larger.putBytes(0, buffer, 0, length);
        pool.release(buffer);
        buffer = larger;
    }

    /** The buffer belongs to somebody else now. */
    void handedOver() {
        buffer = null;
        length = 0;
    }

    void release() {
        if (buffer != null) {
            pool.release(buffer);
            handedOver();
        }
    }
}
