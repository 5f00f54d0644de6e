package io.sluicemq.transport.tls;

import java.nio.ByteBuffer;

/**
 * Memory for what a connection must keep from one turn to the next, in powers of two. On the heap, since the JDK's ciphers are
 * a third to twice as fast there. Idle chunks are shared by all connections of a driver. Agent thread.
 */
final class HeapChunks {
    static final int MAX_BYTES = 512 * 1024;

    private static final int MIN_SHIFT = 9;
    private static final int MAX_SHIFT = 19;

    /** Most bytes kept idle in each size; what is beyond is left to the collector. */
    private static final int MAX_IDLE_BYTES = 1 << 20;

    private final ByteBuffer[][] idle = new ByteBuffer[MAX_SHIFT - MIN_SHIFT + 1][];
    private final int[] idleCount = new int[MAX_SHIFT - MIN_SHIFT + 1];

    /** Takes a cleared chunk of undefined content, at most {@link #MAX_BYTES}. */
    ByteBuffer acquire(final int minBytes) {
        final int index = indexOf(minBytes);
        if (idleCount[index] > 0) {
            final ByteBuffer chunk = idle[index][--idleCount[index]];
            idle[index][idleCount[index]] = null;
            return chunk.clear();
        }
        return ByteBuffer.allocate(1 << (index + MIN_SHIFT));
    }

    void release(final ByteBuffer chunk) {
        final int index = indexOf(chunk.capacity());
        if (idle[index] == null) {
            idle[index] = new ByteBuffer[MAX_IDLE_BYTES >> (index + MIN_SHIFT)];
        }
        if (idleCount[index] < idle[index].length) {
            idle[index][idleCount[index]++] = chunk;
        }
    }

    private static int indexOf(final int bytes) {
        return Math.max(MIN_SHIFT, 32 - Integer.numberOfLeadingZeros(bytes - 1)) - MIN_SHIFT;
    }
}
