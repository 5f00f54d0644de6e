package io.sluicemq.journal;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The first record of a segment, with what later records of the same frame say of other segments. Immutable.
 *
 * @param settledBefore segments before this one were on the disk when the header was written, or were decided upon.
 * @param previousEnd behind the last record before this segment, as an index; 0 if there was none.
 * @param checkpoint the last complete one.
 * @param validEnds what the open that made this segment decided: by segment, the ordinal behind its last record.
 */
record SegmentHeader(int settledBefore, long previousEnd, CheckpointMark checkpoint, Map<Integer, Integer> validEnds) {
    /** Only what Chronicle writes at the start of a file comes before the header. */
    static final int SEARCHED_BYTES = 256 << 10;

    private static final int SETTLED_OFFSET = 4;
    private static final int PREVIOUS_END_OFFSET = 8;
    private static final int CHECKPOINT_OFFSET = 16;
    private static final int JOURNAL_OFFSET = CHECKPOINT_OFFSET + CheckpointMark.BYTES;
    private static final int BYTES = JOURNAL_OFFSET + 2 * Long.BYTES;

    SegmentHeader {
        validEnds = Map.copyOf(validEnds);
    }

    /** Adds the records of the header to a batch that is empty. */
    void write(final JournalBatch batch, final UUID journal) {
        final ExpandableArrayBuffer body = new ExpandableArrayBuffer(BYTES);
        body.putInt(0, FrameLayout.FORMAT_VERSION, FrameLayout.ORDER);
        body.putInt(SETTLED_OFFSET, settledBefore, FrameLayout.ORDER);
        body.putLong(PREVIOUS_END_OFFSET, previousEnd, FrameLayout.ORDER);
        checkpoint.put(body, CHECKPOINT_OFFSET);
        body.putLong(JOURNAL_OFFSET, journal.getMostSignificantBits(), FrameLayout.ORDER);
        body.putLong(JOURNAL_OFFSET + Long.BYTES, journal.getLeastSignificantBits(), FrameLayout.ORDER);
        batch.add(FrameLayout.TYPE_SEGMENT, FrameLayout.INTERNAL_FLAG, body, 0, BYTES);
        validEnds.forEach((segment, end) -> {
            body.putInt(0, segment, FrameLayout.ORDER);
            body.putInt(Integer.BYTES, end, FrameLayout.ORDER);
            if (!batch.add(FrameLayout.TYPE_VALID_END, FrameLayout.INTERNAL_FLAG, body, 0, 2 * Integer.BYTES)) {
                throw new JournalException("segments to recover=" + validEnds.size()
                        + " do not fit the header of a segment, open the journal with larger segmentBytes");
            }
        });
    }

    /** The journal to which a segment says that it belongs; null if its header is not found at the start of it. */
    static UUID readJournal(final SegmentMap map) {
        final FrameCursor cursor = new FrameCursor();
        final UnsafeBuffer buffer = new UnsafeBuffer(map.bytes());
        final int last = Math.min(SEARCHED_BYTES, buffer.capacity()) - FrameLayout.HEADER_BYTES;
        for (int place = FrameLayout.EXCERPT_HEADER_BYTES; place <= last; place += FrameLayout.ALIGNMENT) {
            if (FrameLayout.magic(buffer, place) == FrameLayout.MAGIC) {
                final int key = FrameLayout.key(buffer, place);
                cursor.wrap(map, key);
                cursor.moveTo(place - FrameLayout.EXCERPT_HEADER_BYTES);
                if (cursor.search(place + FrameLayout.HEADER_BYTES) && read(cursor) != null) {
                    final UUID journal = journal(buffer, place);
                    return journal != null && journal.hashCode() == key ? journal : null;
                }
            }
        }
        return null;
    }

    private static UUID journal(final DirectBuffer buffer, final int frame) {
        final int body = frame + FrameLayout.HEADER_BYTES + FrameLayout.RECORD_HEADER_BYTES;
        return buffer.getInt(body, FrameLayout.ORDER) == FrameLayout.FORMAT_VERSION
                ? new UUID(
                        buffer.getLong(body + JOURNAL_OFFSET, FrameLayout.ORDER),
                        buffer.getLong(body + JOURNAL_OFFSET + Long.BYTES, FrameLayout.ORDER))
                : null;
    }

    /** Of the frame at which the cursor stands; null if it is not a header. */
    static SegmentHeader read(final FrameCursor cursor) {
        final DirectBuffer buffer = cursor.buffer();
        int record = cursor.frame() + FrameLayout.HEADER_BYTES;
        final boolean isHeader = cursor.firstOrdinal() == 0
                && FrameLayout.recordType(buffer, record) == FrameLayout.TYPE_SEGMENT
                && (FrameLayout.recordFlags(buffer, record) & FrameLayout.INTERNAL_FLAG) != 0
                && FrameLayout.recordLength(buffer, record) == BYTES;
        if (!isHeader) {
            return null;
        }
        final int body = record + FrameLayout.RECORD_HEADER_BYTES;
        final Map<Integer, Integer> ends = new HashMap<>();
        for (int number = 0; number < cursor.count(); number++) {
            if (FrameLayout.recordType(buffer, record) == FrameLayout.TYPE_VALID_END) {
                final int pair = record + FrameLayout.RECORD_HEADER_BYTES;
                ends.put(
                        buffer.getInt(pair, FrameLayout.ORDER), buffer.getInt(pair + Integer.BYTES, FrameLayout.ORDER));
            }
            record += FrameLayout.RECORD_HEADER_BYTES + FrameLayout.align(FrameLayout.recordLength(buffer, record));
        }
        return new SegmentHeader(
                buffer.getInt(body + SETTLED_OFFSET, FrameLayout.ORDER),
                buffer.getLong(body + PREVIOUS_END_OFFSET, FrameLayout.ORDER),
                CheckpointMark.get(buffer, body + CHECKPOINT_OFFSET),
                ends);
    }
}
