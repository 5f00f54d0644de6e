package io.sluicemq.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Bytes of a frame, which is what one excerpt of Chronicle holds: a header, then records. All numbers are little-endian.
 *
 * <pre>
 * frame   0 magic and version   4 length with header   8 CRC32C of all from 12 on   12 count of records   16 ordinal of the first
 *        20 segment   24 position in the file   28 key of the journal   32 epoch time in ns   40 index up to which all was synced
 * record  0 length of the body as stored   4 type   8 flags   12 body, filled up to a multiple of 4
 * </pre>
 *
 * Segment, position and key make that bytes of a frame are no frame anywhere else, such as inside a body. Stateless.
 */
final class FrameLayout {
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** "SJL" and the version. */
    static final int MAGIC = 0x4C_4A_53_01;

    static final int FORMAT_VERSION = 1;

    static final int HEADER_BYTES = 48;
    static final int RECORD_HEADER_BYTES = 12;
    static final int ALIGNMENT = 4;

    /** Of Chronicle, before each excerpt: its length, and two bits. */
    static final int EXCERPT_HEADER_BYTES = 4;

    static final int EXCERPT_LENGTH_MASK = 0x3FFF_FFFF;
    static final int EXCERPT_META_BIT = 0x4000_0000;
    static final int EXCERPT_OPEN_BIT = 0x8000_0000;

    /** Records of the journal itself: positions, marks. */
    static final int INTERNAL_FLAG = 1;

    /** The body starts with its length before compression. */
    static final int LZ4_FLAG = 2;

    static final int CHECKPOINT_FLAG = 4;

    static final int TYPE_SEGMENT = 1;
    static final int TYPE_VALID_END = 2;
    static final int TYPE_POSITION = 3;
    static final int TYPE_CHECKPOINT_BEGIN = 4;
    static final int TYPE_CHECKPOINT_END = 5;
    static final int TYPE_CLOSED = 6;

    private static final int MAGIC_OFFSET = 0;
    private static final int LENGTH_OFFSET = 4;
    private static final int CRC_OFFSET = 8;
    private static final int COUNT_OFFSET = 12;
    private static final int ORDINAL_OFFSET = 16;
    private static final int SEGMENT_OFFSET = 20;
    private static final int POSITION_OFFSET = 24;
    private static final int KEY_OFFSET = 28;
    private static final int EPOCH_NS_OFFSET = 32;
    private static final int SYNCED_OFFSET = 40;
    private static final int TYPE_OFFSET = 4;
    private static final int FLAGS_OFFSET = 8;

    private FrameLayout() {}

    static int align(final int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    static long index(final int segment, final int ordinal) {
        return ((long) segment << Integer.SIZE) | ordinal;
    }

    static int segment(final long index) {
        return (int) (index >>> Integer.SIZE);
    }

    static int ordinal(final long index) {
        return (int) index;
    }

    static void putRecordHeader(
            final MutableDirectBuffer buffer, final int offset, final int length, final int type, final int flags) {
        buffer.putInt(offset, length, ORDER);
        buffer.putInt(offset + TYPE_OFFSET, type, ORDER);
        buffer.putInt(offset + FLAGS_OFFSET, flags, ORDER);
    }

    /** All of the header but the checksum, which {@link #seal} puts. */
    static void putHeader(final MutableDirectBuffer buffer, final int length, final int count, final long firstIndex) {
        buffer.putInt(MAGIC_OFFSET, MAGIC, ORDER);
        buffer.putInt(LENGTH_OFFSET, length, ORDER);
        buffer.putInt(COUNT_OFFSET, count, ORDER);
        buffer.putInt(ORDINAL_OFFSET, ordinal(firstIndex), ORDER);
        buffer.putInt(SEGMENT_OFFSET, segment(firstIndex), ORDER);
    }

    static void putPlace(final MutableDirectBuffer buffer, final int position, final int key) {
        buffer.putInt(POSITION_OFFSET, position, ORDER);
        buffer.putInt(KEY_OFFSET, key, ORDER);
    }

    static void putTimes(final MutableDirectBuffer buffer, final long epochNs, final long syncedIndex) {
        buffer.putLong(EPOCH_NS_OFFSET, epochNs, ORDER);
        buffer.putLong(SYNCED_OFFSET, syncedIndex, ORDER);
    }

    /** Puts the checksum of a frame that starts at 0 of the buffer, whose bytes are those of the view. */
    static void seal(final MutableDirectBuffer buffer, final ByteBuffer view, final CRC32C crc) {
        buffer.putInt(CRC_OFFSET, checksum(view, 0, buffer.getInt(LENGTH_OFFSET, ORDER), crc), ORDER);
    }

    static int checksum(final ByteBuffer view, final int offset, final int length, final CRC32C crc) {
        crc.reset();
        view.limit(offset + length).position(offset + COUNT_OFFSET);
        crc.update(view);
        return (int) crc.getValue();
    }

    static int magic(final DirectBuffer buffer, final int frame) {
        return buffer.getInt(frame + MAGIC_OFFSET, ORDER);
    }

    static int length(final DirectBuffer buffer, final int frame) {
        return buffer.getInt(frame + LENGTH_OFFSET, ORDER);
    }

    static int crc(final DirectBuffer buffer, final int frame) {
        return buffer.getInt(frame + CRC_OFFSET, ORDER);
    }

    static int count(final DirectBuffer buffer, final int frame) {
        return buffer.getInt(frame + COUNT_OFFSET, ORDER);
    }

    static int ordinalOf(final DirectBuffer buffer, final int frame) {
        return buffer.getInt(frame + ORDINAL_OFFSET, ORDER);
    }

    static int segmentOf(final DirectBuffer buffer, final int frame) {
        return buffer.getInt(frame + SEGMENT_OFFSET, ORDER);
    }

    static int position(final DirectBuffer buffer, final int frame) {
        return buffer.getInt(frame + POSITION_OFFSET, ORDER);
    }

    static int key(final DirectBuffer buffer, final int frame) {
        return buffer.getInt(frame + KEY_OFFSET, ORDER);
    }

    static long epochNs(final DirectBuffer buffer, final int frame) {
        return buffer.getLong(frame + EPOCH_NS_OFFSET, ORDER);
    }

    static long syncedIndex(final DirectBuffer buffer, final int frame) {
        return buffer.getLong(frame + SYNCED_OFFSET, ORDER);
    }

    static int recordLength(final DirectBuffer buffer, final int record) {
        return buffer.getInt(record, ORDER);
    }

    static int recordType(final DirectBuffer buffer, final int record) {
        return buffer.getInt(record + TYPE_OFFSET, ORDER);
    }

    static int recordFlags(final DirectBuffer buffer, final int record) {
        return buffer.getInt(record + FLAGS_OFFSET, ORDER);
    }
}
