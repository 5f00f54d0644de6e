package io.sluicemq.journal;

import io.sluicemq.journal.FrameCursor.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/**
 * Reads a journal in order, also while it is written. Made by {@link Journal#reader()} or {@link Journal#readOnly}; belongs to one
 * thread, whichever it is, and keeps no record and no segment from being deleted. A new one stands at the oldest record.
 *
 * <p>It checks each frame before it hands over the first record of it. What is damaged, or was deleted, goes to
 * {@link RecordHandler#onSkipped}.
 */
public final class JournalReader implements AutoCloseable {
    private static final long SEARCH_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final CatalogSource source;
    private final int key;
    private final boolean ofCheckpoints;
    private final FrameCursor cursor = new FrameCursor();
    private final Decompressor decompressor;
    private SegmentMap map;
    private Segment segment;
    private ByteBuffer view;
    /** Of the next record. */
    private long expected;
    /** What was expected before a segment came that holds nothing; {@link Journal#NO_INDEX} if none came. */
    private long beforeEmpty = Journal.NO_INDEX;
    /** Frames before this time are passed over. */
    private long fromNs = Long.MIN_VALUE;
    /** Where the next record lies, and how many are left in the frame. */
    private int record;

    private int left;
    /** When nothing was found behind damage; the search takes as long as it takes to read the segment. */
    private long searchedNs = System.nanoTime() - SEARCH_INTERVAL_NS;

    private boolean closed;

    JournalReader(final CatalogSource source, final int key, final boolean ofCheckpoints) {
        this.source = source;
        this.key = key;
        this.ofCheckpoints = ofCheckpoints;
        decompressor = new Decompressor(JournalOpening.maxFrameBytes(JournalOptions.MAX_SEGMENT_BYTES));
        seekStart();
    }

    /**
     * Hands over records that are there. Does not wait, and allocates nothing but at the start of a segment.
     *
     * @param handler is called for each.
     * @param limit of records handed over.
     * @return how many were; 0 if there is none now.
     * @throws IllegalStateException if the reader is closed.
     * @throws JournalException if a segment cannot be read at all.
     */
    public int poll(final RecordHandler handler, final int limit) {
        checkOpen();
        int polled = 0;
        try {
            while (polled < limit && (left > 0 || advance(handler))) {
                if (deliver(handler)) {
                    polled++;
                }
            }
        } catch (final InternalError e) {
            throw new JournalException(
                    "segment=" + segment.path() + " could not be read: the disk failed, or somebody cut the file", e);
        }
        return polled;
    }

    /** Up to a record, which is handed over too. */
    void pollThrough(final RecordHandler handler, final long lastIndex) {
        while ((left > 0 || advance(handler)) && expected <= lastIndex) {
            deliver(handler);
        }
    }

    private boolean deliver(final RecordHandler handler) {
        final DirectBuffer buffer = cursor.buffer();
        final int length = FrameLayout.recordLength(buffer, record);
        final int type = FrameLayout.recordType(buffer, record);
        final int flags = FrameLayout.recordFlags(buffer, record);
        final int body = record + FrameLayout.RECORD_HEADER_BYTES;
        final long index = expected;
        record = body + FrameLayout.align(length);
        expected++;
        left--;
        if ((flags & FrameLayout.INTERNAL_FLAG) != 0) {
            return false;
        }
        if (((flags & FrameLayout.CHECKPOINT_FLAG) != 0) != ofCheckpoints) {
            return false;
        }
        if ((flags & FrameLayout.LZ4_FLAG) == 0) {
            hand(handler, index, type, buffer, body, length);
            return true;
        }
        final int bodyLength = decompressor.decompress(buffer, view, body, length);
        if (bodyLength < 0) {
            handler.onSkipped(index, index);
            return false;
        }
        hand(handler, index, type, decompressor.result(), 0, bodyLength);
        return true;
    }

    private void hand(
            final RecordHandler handler,
            final long index,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (ofCheckpoints) {
            handler.onCheckpoint(index, cursor.epochNs(), type, buffer, offset, length);
        } else {
            handler.onRecord(index, cursor.epochNs(), type, buffer, offset, length);
        }
    }

    /** Goes to the next frame that holds the expected record, or one after it. */
    private boolean advance(final RecordHandler handler) {
        while (true) {
            if (closed || (map == null && !openNext())) {
                return false;
            }
            // Before the look at the file: what this says was closed is complete there.
            final Catalog catalog = source.current();
            final Segment known = catalog.ceiling(segment.number());
            final boolean listed = known != null && known.number() == segment.number();
            segment = listed ? known : segment;
            final boolean open = listed
                    && segment.endOrdinal() == Segment.UNKNOWN
                    && catalog.last().number() == segment.number();
            final Found found = cursor.next();
            if (found == Found.FRAME) {
                if (enter(handler)) {
                    return true;
                }
            } else if (open && found == Found.DAMAGED && findBehindDamage()) {
                if (enter(handler)) {
                    return true;
                }
            } else if (open) {
                source.refresh();
                if (source.current() == catalog) {
                    return false;
                }
            } else if (isAtEnd(found)) {
                leave(handler);
            } else if (!cursor.search(readableBytes())) {
                leave(handler);
            } else if (enter(handler)) {
                return true;
            }
        }
    }

    /** A whole frame behind it proves that it is damage, and no end. Without one it is looked for again, but not at each poll. */
    private boolean findBehindDamage() {
        final long nowNs = System.nanoTime();
        if (nowNs - searchedNs < SEARCH_INTERVAL_NS) {
            return false;
        }
        final boolean found = cursor.search(readableBytes());
        // After the search, however long it took; one that found something must not keep the next damage waiting.
        searchedNs = found ? nowNs - SEARCH_INTERVAL_NS : System.nanoTime();
        return found;
    }

    /** What was not used of a closed segment is cut off by the next open, maybe since it was mapped. Reads the file from its end. */
    private int readableBytes() {
        long bytes;
        try {
            bytes = SegmentMap.searchEnd(SegmentMap.usedBytes(segment.path()));
        } catch (final IOException e) {
            // It was deleted since, as long as it was.
            bytes = segment.bytes();
        }
        return (int) Math.min(bytes, map.bytes().capacity());
    }

    private boolean isAtEnd(final Found found) {
        return segment.endOrdinal() == Segment.UNKNOWN
                ? found == Found.END
                : FrameLayout.segment(expected) > segment.number()
                        || FrameLayout.ordinal(expected) >= segment.endOrdinal();
    }

    private boolean openNext() {
        while (true) {
            final Segment next = source.current().ceiling(FrameLayout.segment(expected));
            if (next == null) {
                source.refresh();
                if (source.current().ceiling(FrameLayout.segment(expected)) == null) {
                    return false;
                }
                continue;
            }
            try {
                map = SegmentMap.open(next.path(), next.number());
                segment = next;
                view = map.bytes().duplicate();
                cursor.wrap(map, key);
                startInSegment();
                return true;
            } catch (final NoSuchFileException e) {
                // It was deleted since; the catalog says so, or does when it is read anew.
                source.refreshNow();
                if (next.equals(source.current().ceiling(next.number()))) {
                    throw unreadable(next, e);
                }
            } catch (final IOException e) {
                throw unreadable(next, e);
            }
        }
    }

    /** The end of an open segment is zeros, in which a search for frames would take longer than the way there. */
    private void startInSegment() {
        final boolean closedOne = segment.endOrdinal() != Segment.UNKNOWN;
        if (closedOne && FrameLayout.segment(expected) == segment.number()) {
            cursor.jumpTowards(FrameLayout.ordinal(expected), readableBytes());
        } else {
            cursor.moveTo(0);
        }
    }

    private static JournalException unreadable(final Segment segment, final IOException cause) {
        return new JournalException("segment=" + segment.path() + " could not be opened: " + cause.getMessage(), cause);
    }

    /** Looks at the frame that was found. */
    private boolean enter(final RecordHandler handler) {
        final int first = cursor.firstOrdinal();
        final int end = cursor.endOrdinal();
        if (segment.endOrdinal() != Segment.UNKNOWN && first >= segment.endOrdinal()) {
            leave(handler);
            return false;
        }
        final long firstIndex = FrameLayout.index(segment.number(), first);
        final long endIndex = FrameLayout.index(segment.number(), end);
        final boolean passed = FrameLayout.segment(expected) < segment.number() || beforeEmpty != Journal.NO_INDEX;
        long missing = passed ? passDeleted() : Journal.NO_INDEX;
        if (endIndex <= expected) {
            return false;
        }
        if (cursor.epochNs() < fromNs) {
            expected = endIndex;
        } else {
            fromNs = Long.MIN_VALUE;
            missing = firstIndex > expected ? expected : missing;
            expected = Math.max(expected, firstIndex);
            goToExpected(firstIndex);
        }
        // Last, since the handler may throw, seek or close.
        if (missing != Journal.NO_INDEX) {
            handler.onSkipped(missing, firstIndex - 1);
        }
        return left > 0;
    }

    private void goToExpected(final long firstIndex) {
        record = cursor.frame() + FrameLayout.HEADER_BYTES;
        left = cursor.count();
        for (long skipped = firstIndex; skipped < expected; skipped++) {
            record += FrameLayout.RECORD_HEADER_BYTES
                    + FrameLayout.align(FrameLayout.recordLength(cursor.buffer(), record));
            left--;
        }
    }

    /**
     * The expected record was in a segment that is gone; or it would have come after the last one of that segment. Answers from where on
     * records are missing, if some are known to be.
     */
    private long passDeleted() {
        final long missing = beforeEmpty == Journal.NO_INDEX ? expected : beforeEmpty;
        beforeEmpty = Journal.NO_INDEX;
        expected = FrameLayout.index(segment.number(), 0);
        final SegmentHeader header = SegmentHeader.read(cursor);
        // Without a header it is damaged; who skips the damage says so.
        return header != null && missing < header.previousEnd() ? missing : Journal.NO_INDEX;
    }

    private void leave(final RecordHandler handler) {
        final long missing = expected;
        final int number = segment.number();
        final int end = segment.endOrdinal();
        unmap();
        expected = FrameLayout.index(number + 1, 0);
        if (end == 0) {
            // Its owner died before the header was there. What was missed before it the next header tells.
            beforeEmpty = beforeEmpty == Journal.NO_INDEX ? missing : beforeEmpty;
            return;
        }
        if (end != Segment.UNKNOWN && missing < FrameLayout.index(number, end)) {
            handler.onSkipped(missing, FrameLayout.index(number, end - 1));
        }
    }

    /**
     * Goes to a record.
     *
     * @param index of it; the next record handed over has this index or a higher one.
     * @throws IllegalArgumentException if the index is negative.
     */
    public void seek(final long index) {
        checkOpen();
        if (index < 0) {
            throw new IllegalArgumentException("index=" + index + ", limit=0 or more, take one that the journal gave");
        }
        fromNs = Long.MIN_VALUE;
        beforeEmpty = Journal.NO_INDEX;
        left = 0;
        expected = index;
        if (map == null) {
            return;
        }
        if (map.segment() == FrameLayout.segment(index)) {
            startInSegment();
        } else {
            unmap();
        }
    }

    /**
     * Goes to where another reader of the same journal stands, without a search.
     *
     * @param other that belongs to the same thread; it may be in the middle of a poll.
     */
    public void seek(final JournalReader other) {
        seek(other.expected);
        fromNs = other.fromNs;
        beforeEmpty = other.beforeEmpty;
        if (other.map == null || other.segment.number() != FrameLayout.segment(expected)) {
            return;
        }
        if (map == null && !openSame(other.segment)) {
            return;
        }
        // Of a frame that it has not finished the start, as the rest of it is ours too.
        cursor.moveTo(
                other.left == 0 ? other.cursor.position() : other.cursor.frame() - FrameLayout.EXCERPT_HEADER_BYTES);
    }

    private boolean openSame(final Segment there) {
        try {
            map = SegmentMap.open(there.path(), there.number());
        } catch (final IOException e) {
            // It is gone since: the next poll finds its way.
            return false;
        }
        segment = there;
        view = map.bytes().duplicate();
        cursor.wrap(map, key);
        return true;
    }

    /**
     * Goes to the first record that was appended at this time or later.
     *
     * @param epochNs in ns since 1970.
     */
    public void seekTime(final long epochNs) {
        seekStart();
        final Catalog catalog = source.current();
        if (!catalog.isEmpty()) {
            seek(FrameLayout.index(catalog.byTime(epochNs).number(), 0));
        }
        fromNs = epochNs;
    }

    /** Goes to the oldest record. */
    public void seekStart() {
        source.refresh();
        final Catalog catalog = source.current();
        seek(catalog.isEmpty() ? 0 : FrameLayout.index(catalog.first().number(), 0));
    }

    /** Goes behind the last record: only what is appended from now on is handed over. */
    public void seekEnd() {
        checkOpen();
        source.refresh();
        seek(source.endIndex());
    }

    /**
     * Where the reader stands.
     *
     * @return an index; the next record has this one or a higher one.
     */
    public long position() {
        return expected;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the reader is closed, make another one");
        }
    }

    private void unmap() {
        if (map != null) {
            cursor.unwrap();
            view = null;
            left = 0;
            map.close();
            map = null;
        }
    }

    /** Gives the memory back. Twice is once. To be called by the thread that reads, or after it has ended. */
    @Override
    public void close() {
        closed = true;
        unmap();
    }
}
