package io.sluicemq.transport;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The side slots of a {@link MessageRing}: a message that is too large for a record waits here, and a small record with
 * the slot's number keeps its place in the order. Producers on any thread, one consumer.
 */
final class LargeMessages {
    static final int SLOTS = 1024;

    private final BufferPool pool;
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();

    /** Slots in use: raised before one is filled, lowered after it was emptied. */
    private final AtomicInteger used = new AtomicInteger();

    /** Made at the first large message, as most rings never see one; written under the lock, read by any thread. */
    private volatile AtomicReferenceArray<LargeMessage> slots;

    LargeMessages(final BufferPool pool, final long maxBytes) {
        this.pool = pool;
        this.maxBytes = maxBytes;
    }

    /** Whether a message of this size could be admitted now; the answer may be stale when others put. */
    boolean hasRoom(final long length) {
        final long now = bytes.get();
        return used.get() < SLOTS && (now == 0 || now + length <= maxBytes);
    }

    /**
     * Takes a pooled buffer over.
     *
     * @return its slot, or -1 when it must wait, and the buffer stays the caller's: no free slot, or too many bytes here.
     */
    int adopt(final UnsafeBuffer buffer, final int offset, final int length) {
        if (!reserve(length)) {
            return -1;
        }
        final int slot = store(new LargeMessage(buffer, offset, length));
        if (slot < 0) {
            giveBack(length);
        }
        return slot;
    }

    LargeMessage get(final int slot) {
        return slots().get(slot);
    }

    void free(final int slot) {
        final LargeMessage message = slots().getAndSet(slot, null);
        giveBack(message.length());
        pool.release(message.buffer());
    }

    /** Takes back a slot whose record found no room, without releasing the buffer. */
    void cancel(final int slot) {
        final LargeMessage message = slots().getAndSet(slot, null);
        giveBack(message.length());
    }

    private boolean reserve(final int length) {
        final long before = bytes.getAndAdd(length);
        // One message may exceed the limit by itself, or it could never be sent.
        if (used.getAndIncrement() >= SLOTS || (before > 0 && before + length > maxBytes)) {
            giveBack(length);
            return false;
        }
        return true;
    }

    private void giveBack(final int length) {
        used.getAndDecrement();
        bytes.addAndGet(-length);
    }

    private int store(final LargeMessage message) {
        final AtomicReferenceArray<LargeMessage> all = slots();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (all.get(slot) == null && all.compareAndSet(slot, null, message)) {
                return slot;
            }
        }
        return -1;
    }

    private AtomicReferenceArray<LargeMessage> slots() {
        final AtomicReferenceArray<LargeMessage> current = slots;
        return current != null ? current : allocate();
    }

    private synchronized AtomicReferenceArray<LargeMessage> allocate() {
        if (slots == null) {
            slots = new AtomicReferenceArray<>(SLOTS);
        }
        return slots;
    }

    /** A message in a pooled buffer. */
    record LargeMessage(UnsafeBuffer buffer, int offset, int length) {}
}
