package io.sluicemq.transport;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The memory of a {@link MessageRing} and what producers write there: records of a header, which is type and length in one
 * long, and a body, each at a multiple of 8 bytes and never across the end. A record is there once its header is. With many
 * producers the consumer leaves what it gives back filled with zeros. A single producer clears the header of the next record
 * before it writes one, so that the consumer need not write into the memory, and the lines of the cache change hands once less.
 */
final class RecordRing {
    static final int HEADER_BYTES = Long.BYTES;
    static final int REFERENCE_BYTES = 2 * Integer.BYTES;

    /** Type of a record that fills the memory up to its end; it is no message. */
    static final int PADDING = -1;

    /** Type of a message whose copy failed: it is counted, and skipped. */
    static final int ABORTED = -2;

    private static final int MAX_FRACTION = 8;

    private final Claims claims;
    private final int capacityBytes;
    private final int maxBodyBytes;
    private final boolean singleProducer;
    private volatile UnsafeBuffer memory;

    RecordRing(final Claims claims, final int capacityBytes, final boolean singleProducer) {
        this.claims = claims;
        this.capacityBytes = capacityBytes;
        this.maxBodyBytes = capacityBytes / MAX_FRACTION;
        this.singleProducer = singleProducer;
    }

    int capacityBytes() {
        return capacityBytes;
    }

    int maxBodyBytes() {
        return maxBodyBytes;
    }

    /** Consumer: makes memory that it gives back look as the producers need it. */
    void clear(final int index, final int bytes) {
        if (!singleProducer) {
            memory.setMemory(index, bytes, (byte) 0);
        }
    }

    /** The memory, or null before the first record. */
    UnsafeBuffer memory() {
        return memory;
    }

    static int units(final int bodyBytes) {
        return BitUtil.align(HEADER_BYTES + bodyBytes, Claims.UNIT_BYTES) / Claims.UNIT_BYTES;
    }

    /** Writes a message, with its prefix if that is not null; false when there is no room. */
    boolean write(
            final int tag,
            final DirectBuffer prefix,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final UnsafeBuffer target = writableMemory();
        final int recordBytes = HEADER_BYTES + (int) Records.length(prefix, kind, length);
        final int index = claim(target, recordBytes);
        if (index < 0) {
            return false;
        }
        int type = ABORTED;
        try {
            final int bodyAt = Records.putHead(target, index + HEADER_BYTES, prefix, kind, length);
            target.putBytes(bodyAt, buffer, offset, length);
            type = (tag << MessageRing.KIND_BITS) | Records.kind(prefix, kind);
        } finally {
            finish(target, index, recordBytes, type);
        }
        return true;
    }

    /** Writes a record that names a slot of {@link LargeMessages}; false when there is no room. */
    boolean writeReference(final int tag, final int kind, final int slot) {
        final UnsafeBuffer target = writableMemory();
        final int recordBytes = HEADER_BYTES + REFERENCE_BYTES;
        final int index = claim(target, recordBytes);
        if (index < 0) {
            return false;
        }
        target.putInt(index + HEADER_BYTES, slot);
        target.putInt(index + HEADER_BYTES + Integer.BYTES, kind);
        finish(target, index, recordBytes, (tag << MessageRing.KIND_BITS) | MessageRing.REFERENCE);
        return true;
    }

    private void finish(final UnsafeBuffer target, final int index, final int recordBytes, final int type) {
        if (singleProducer) {
            final int next = index + BitUtil.align(recordBytes, Claims.UNIT_BYTES);
            target.putLong(next & (capacityBytes - 1), 0);
        }
        target.putLongRelease(index, header(recordBytes, type));
    }

    private static long header(final int recordBytes, final int type) {
        return (long) type << Integer.SIZE | recordBytes;
    }

    /** Length of a record with its header, in bytes; 0 where none is yet. */
    static int recordBytes(final long header) {
        return (int) header;
    }

    /** Type of a record: {@link #PADDING}, {@link #ABORTED}, or tag and kind. */
    static int type(final long header) {
        return (int) (header >>> Integer.SIZE);
    }

    /** Where a record of this size goes, or a negative number. */
    private int claim(final UnsafeBuffer target, final int recordBytes) {
        final int units = BitUtil.align(recordBytes, Claims.UNIT_BYTES) / Claims.UNIT_BYTES;
        final long position = claims.claim(units);
        if (position < 0) {
            return -1;
        }
        final int index = ((int) position * Claims.UNIT_BYTES) & (capacityBytes - 1);
        final int toEnd = capacityBytes - index;
        if (units * Claims.UNIT_BYTES <= toEnd) {
            return index;
        }
        if (singleProducer) {
            target.putLong(0, 0);
        }
        target.putLongRelease(index, header(toEnd, PADDING));
        return 0;
    }

    private UnsafeBuffer writableMemory() {
        final UnsafeBuffer current = memory;
        return current != null ? current : allocate();
    }

    private synchronized UnsafeBuffer allocate() {
        if (memory == null) {
            memory = new UnsafeBuffer(ByteBuffer.allocateDirect(capacityBytes));
        }
        return memory;
    }
}
