package io.sluicemq.journal;

import io.sluicemq.journal.FrameCursor.Found;
import io.sluicemq.journal.RecoveryReport.Reason;
import io.sluicemq.journal.RecoveryReport.Skip;
import io.sluicemq.journal.SegmentScan.Hole;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;

/**
 * Decides which records of a journal count. Reads only; {@link Journal} writes the decision down before anybody may read on.
 *
 * <p>The rule of the prefix: behind the first hole in what was not synced nothing counts, or a later record would be seen without
 * what went before it. A hole in front of a record that is known to be synced is damage: it is passed over, and what comes behind it
 * counts. For one thread, short-lived.
 */
final class Recovery {
    private final int key;
    /** How many segments, from the first on, nobody writes to any more. */
    private final int closed;

    private final List<Segment> segments;
    private final SegmentHeader[] headers;
    private final List<SegmentScan> scans = new ArrayList<>();
    private final Map<Integer, Integer> validEnds = new HashMap<>();
    private final List<Skip> skips = new ArrayList<>();
    private final Positions positions = new Positions();
    private CheckpointMark checkpoint = CheckpointMark.NONE;
    private int settledBefore;
    private long syncedIndex = Journal.NO_INDEX;
    private long lastEpochNs;
    private long endIndex;
    private long validRecords;

    private Recovery(final List<Segment> segments, final int key, final int closed) {
        this.closed = closed;
        this.segments = new ArrayList<>(segments);
        this.key = key;
        headers = new SegmentHeader[segments.size()];
    }

    /** Looks at all segments that there are. */
    static Recovery of(final List<Segment> segments, final int key) throws IOException {
        final Recovery recovery = new Recovery(segments, key, segments.size());
        recovery.replay(recovery.look());
        return recovery;
    }

    /** As of, while the owner may be writing to the last segment, of which nothing is decided, nor of what its records say. */
    static Recovery ofLive(final List<Segment> segments, final int key) throws IOException {
        final Recovery recovery = new Recovery(segments, key, Math.max(0, segments.size() - 1));
        recovery.look();
        return recovery;
    }

    /** Behind the last record that is there now, of a segment to which the owner may be writing. */
    static long liveEnd(final Segment segment, final int key) throws IOException {
        final FrameCursor cursor = new FrameCursor();
        int endOrdinal = 0;
        try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
            cursor.wrap(map, key);
            Found found = cursor.next();
            while (found == Found.FRAME
                    || (found == Found.DAMAGED
                            && cursor.search(SegmentMap.searchEnd(SegmentMap.usedBytes(segment.path()))))) {
                endOrdinal = cursor.endOrdinal();
                found = cursor.next();
            }
            cursor.unwrap();
        }
        return FrameLayout.index(segment.number(), endOrdinal);
    }

    private int look() throws IOException {
        readHeaders();
        final int start = start();
        scan(start);
        decide(start);
        fillIn();
        return start;
    }

    private void readHeaders() throws IOException {
        final FrameCursor cursor = new FrameCursor();
        for (int i = 0; i < headers.length; i++) {
            final Segment segment = segments.get(i);
            try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
                cursor.wrap(map, key);
                final boolean found =
                        cursor.next() == Found.FRAME || (i < closed && cursor.search(SegmentHeader.SEARCHED_BYTES));
                if (found && cursor.firstOrdinal() == 0) {
                    headers[i] = SegmentHeader.read(cursor);
                    segments.set(i, segment.withFirstEpochNs(cursor.epochNs()));
                    lastEpochNs = Math.max(lastEpochNs, cursor.epochNs());
                }
                cursor.unwrap();
            }
            if (headers[i] != null) {
                settledBefore = headers[i].settledBefore();
                validEnds.putAll(headers[i].validEnds());
            }
        }
    }

    /** The first segment to look through: the first unsettled one, or an earlier one if only that repeats the positions. */
    private int start() {
        int start = 0;
        while (start < headers.length && segments.get(start).number() < settledBefore) {
            start++;
        }
        start = Math.min(start, Math.max(0, headers.length - 1));
        while (start > 0 && headers[start] == null) {
            start--;
        }
        return start;
    }

    private void scan(final int start) throws IOException {
        for (int i = start; i < closed; i++) {
            final Segment segment = segments.get(i);
            try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
                final SegmentScan scan = SegmentScan.of(segment, map, key);
                scans.add(scan);
                syncedIndex = Math.max(syncedIndex, scan.syncedIndex());
            }
        }
    }

    private void decide(final int start) {
        boolean cut = false;
        for (int i = 0; i < scans.size(); i++) {
            final SegmentScan scan = scans.get(i);
            final int number = scan.segment().number();
            if (validEnds.containsKey(number)) {
                // An earlier open has decided, for good.
                continue;
            }
            // A list of files that are being renamed may lack one.
            cut |= !cut && closed == headers.length && isCutBefore(start + i);
            if (cut) {
                behindAHole(scan, 0, 0);
            }
            final int end = cut ? 0 : validEnd(scan, knownEnd(start + i));
            cut |= end < scan.endOrdinal() || end < knownEnd(start + i);
            validEnds.put(number, end);
        }
    }

    /** Whether a whole file is gone in front of a segment, with records that were not synced. */
    private boolean isCutBefore(final int position) {
        if (position == 0 || headers[position] == null) {
            return false;
        }
        final long previousEnd = headers[position].previousEnd();
        final int missing = FrameLayout.segment(previousEnd);
        if (missing <= segments.get(position - 1).number()) {
            return false;
        }
        final int records = FrameLayout.ordinal(previousEnd);
        return miss(missing, new Hole(0, records, 0, 0, Reason.MISSING_FILE)) < records;
    }

    /**
     * Notes records that are missing, those that had been synced apart from the others. Answers behind the last that had been, which
     * readers are told of.
     */
    private int miss(final int number, final Hole hole) {
        final int from = hole.fromOrdinal();
        final int to = hole.toOrdinal();
        final int synced = Math.max(from, Math.min(to, syncedEnd(number)));
        if (synced > from) {
            skips.add(new Skip(number, hole.reason(), hole.position(), hole.bytes(), from, synced - from, true));
        }
        if (synced < to) {
            final int bytes = synced > from ? 0 : hole.bytes();
            skips.add(new Skip(number, hole.reason(), hole.position(), bytes, synced, to - synced, false));
        }
        return synced;
    }

    /** Behind the last record of a segment that is known to have been on the disk. */
    private int syncedEnd(final int number) {
        final int last = FrameLayout.segment(syncedIndex);
        if (number < settledBefore || number < last) {
            return Integer.MAX_VALUE;
        }
        return number == last ? FrameLayout.ordinal(syncedIndex) + 1 : 0;
    }

    private void behindAHole(final SegmentScan scan, final int fromOrdinal, final int position) {
        final int records = scan.endOrdinal() - fromOrdinal;
        if (records > 0) {
            final int bytes = scan.endPosition() - position;
            final int number = scan.segment().number();
            skips.add(new Skip(number, Reason.BEHIND_A_HOLE, position, bytes, fromOrdinal, records, false));
        }
    }

    /** Behind the last record of a segment as the next one has it; 0 if that does not say. */
    private int knownEnd(final int position) {
        final int next = position + 1;
        if (next >= headers.length || headers[next] == null) {
            return 0;
        }
        final long previousEnd = headers[next].previousEnd();
        final boolean ofThis =
                FrameLayout.segment(previousEnd) == segments.get(position).number();
        return ofThis ? FrameLayout.ordinal(previousEnd) : 0;
    }

    private int validEnd(final SegmentScan scan, final int knownEnd) {
        final int number = scan.segment().number();
        for (final Hole hole : scan.holes()) {
            final int end = miss(number, hole);
            if (end < hole.toOrdinal()) {
                behindAHole(scan, hole.toOrdinal(), hole.position() + hole.bytes());
                return end;
            }
        }
        final int end = scan.endOrdinal();
        if (knownEnd > end) {
            final Hole hole = new Hole(end, knownEnd, scan.endPosition(), scan.tailBytes(), scan.tailReason());
            return miss(number, hole);
        }
        final Reason wrong = scan.endReason();
        if (wrong != null) {
            final int bytes = wrong == Reason.ZEROED_FILE ? scan.fileBytes() : scan.tailBytes();
            skips.add(new Skip(number, wrong, scan.endPosition(), bytes, end, 0, false));
        }
        return end;
    }

    /** Puts what was decided, now or by an earlier open, or follows from the next header, into the segments. */
    private void fillIn() {
        for (int i = 0; i < headers.length; i++) {
            final Segment segment = segments.get(i);
            final Integer decided = validEnds.get(segment.number());
            final int known = knownEnd(i);
            if (decided != null) {
                segments.set(i, segment.withEnd(decided));
            } else if (known > 0) {
                segments.set(i, segment.withEnd(known));
            }
            if (segments.get(i).endOrdinal() > 0) {
                endIndex = FrameLayout.index(segment.number(), segments.get(i).endOrdinal());
            }
        }
    }

    /** Takes over positions, times and marks of what counts. */
    private void replay(final int start) throws IOException {
        final FrameCursor cursor = new FrameCursor();
        for (int i = start; i < headers.length; i++) {
            final Segment segment = segments.get(i);
            try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
                cursor.wrap(map, key);
                final int searchEnd = SegmentMap.searchEnd(SegmentMap.usedBytes(segment.path()));
                while (cursor.next() == Found.FRAME || cursor.search(searchEnd)) {
                    if (segment.endOrdinal() == Segment.UNKNOWN || cursor.firstOrdinal() < segment.endOrdinal()) {
                        replay(segment, cursor);
                    }
                }
                cursor.unwrap();
            }
        }
    }

    private void replay(final Segment segment, final FrameCursor cursor) {
        if (cursor.firstOrdinal() == 0) {
            final SegmentHeader header = SegmentHeader.read(cursor);
            if (header != null) {
                positions.clear();
                checkpoint = header.checkpoint();
            }
        }
        lastEpochNs = Math.max(lastEpochNs, cursor.epochNs());
        validRecords += cursor.count();
        final DirectBuffer buffer = cursor.buffer();
        int record = cursor.frame() + FrameLayout.HEADER_BYTES;
        for (int number = 0; number < cursor.count(); number++) {
            final int length = FrameLayout.recordLength(buffer, record);
            if ((FrameLayout.recordFlags(buffer, record) & FrameLayout.INTERNAL_FLAG) != 0) {
                final int body = record + FrameLayout.RECORD_HEADER_BYTES;
                final long index = FrameLayout.index(segment.number(), cursor.firstOrdinal() + number);
                apply(buffer, FrameLayout.recordType(buffer, record), body, length, index);
            }
            record += FrameLayout.RECORD_HEADER_BYTES + FrameLayout.align(length);
        }
    }

    private void apply(final DirectBuffer buffer, final int type, final int body, final int length, final long index) {
        if (type == FrameLayout.TYPE_POSITION) {
            positions.apply(buffer, body, length);
        } else if (type == FrameLayout.TYPE_CHECKPOINT_END) {
            final CheckpointMark mark = CheckpointMark.get(buffer, body);
            checkpoint = new CheckpointMark(mark.begin(), index, mark.bytes());
        }
    }

    RecoveryReport report() {
        return new RecoveryReport(scans.size(), validRecords, skips);
    }

    /** All, with their ends. */
    List<Segment> segments() {
        return segments;
    }

    /** What a file takes after what was not used of it was given back. */
    void fileBytes(final int number, final long bytes) {
        segments.replaceAll(segment -> segment.number() == number ? segment.withBytes(bytes) : segment);
    }

    /** Those that must be on the disk before the decision is. */
    List<SegmentScan> scans() {
        return scans;
    }

    /** Of the segments that were looked through. */
    Map<Integer, Integer> decisions() {
        final Map<Integer, Integer> decisions = new HashMap<>();
        for (final SegmentScan scan : scans) {
            decisions.put(scan.segment().number(), validEnds.get(scan.segment().number()));
        }
        return decisions;
    }

    Positions positions() {
        return positions;
    }

    CheckpointMark checkpoint() {
        return checkpoint;
    }

    long lastEpochNs() {
        return lastEpochNs;
    }

    /** Behind the last record that counts, of any segment that is there; 0 if there is none. */
    long endIndex() {
        return endIndex;
    }
}
