package io.sluicemq.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What travels by reference in a {@link MessageRing}: the buffers, beside the records that keep their places in the order, and
 * the bytes of them that the ring answers for. Producers on any thread, one consumer.
 *
 * <p>Two records of this kind start at least {@link RecordRing#REFERENCE_RECORD_BYTES} apart, so the place of the record in
 * the memory, over this number, is a slot that no other has: there is nothing to search and nothing to allocate. A slot is
 * written by the producer between its claim and the release store that publishes the record, and read and emptied by the
 * consumer between its acquire load of that and the release store that gives the room back; so plain stores will do.
 */
final class References {
    private static final VarHandle RESERVED;
    private static final VarHandle FREED;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            RESERVED = lookup.findVarHandle(References.class, "reserved", long.class);
            FREED = lookup.findVarHandle(References.class, "freed", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int slotCount;
    private final long maxBytes;

    /** Made at the first reference, as most rings never see one; written under the lock, read by any thread. */
    private volatile UnsafeBuffer[] slots;

    /** Bytes that producers brought, added to and taken back by atomic adds. */
    @SuppressWarnings("UnusedVariable") // Through its handle only.
    private long reserved;

    /** Bytes that the consumer is done with; stored by it with release. */
    private long freed;

    References(final int capacityBytes, final long maxBytes) {
        this.slotCount = capacityBytes / RecordRing.REFERENCE_RECORD_BYTES + 1;
        this.maxBytes = maxBytes;
    }

    /** Whether so many bytes could be reserved now. Any thread; stale at once while others reserve. */
    boolean hasRoom(final long length) {
        final long freedNow = (long) FREED.getAcquire(this);
        return fits((long) RESERVED.getAcquire(this) - freedNow, length);
    }

    /** Producer: counts bytes in; false, and nothing counted, when they are too many. */
    boolean reserve(final long length) {
        // Never more than fits, not even for a moment: the consumer would not wake who waits for what is free.
        long before = (long) RESERVED.getVolatile(this);
        while (fits(before - (long) FREED.getAcquire(this), length)) {
            final long seen = (long) RESERVED.compareAndExchange(this, before, before + length);
            if (seen == before) {
                return true;
            }
            before = seen;
        }
        return false;
    }

    /** One message may exceed the limit by itself, or it could never be sent. */
    private boolean fits(final long used, final long length) {
        return used <= 0 || used + length <= maxBytes;
    }

    /** Producer: takes back what it reserved. */
    void cancel(final long length) {
        RESERVED.getAndAdd(this, -length);
    }

    /** Consumer: what was reserved is not in the ring any more. */
    void free(final long length) {
        FREED.setRelease(this, freed + length);
    }

    /** Whether half of the bytes are free. Consumer. */
    boolean isHalfEmpty() {
        return 2 * ((long) RESERVED.getVolatile(this) - freed) <= maxBytes;
    }

    /** Producer, between its claim and the record at this index. */
    void put(final int index, final UnsafeBuffer buffer) {
        final UnsafeBuffer[] current = slots;
        (current != null ? current : allocate())[index / RecordRing.REFERENCE_RECORD_BYTES] = buffer;
    }

    /** Consumer: the buffer of the record at this index. */
    UnsafeBuffer get(final int index) {
        return slots[index / RecordRing.REFERENCE_RECORD_BYTES];
    }

    /** Consumer: forgets the buffer of the record at this index. */
    void clear(final int index) {
        slots[index / RecordRing.REFERENCE_RECORD_BYTES] = null;
    }

    private synchronized UnsafeBuffer[] allocate() {
        if (slots == null) {
            slots = new UnsafeBuffer[slotCount];
        }
        return slots;
    }
}
