package io.sluicemq.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Direct buffers for messages that travel by reference. Capacities are powers of two from 16 KiB to 64 MiB, and {@link
 * #HEADROOM_BYTES} more, so that a body of such a size has room behind its frame header; what is larger is allocated as asked
 * and left to the collector. Any thread may call it.
 *
 * <p>What was released last is mostly acquired next, as its bytes are most likely in a cache still: each size is a row of
 * places, and both sides begin at its start.
 */
public final class BufferPool {
    /** What a buffer has beyond its power of two. */
    public static final int HEADROOM_BYTES = 64;

    private static final int MIN_SHIFT = 14;
    private static final int MAX_SHIFT = 26;
    private static final int MAX_IDLE_OF_A_SIZE = 256;

    private final long maxIdleBytes;
    private final AtomicLong idleBytes = new AtomicLong();
    private final AtomicReferenceArray<UnsafeBuffer>[] idle;
    private volatile boolean closed;

    /**
     * Makes an empty pool.
     *
     * @param maxIdleBytes most bytes kept for reuse; what is released beyond is left to the collector.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public BufferPool(final long maxIdleBytes) {
        this.maxIdleBytes = maxIdleBytes;
        idle = new AtomicReferenceArray[MAX_SHIFT - MIN_SHIFT + 1];
        for (int i = 0; i < idle.length; i++) {
            idle[i] = new AtomicReferenceArray<>(MAX_IDLE_OF_A_SIZE);
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
        final UnsafeBuffer buffer = take(idle[shift - MIN_SHIFT]);
        if (buffer == null) {
            return new UnsafeBuffer(ByteBuffer.allocateDirect(capacityOf(shift)));
        }
        idleBytes.addAndGet(-buffer.capacity());
        return buffer;
    }

    private static UnsafeBuffer take(final AtomicReferenceArray<UnsafeBuffer> row) {
        for (int i = 0; i < MAX_IDLE_OF_A_SIZE; i++) {
            if (row.getAcquire(i) != null) {
                final UnsafeBuffer buffer = row.getAndSet(i, null);
                if (buffer != null) {
                    return buffer;
                }
            }
        }
        return null;
    }

    /**
     * Gives a buffer back. The caller must not touch it again.
     *
     * @param buffer from {@link #acquire(int)}.
     */
    public void release(final UnsafeBuffer buffer) {
        final int capacity = buffer.capacity();
        final int shift = shiftOf(capacity);
        if (closed || shift > MAX_SHIFT || capacity != capacityOf(shift)) {
            return;
        }
        if (idleBytes.addAndGet(capacity) > maxIdleBytes || !put(idle[shift - MIN_SHIFT], buffer)) {
            idleBytes.addAndGet(-capacity);
        } else if (closed) {
            close();
        }
    }

    private static boolean put(final AtomicReferenceArray<UnsafeBuffer> row, final UnsafeBuffer buffer) {
        for (int i = 0; i < MAX_IDLE_OF_A_SIZE; i++) {
            if (row.getAcquire(i) == null && row.compareAndSet(i, null, buffer)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Leaves all idle buffers to the collector, and from now on what is released too, so that who still holds the pool holds
     * no memory. Buffers that are in use stay so, and more may be acquired.
     */
    public void close() {
        closed = true;
        for (final AtomicReferenceArray<UnsafeBuffer> row : idle) {
            for (int i = 0; i < MAX_IDLE_OF_A_SIZE; i++) {
                row.set(i, null);
            }
        }
    }

    /**
     * Whether the pool keeps nothing any more.
     *
     * @return true after {@link #close()}.
     */
    public boolean isClosed() {
        return closed;
    }

    private static int capacityOf(final int shift) {
        return (1 << shift) + HEADROOM_BYTES;
    }

    private static int shiftOf(final int bytes) {
        return Math.max(MIN_SHIFT, 32 - Integer.numberOfLeadingZeros(Math.max(1, bytes - HEADROOM_BYTES) - 1));
    }
}
