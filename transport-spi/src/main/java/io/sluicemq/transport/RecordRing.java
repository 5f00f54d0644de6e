package io.sluicemq.transport;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The memory of a {@link MessageRing} and what producers write there: records of a header, {@code length} and {@code type},
 * and a body, each at a multiple of 8 bytes and never across the end. A record is there once its length is: the consumer
 * leaves what it gives back filled with zeros.
 */
final class RecordRing {
    static final int HEADER_BYTES = 2 * Integer.BYTES;
    static final int TYPE_OFFSET = Integer.BYTES;

    /** Body of a record that stands for a buffer of {@link References}: offset, length, and kind as it was offered. */
    static final int REFERENCE_BYTES = 3 * Integer.BYTES;

    static final int REFERENCE_OFFSET = HEADER_BYTES;
    static final int REFERENCE_LENGTH = HEADER_BYTES + Integer.BYTES;
    static final int REFERENCE_KIND = HEADER_BYTES + 2 * Integer.BYTES;
    static final int REFERENCE_RECORD_BYTES = BitUtil.align(HEADER_BYTES + REFERENCE_BYTES, Claims.UNIT_BYTES);

    /** Type of a record that fills the memory up to its end; it is no message. */
    static final int PADDING = -1;

    /** Type of a message whose copy failed: it is counted, and skipped. */
    static final int ABORTED = -2;

    private static final int MAX_FRACTION = 8;

    private static final int ZERO_BYTES = 4096;

    /** To be copied from, which the JDK does several times as fast as it fills memory. */
    private static final UnsafeBuffer ZEROS = new UnsafeBuffer(ByteBuffer.allocateDirect(ZERO_BYTES));

    private final Claims claims;
    private final References references;
    private final int capacityBytes;
    private volatile UnsafeBuffer memory;

    RecordRing(final Claims claims, final References references, final int capacityBytes) {
        this.claims = claims;
        this.references = references;
        this.capacityBytes = capacityBytes;
    }

    int capacityBytes() {
        return capacityBytes;
    }

    int maxBodyBytes() {
        return capacityBytes / MAX_FRACTION;
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
            target.putInt(index + TYPE_OFFSET, type);
            target.putIntRelease(index, recordBytes);
        }
        return true;
    }

    /** Writes a record that stands for a buffer; false when there is no room. */
    boolean writeReference(
            final int tag, final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        final UnsafeBuffer target = writableMemory();
        final int index = claim(target, HEADER_BYTES + REFERENCE_BYTES);
        if (index < 0) {
            return false;
        }
        int type = ABORTED;
        try {
            // May have to allocate, which may fail.
            references.put(index, buffer);
            target.putInt(index + REFERENCE_OFFSET, offset);
            target.putInt(index + REFERENCE_LENGTH, length);
            target.putInt(index + REFERENCE_KIND, kind);
            type = (tag << MessageRing.KIND_BITS) | MessageRing.REFERENCE;
        } finally {
            target.putInt(index + TYPE_OFFSET, type);
            target.putIntRelease(index, HEADER_BYTES + REFERENCE_BYTES);
        }
        return true;
    }

    /** Consumer: makes memory what producers expect it to be. */
    static void clear(final UnsafeBuffer memory, final int start, final int length) {
        int left = length;
        while (left > 0) {
            final int some = Math.min(left, ZERO_BYTES);
            memory.putBytes(start + length - left, ZEROS, 0, some);
            left -= some;
        }
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
        target.putInt(index + TYPE_OFFSET, PADDING);
        target.putIntRelease(index, toEnd);
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
