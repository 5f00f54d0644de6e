package io.sluicemq.journal;

import io.sluicemq.journal.FrameCursor.Found;
import io.sluicemq.journal.RecoveryReport.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Everything that can be found in one segment: its whole frames, wherever they lie, and the holes between. For one thread, short-lived.
 */
final class SegmentScan {
    /** Chronicle's mark at the end of a segment, and the text with it. */
    private static final int END_MARK_BYTES = 16;

    private static final int PAGE_BYTES = 4096;

    /** Where records are missing: these, between whole frames or in front of the first. */
    record Hole(int fromOrdinal, int toOrdinal, int position, int bytes, Reason reason) {}

    private final Segment segment;
    private final List<Hole> holes = new ArrayList<>();
    private SegmentHeader header;
    private long firstEpochNs = Segment.UNKNOWN;
    private int endOrdinal;
    private int endPosition;
    private int tailBytes;
    private int fileBytes;
    private int usedBytes;
    private boolean anyByte;
    private long syncedIndex = Journal.NO_INDEX;

    private SegmentScan(final Segment segment) {
        this.segment = segment;
    }

    /** Of a segment whose file is mapped. */
    static SegmentScan of(final Segment segment, final SegmentMap map, final int key) throws IOException {
        final SegmentScan scan = new SegmentScan(segment);
        final int used = SegmentMap.usedBytes(segment.path());
        final FrameCursor cursor = new FrameCursor();
        cursor.wrap(map, key);
        scan.fileBytes = map.bytes().capacity();
        while (true) {
            final int before = cursor.safePosition();
            if (cursor.next() == Found.FRAME || cursor.search(SegmentMap.searchEnd(used))) {
                scan.take(cursor, before);
            } else {
                break;
            }
        }
        scan.endPosition = cursor.safePosition();
        scan.lookAtTail(cursor, used - 1);
        return scan;
    }

    private void take(final FrameCursor cursor, final int before) {
        anyByte = true;
        final int first = cursor.firstOrdinal();
        if (first == 0) {
            header = SegmentHeader.read(cursor);
            firstEpochNs = cursor.epochNs();
        }
        if (first > endOrdinal) {
            final int bytes = cursor.frame() - before;
            holes.add(new Hole(endOrdinal, first, before, bytes, reason(cursor.buffer(), before, cursor.frame())));
        }
        endOrdinal = Math.max(endOrdinal, cursor.endOrdinal());
        syncedIndex = Math.max(syncedIndex, cursor.syncedIndex());
    }

    /** Zeros of at least a part of a page are a lost page. */
    private static Reason reason(final DirectBuffer buffer, final int from, final int to) {
        int zeros = 0;
        int longest = 0;
        for (int position = from; position < to; position++) {
            zeros = buffer.getByte(position) == 0 ? zeros + 1 : 0;
            longest = Math.max(longest, zeros);
        }
        return longest >= Math.min(PAGE_BYTES, (to - from) / 2) ? Reason.LOST_PAGE : Reason.GARBAGE;
    }

    private void lookAtTail(final FrameCursor cursor, final int last) {
        anyByte |= last >= 0;
        // The body of the last whole frame may end in zeros.
        usedBytes = Math.max(last + 1, endPosition);
        // Behind the pages of Chronicle's index, if some came last.
        final int from = cursor.position();
        final boolean mark = cursor.next() == Found.END;
        if (last >= from && !(mark && last < from + END_MARK_BYTES)) {
            tailBytes = last + 1 - from;
        }
    }

    Segment segment() {
        return segment;
    }

    List<Hole> holes() {
        return holes;
    }

    /** Null if it is damaged. */
    SegmentHeader header() {
        return header;
    }

    long firstEpochNs() {
        return firstEpochNs;
    }

    /** Behind the last whole frame. */
    int endOrdinal() {
        return endOrdinal;
    }

    /** Behind the last whole frame, and behind the last byte that is not zero. */
    int usedBytes() {
        return usedBytes;
    }

    /** Behind the last whole frame. */
    int endPosition() {
        return endPosition;
    }

    /** How many bytes that are no frame come after the last one. */
    int tailBytes() {
        return tailBytes;
    }

    /** The highest that a frame knows of. */
    long syncedIndex() {
        return syncedIndex;
    }

    int fileBytes() {
        return fileBytes;
    }

    /** Why records that should follow the last frame are not there. */
    Reason tailReason() {
        final Reason reason = fileReason();
        if (reason != null) {
            return reason;
        }
        return tailBytes == 0 ? Reason.LOST_PAGE : Reason.GARBAGE;
    }

    /** What is wrong at the end although nobody was told of a record there; null if nothing is. */
    Reason endReason() {
        final Reason reason = fileReason();
        if (reason != null) {
            return reason;
        }
        return tailBytes == 0 ? null : Reason.TORN_TAIL;
    }

    /** Behind what is written there is a page of zeros, at least, in a file that nobody has cut. */
    private Reason fileReason() {
        if (fileBytes - usedBytes < PAGE_BYTES) {
            return Reason.TRUNCATED;
        }
        return anyByte ? null : Reason.ZEROED_FILE;
    }
}
