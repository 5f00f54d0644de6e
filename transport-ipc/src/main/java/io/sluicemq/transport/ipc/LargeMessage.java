package io.sluicemq.transport.ipc;

import io.sluicemq.transport.BufferPool;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A message that comes in fragments, gathered in a buffer of the pool that grows with what has come: nobody announces a length. It
 * starts as large as the last message that came in full, as large ones are often alike. The consuming thread.
 */
final class LargeMessage {
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private final BufferPool pool;

    /** Not null from the first fragment until the message is handed over or dropped. */
    private UnsafeBuffer buffer;

    private int length;
    private int kind;
    private boolean complete;

    /** Length of the last message that came in full. */
    private int lastLength;

    LargeMessage(final BufferPool pool) {
        this.pool = pool;
    }

    boolean isBegun() {
        return buffer != null;
    }

    boolean isComplete() {
        return complete;
    }

    int length() {
        return length;
    }

    int kind() {
        return kind;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** Adds a fragment; the caller has checked that it belongs here, and that the message does not become too long. */
    void add(final int fragmentKind, final DirectBuffer source, final int index, final int bytes, final boolean last) {
        if (buffer == null) {
            buffer = pool.acquire(Math.max(bytes, lastLength));
            length = 0;
            kind = fragmentKind;
        } else if (buffer.capacity() < length + bytes) {
            grow(length + bytes);
        }
        buffer.putBytes(length, source, index, bytes);
        length += bytes;
        complete = last;
        if (last) {
            lastLength = length;
        }
    }

    private void grow(final int minBytes) {
        final int doubled = (int) Math.min(2L * buffer.capacity(), MAX_BYTES);
        final UnsafeBuffer larger = pool.acquire(Math.max(minBytes, doubled));
        larger.putBytes(0, buffer, 0, length);
        pool.release(buffer);
        buffer = larger;
    }

    /** Forgets the message; its buffer is the caller's now, or released by it. */
    UnsafeBuffer remove() {
        final UnsafeBuffer was = buffer;
        buffer = null;
        complete = false;
        return was;
    }

    /** Forgets the message and releases its buffer. */
    void drop() {
        final UnsafeBuffer was = remove();
        if (was != null) {
            pool.release(was);
        }
    }
}
