package io.sluicemq.transport.stream;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Direct memory for what a pipe must keep from one turn to the next, in powers of two. Idle chunks are shared by all pipes
 * of a driver, so that a pipe in the middle of nothing holds none.
 */
final class Chunks {
    static final int MIN_SHIFT = 10;
    static final int MAX_SHIFT = 18;
    static final int MAX_BYTES = 1 << MAX_SHIFT;

    /** Most bytes kept idle in each size; what is beyond is left to the collector. */
    private static final int MAX_IDLE_BYTES = 1 << 20;

    private final IntFunction<ByteBuffer> memory;
    private final UnsafeBuffer[][] idle = new UnsafeBuffer[MAX_SHIFT - MIN_SHIFT + 1][];
    private final int[] idleCount = new int[MAX_SHIFT - MIN_SHIFT + 1];

    Chunks() {
        this(ByteBuffer::allocateDirect);
    }

    Chunks(final IntFunction<ByteBuffer> memory) {
        this.memory = memory;
    }

    /** Takes a chunk of undefined content, at most {@link #MAX_BYTES}. */
    UnsafeBuffer acquire(final int minBytes) {
        final int index = indexOf(minBytes);
        if (idleCount[index] > 0) {
            final UnsafeBuffer chunk = idle[index][--idleCount[index]];
            idle[index][idleCount[index]] = null;
            return chunk;
        }
        return new UnsafeBuffer(memory.apply(1 << (index + MIN_SHIFT)));
    }

    void release(final UnsafeBuffer chunk) {
        final int index = indexOf(chunk.capacity());
        if (idle[index] == null) {
            idle[index] = new UnsafeBuffer[MAX_IDLE_BYTES >> (index + MIN_SHIFT)];
        }
        if (idleCount[index] < idle[index].length) {
            idle[index][idleCount[index]++] = chunk;
        }
    }

    private static int indexOf(final int bytes) {
        return Math.max(MIN_SHIFT, 32 - Integer.numberOfLeadingZeros(bytes - 1)) - MIN_SHIFT;
    }
}
