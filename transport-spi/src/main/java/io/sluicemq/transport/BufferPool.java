package io.sluicemq.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Direct buffers for messages that are too large for a ring. Capacities are powers of two from 64 KiB to 64 MiB; what is
 * larger is allocated as asked and left to the collector. Any thread may call it.
 */
public final class BufferPool {
    private static final int MIN_SHIFT = 16;
    private static final int MAX_SHIFT = 26;
    private static final int MAX_IDLE_OF_A_SIZE = 256;

    private final long maxIdleBytes;
    private final AtomicLong idleBytes = new AtomicLong();
    private final ManyToManyConcurrentArrayQueue<UnsafeBuffer>[] idle;
    private volatile boolean closed;

    /**
     * Makes an empty pool.
     *
     * @param maxIdleBytes most bytes kept for reuse; what is released beyond is left to the collector.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public BufferPool(final long maxIdleBytes) {
        this.maxIdleBytes = maxIdleBytes;
        idle = new ManyToManyConcurrentArrayQueue[MAX_SHIFT - MIN_SHIFT + 1];
        for (int i = 0; i < idle.length; i++) {
            idle[i] = new ManyToManyConcurrentArrayQueue<>(MAX_IDLE_OF_A_SIZE);
        }
    }

    /**
     * Takes a buffer out of the pool, or allocates one. Its content is undefined.
     *
     * @param minBytes the least capacity, in bytes.
     * @return a direct buffer that belongs to the caller until it is released.
     */
    public UnsafeBuffer acquire(final int minBytes) {
        final int shift = shiftOf(minBytes);
        if (shift > MAX_SHIFT) {
            return new UnsafeBuffer(ByteBuffer.allocateDirect(minBytes));
        }
        final UnsafeBuffer buffer = idle[shift - MIN_SHIFT].poll();
        if (buffer == null) {
            return new UnsafeBuffer(ByteBuffer.allocateDirect(1 << shift));
        }
        idleBytes.addAndGet(-buffer.capacity());
        return buffer;
    }

    /**
     * Gives a buffer back. The caller must not touch it again.
     *
     * @param buffer from {@link #acquire(int)}.
     */
    public void release(final UnsafeBuffer buffer) {
        final int capacity = buffer.capacity();
        final int shift = shiftOf(capacity);
        if (shift > MAX_SHIFT || capacity != 1 << shift) {
            return;
        }
        if (closed) {
            return;
        }
        if (idleBytes.addAndGet(capacity) > maxIdleBytes || !idle[shift - MIN_SHIFT].offer(buffer)) {
            idleBytes.addAndGet(-capacity);
        }
    }

    /**
     * Leaves all idle buffers to the collector, and from now on what is released too, so that who still holds the pool holds
     * no memory. Buffers that are in use stay so, and more may be acquired.
     */
    public void close() {
        closed = true;
        for (final ManyToManyConcurrentArrayQueue<UnsafeBuffer> ofOneSize : idle) {
            ofOneSize.clear();
        }
    }

    private static int shiftOf(final int bytes) {
        return Math.max(MIN_SHIFT, 32 - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1));
    }
}
