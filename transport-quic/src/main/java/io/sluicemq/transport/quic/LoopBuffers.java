package io.sluicemq.transport.quic;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The memory of one loop: direct buffers in sizes that are powers of two. What is idle is bounded, and goes with the loop; Netty's own
 * allocators keep tens of MB for as long as the process lives. Buffers are pooled on the loop's thread alone; any other
 * gets one of its own, and what it gives back is left to the collector.
 */
final class LoopBuffers extends AbstractByteBufAllocator {
    /** Most that waits to be used again. */
    static final long MAX_IDLE_BYTES = 2 << 20;

    private static final int MIN_SHIFT = 6;
    private static final int MAX_SHIFT = 16;

    private final AgentLoop loop;
    private final ArrayDeque<ByteBuffer>[] idle;
    private long idleBytes;
    private boolean closed;

    /**
     * Makes an empty pool.
     *
     * @param loop whose thread takes and gives back.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    LoopBuffers(final AgentLoop loop) {
        super(true);
        this.loop = loop;
        idle = new ArrayDeque[MAX_SHIFT - MIN_SHIFT + 1];
        for (int i = 0; i < idle.length; i++) {
            idle[i] = new ArrayDeque<>();
        }
    }

    long idleBytes() {
        return idleBytes;
    }

    private ByteBuffer take(final int bytes) {
        final int shift = shiftOf(bytes);
        final ByteBuffer found = shift <= MAX_SHIFT && loop.inEventLoop() ? idle[shift - MIN_SHIFT].poll() : null;
        if (found == null) {
            return ByteBuffer.allocateDirect(shift <= MAX_SHIFT ? 1 << shift : bytes);
        }
        idleBytes -= found.capacity();
        return found;
    }

    private void giveBack(final ByteBuffer memory) {
        final int capacity = memory.capacity();
        final int shift = shiftOf(capacity);
        if (shift <= MAX_SHIFT && loop.inEventLoop() && !closed && idleBytes + capacity <= MAX_IDLE_BYTES) {
            idleBytes += capacity;
            // What was used last is in a cache still.
            idle[shift - MIN_SHIFT].push(memory);
        }
    }

    private static int shiftOf(final int bytes) {
        return Math.max(MIN_SHIFT, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1));
    }

    /** What is idle is left to the collector, and what comes back. On the loop's thread. */
    void close() {
        closed = true;
        idleBytes = 0;
        for (final ArrayDeque<ByteBuffer> row : idle) {
            row.clear();
        }
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    @Override
    protected ByteBuf newHeapBuffer(final int initialCapacity, final int maxCapacity) {
        return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(final int initialCapacity, final int maxCapacity) {
        return new Direct(this, take(initialCapacity), initialCapacity, maxCapacity);
    }

    /** Is as large as was asked for: QUIC writes as much as there is room for. */
    private static final class Direct extends UnpooledDirectByteBuf {
        private final LoopBuffers pool;
        private ByteBuffer memory;

        Direct(final LoopBuffers pool, final ByteBuffer memory, final int initialCapacity, final int maxCapacity) {
            super(pool, memory.clear().limit(initialCapacity), maxCapacity);
            this.pool = pool;
            this.memory = memory;
            writerIndex(0);
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            if (memory != null) {
                pool.giveBack(memory);
                memory = null;
            }
        }
    }
}
