package io.sluicemq.journal;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Records that are appended together: all of them or none are there after a crash, and they cost little more than one. Made by
 * {@link Journal#newBatch()}, filled and reused by one thread; it copies what it is given, and grows up to the limit of the journal.
 */
public final class JournalBatch {
    private static final int INITIAL_BYTES = 4096;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private final int maxBytes;
    private final Compressor compressor;
    private ByteBuffer memory;
    private ByteBuffer view;
    private int length;
    private int count;

    JournalBatch(final int maxBytes, final int compressAboveBytes) {
        this.maxBytes = maxBytes;
        compressor = compressAboveBytes == 0 ? null : new Compressor(compressAboveBytes);
        grow(Math.min(INITIAL_BYTES, maxBytes));
        clear();
    }

    /**
     * Adds a record.
     *
     * @param type of the owner's choice.
     * @param source that holds the body, which is copied.
     * @param offset of the body.
     * @param bodyLength of it in bytes; 0 is allowed.
     * @return false if the batch is too full for it: append the batch, clear it, and add again.
     * @throws IllegalArgumentException if no batch can take the record, or the length is negative.
     */
    public boolean add(final int type, final DirectBuffer source, final int offset, final int bodyLength) {
        return add(type, 0, source, offset, bodyLength);
    }

    boolean add(final int type, final int flags, final DirectBuffer source, final int offset, final int bodyLength) {
        final int maxRecordBytes = maxRecordBytes(maxBytes);
        if (bodyLength < 0 || bodyLength > maxRecordBytes) {
            throw new IllegalArgumentException("length=" + bodyLength + ", limit=0 to " + maxRecordBytes
                    + ", split the record, or open the journal with larger segmentBytes");
        }
        final long end = (long) length + FrameLayout.RECORD_HEADER_BYTES + FrameLayout.align(bodyLength);
        if (end > maxBytes) {
            return false;
        }
        if (end > buffer.capacity()) {
            grow(Math.min(maxBytes, BitUtil.findNextPositivePowerOfTwo((int) end)));
        }
        final int body = length + FrameLayout.RECORD_HEADER_BYTES;
        int stored = compressor == null ? 0 : compressor.compress(source, offset, bodyLength, view, body);
        if (stored > 0) {
            FrameLayout.putRecordHeader(buffer, length, stored, type, flags | FrameLayout.LZ4_FLAG);
        } else {
            stored = bodyLength;
            FrameLayout.putRecordHeader(buffer, length, stored, type, flags);
            buffer.putBytes(body, source, offset, bodyLength);
        }
        // The bytes between two records must be the same each time: they are in the checksum, and nobody wants old ones
        // on the disk.
        for (int padding = body + stored; padding < body + FrameLayout.align(stored); padding++) {
            buffer.putByte(padding, (byte) 0);
        }
        length = body + FrameLayout.align(stored);
        count++;
        return true;
    }

    /** Of one record in a batch of its own. */
    static int maxRecordBytes(final int maxBytes) {
        return maxBytes - FrameLayout.HEADER_BYTES - FrameLayout.RECORD_HEADER_BYTES - FrameLayout.ALIGNMENT;
    }

    private void grow(final int bytes) {
        final ByteBuffer grown = ByteBuffer.allocateDirect(bytes).order(FrameLayout.ORDER);
        buffer.getBytes(0, grown, 0, Math.min(length, bytes));
        memory = grown;
        view = memory.duplicate();
        buffer.wrap(memory);
    }

    /** Forgets all records; the memory stays. */
    public void clear() {
        length = FrameLayout.HEADER_BYTES;
        count = 0;
    }

    /**
     * How many records were added since the last {@link #clear()}.
     *
     * @return the number.
     */
    public int count() {
        return count;
    }

    /**
     * How large the batch would be in the journal now.
     *
     * @return bytes, those of the frame's header and of the records' included.
     */
    public int bytes() {
        return length;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** The same bytes; its position and limit are anybody's. */
    ByteBuffer view() {
        return view;
    }
}
