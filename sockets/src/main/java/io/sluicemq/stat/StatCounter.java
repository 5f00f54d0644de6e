package io.sluicemq.stat;

import java.nio.ByteBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One number that only grows. Any thread may add and read; add once a batch rather than once a message.
 *
 * <p>After its owner is closed, adding does nothing and {@link #value} stays what it was. An add that overlaps the close may
 * be lost. Memory order: the value is changed by an atomic add and read with volatile semantics.
 */
public final class StatCounter {
    /** Takes the place of the memory of anything closed; nothing is ever written to it. */
    static final AtomicBuffer CLOSED = newBuffer(Long.BYTES);

    private final int offset;
    private volatile AtomicBuffer buffer;
    // Written before CLOSED is stored in buffer, read after it was loaded from there.
    private long finalValue;

    StatCounter(final AtomicBuffer buffer, final int offset) {
        this.buffer = buffer;
        this.offset = offset;
    }

    /** Aligned for atomic access, zeroed. */
    static AtomicBuffer newBuffer(final int length) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    }

    /** Adds to the number. Any thread. */
    public void add(final long delta) {
        final AtomicBuffer target = buffer;
        if (target != CLOSED) {
            target.getAndAddLong(offset, delta);
        }
    }

    /** The number, which lags behind by what is in batches. Any thread. */
    public long value() {
        final AtomicBuffer source = buffer;
        return source == CLOSED ? finalValue : source.getLongVolatile(offset);
    }

    /** Lets go of the memory. Serialised by the owner. */
    void detach() {
        final AtomicBuffer source = buffer;
        if (source != CLOSED) {
            finalValue = source.getLongVolatile(offset);
            buffer = CLOSED;
        }
    }
}
