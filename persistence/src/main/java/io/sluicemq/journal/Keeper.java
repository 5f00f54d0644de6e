package io.sluicemq.journal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Keeps the journal within its bounds: makes room for what is appended, writes checkpoints, and deletes segments that nobody needs.
 * Belongs to the journal's thread.
 */
final class Keeper {
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int CHECKPOINT_FACTOR = 4;

    private final File path;
    private final JournalOptions options;
    private final Disk disk;
    private final JournalWriter writer;
    private final Positions positions;
    private final JournalBatch header;
    private final JournalBatch state;
    private CheckpointMark checkpoint;
    private long retainFrom = Long.MAX_VALUE;
    /** Segments before this one are not needed, as records say that a loss of power leaves. */
    private int safelyNeededFrom;
    /** The same as of a record that is not safe yet; {@link Journal#NO_INDEX} if none is waited for. */
    private int nextNeededFrom;

    private long nextIsSafeWith = Journal.NO_INDEX;
    /** A position has changed, and there was no room for the record. */
    private boolean positionUnwritten;

    private long sinceCheckpointBytes;
    private long lastTryNs = System.nanoTime() - RETRY_NS;
    private boolean madeInVain;
    private boolean recovered;
    private boolean atStart;
    private boolean appended;
    private boolean inCheckpoint;
    private boolean gaveUp;
    private long checkpointBegin;
    private long checkpointBytes;

    Keeper(
            final JournalDirectory directory,
            final JournalOptions options,
            final Disk disk,
            final JournalWriter writer,
            final Recovery found) {
        path = directory.path().toFile();
        this.options = options;
        this.disk = disk;
        this.writer = writer;
        positions = found.positions();
        checkpoint = found.checkpoint();
        for (final Segment segment : found.segments()) {
            final boolean before = checkpoint.exists() && segment.number() < FrameLayout.segment(checkpoint.begin());
            sinceCheckpointBytes += before ? 0 : segment.bytes();
        }
        final int maxFrameBytes = JournalOpening.maxFrameBytes(options.segmentBytes());
        // Nobody has told more yet than what recovery found, and brought to the disk.
        safelyNeededFrom = neededFrom();
        header = new JournalBatch(maxFrameBytes, 0);
        state = new JournalBatch(maxFrameBytes, options.compressAboveBytes());
    }

    /** Rolls, if a frame of this length needs it; false if it cannot. */
    boolean makeRoom(final int frameBytes) {
        if (!appended) {
            // Not at the open: the owner recovers first, and says from where on it keeps all.
            appended = true;
            deleteUnneeded();
        }
        if (atStart && !inCheckpoint) {
            atStart = false;
            writeCheckpointIfDue();
        }
        while (!writer.fits(frameBytes)) {
            if (!ensureNext()) {
                return false;
            }
            roll();
        }
        return true;
    }

    boolean hasRoomAhead() {
        return ensureNext();
    }

    long write(final JournalBatch batch) {
        sinceCheckpointBytes += batch.bytes();
        return writer.write(batch);
    }

    /** A disk that was full a moment ago is not asked again. */
    private boolean isTooEarly() {
        final long nowNs = System.nanoTime();
        if (nowNs - lastTryNs < RETRY_NS) {
            return true;
        }
        lastTryNs = nowNs;
        return false;
    }

    /** Of segments as long as they are made, so what fits one that is there takes no more of the disk. */
    private boolean hasDiskRoom() {
        return disk.usableBytes(path) - options.segmentBytes() >= options.minFreeBytes();
    }

    private boolean isWithinMaxBytes() {
        return totalBytes() + options.segmentBytes() <= options.maxBytes();
    }

    /** Makes the next segment ahead, if there is room for it. */
    void makeNext() {
        if (isWithinMaxBytes() && hasDiskRoom()) {
            writer.makeNext();
        }
    }

    private boolean ensureNext() {
        if (writer.isNextReady()) {
            return true;
        }
        if (madeInVain && isTooEarly()) {
            return false;
        }
        deleteUnneeded();
        if (!isWithinMaxBytes() || !hasDiskRoom()) {
            deleteByForce();
        }
        while (!isWithinMaxBytes() || !hasDiskRoom()) {
            if (options.whenFull() != WhenFull.DROP_OLDEST || !dropOldest()) {
                madeInVain = isWithinMaxBytes();
                return false;
            }
        }
        makeNext();
        madeInVain = !writer.isNextReady();
        return !madeInVain;
    }

    /** For a close: takes a segment more than there may be, as the next open does too, rather than lose what readers have acknowledged. */
    void writePositions() {
        if (positionUnwritten) {
            writer.makeNext();
            if (writer.isNextReady()) {
                writer.roll(header, checkpoint, positions::write);
                positionUnwritten = false;
            }
        }
    }

    private void roll() {
        lookAtNeed();
        if (nextIsSafeWith == Journal.NO_INDEX && !positionUnwritten) {
            nextNeededFrom = neededFrom();
            nextIsSafeWith = writer.lastIndex();
        }
        writer.roll(header, checkpoint, positions::write);
        positionUnwritten = false;
        deleteUnneeded();
        makeNext();
        writeCheckpointIfDue();
    }

    /** The owner has its state: from now on a checkpoint is one. */
    void ownerHasRecovered() {
        recovered = true;
        atStart = true;
    }

    private void writeCheckpointIfDue() {
        // Within maxBytes there must be place for it, for a segment being written and for one that starts it.
        final long left = options.maxBytes() - checkpoint.bytes() - 2L * options.segmentBytes();
        final long due = Math.max(options.segmentBytes(), Math.min(CHECKPOINT_FACTOR * checkpoint.bytes(), left));
        if (options.checkpoint() != null && recovered && !inCheckpoint && sinceCheckpointBytes >= due) {
            writeCheckpoint();
        }
    }

    private void writeCheckpoint() {
        inCheckpoint = true;
        gaveUp = false;
        checkpointBegin = Journal.NO_INDEX;
        checkpointBytes = 0;
        try {
            state.clear();
            state.add(FrameLayout.TYPE_CHECKPOINT_BEGIN, FrameLayout.INTERNAL_FLAG, state.buffer(), 0, 0);
            options.checkpoint().write(this::addToCheckpoint);
            final UnsafeBuffer mark = new UnsafeBuffer(new byte[CheckpointMark.BYTES]);
            flushCheckpoint();
            new CheckpointMark(checkpointBegin, Journal.NO_INDEX, checkpointBytes).put(mark, 0);
            state.add(FrameLayout.TYPE_CHECKPOINT_END, FrameLayout.INTERNAL_FLAG, mark, 0, CheckpointMark.BYTES);
            final long end = flushCheckpoint();
            if (!gaveUp) {
                checkpoint = new CheckpointMark(checkpointBegin, end, checkpointBytes);
                sinceCheckpointBytes = 0;
            }
        } finally {
            inCheckpoint = false;
        }
    }

    private void addToCheckpoint(final int type, final DirectBuffer buffer, final int offset, final int length) {
        if (!state.add(type, FrameLayout.CHECKPOINT_FLAG, buffer, offset, length)) {
            flushCheckpoint();
            state.add(type, FrameLayout.CHECKPOINT_FLAG, buffer, offset, length);
        }
    }

    private long flushCheckpoint() {
        gaveUp |= !makeRoom(state.bytes());
        long index = Journal.FULL;
        if (!gaveUp) {
            index = writer.write(state);
            checkpointBytes += state.bytes();
            checkpointBegin = checkpointBegin == Journal.NO_INDEX ? index : checkpointBegin;
            if (FaultPoints.IN_CHECKPOINT) {
                FaultPoints.pass();
            }
        }
        state.clear();
        return index;
    }

    void retainFrom(final long index) {
        retainFrom = index;
        needFrom(FrameLayout.segment(index));
    }

    /** A reader needs what comes after its position. */
    void moved(final Positions.Position position) {
        needFrom(neededBy(position.index() + 1));
    }

    /** There was no room to write a position down. */
    void positionUnwritten() {
        positionUnwritten = true;
    }

    private void needFrom(final int number) {
        safelyNeededFrom = Math.min(safelyNeededFrom, number);
        nextNeededFrom = Math.min(nextNeededFrom, number);
    }

    /** Everything that was appended is on the disk. */
    void synced() {
        if (!positionUnwritten) {
            safelyNeededFrom = neededFrom();
            nextIsSafeWith = Journal.NO_INDEX;
        }
    }

    private void lookAtNeed() {
        if (nextIsSafeWith != Journal.NO_INDEX && writer.isSafe(nextIsSafeWith)) {
            safelyNeededFrom = nextNeededFrom;
            nextIsSafeWith = Journal.NO_INDEX;
        }
    }

    private long totalBytes() {
        return bytesFrom(0);
    }

    /** Of the files that hold a record and what came after it. */
    long bytesFrom(final long index) {
        long bytes = 0;
        for (final Segment segment : writer.current().segments()) {
            bytes += segment.number() < FrameLayout.segment(index) ? 0 : segment.bytes();
        }
        return bytes;
    }

    /** The oldest segment that somebody needs. */
    private int neededFrom() {
        int needed = Math.min(writer.segment(), writer.settledBefore());
        needed = Math.min(needed, FrameLayout.segment(retainFrom));
        needed = Math.min(needed, checkpointNeeds());
        for (final Positions.Position position : positions.all()) {
            needed = Math.min(needed, neededBy(position.index() + 1));
        }
        return needed;
    }

    private int checkpointNeeds() {
        if (options.checkpoint() == null) {
            return Integer.MAX_VALUE;
        }
        return checkpoint.exists() ? FrameLayout.segment(checkpoint.begin()) : 0;
    }

    /** Where the next record of a reader lies: in the next segment, if it has read one to the end. */
    private int neededBy(final long next) {
        final int number = FrameLayout.segment(next);
        final Segment segment = writer.current().ceiling(number);
        final boolean readToTheEnd = segment != null
                && segment.number() == number
                && segment.endOrdinal() != Segment.UNKNOWN
                && FrameLayout.ordinal(next) >= segment.endOrdinal();
        return readToTheEnd ? number + 1 : number;
    }

    /** The last means before the journal is full: waits for the disk rather than for a record to become safe. */
    private void deleteByForce() {
        writer.sync();
        // What a reader has acknowledged without room to write it down goes too, or there would never be room. After a
        // crash that
        // reader is told of records as skipped that it had acknowledged.
        safelyNeededFrom = neededFrom();
        nextIsSafeWith = Journal.NO_INDEX;
        deleteUnneeded();
    }

    /** Not on the word of a record that a loss of power could take back. */
    private void deleteUnneeded() {
        lookAtNeed();
        final int needed = Math.min(safelyNeededFrom, neededFrom());
        final long nowNs = writer.lastEpochNs();
        while (true) {
            final Segment oldest = writer.current().first();
            if (oldest.number() >= needed) {
                return;
            }
            final Segment next = writer.current().ceiling(oldest.number() + 1);
            final boolean old = TimeUnit.NANOSECONDS.toSeconds(nowNs - next.firstEpochNs())
                    >= options.retainFor().toSeconds();
            if (!old && totalBytes() - oldest.bytes() < options.retainBytes()) {
                return;
            }
            delete(oldest);
        }
    }

    private boolean dropOldest() {
        final Segment oldest = writer.current().first();
        if (oldest.number() >= writer.segment() || oldest.number() >= checkpointNeeds()) {
            return false;
        }
        for (final Positions.Position position : positions.all()) {
            final long next = Math.max(position.index() + 1, FrameLayout.index(oldest.number(), 0));
            final long end = FrameLayout.index(oldest.number(), oldest.endOrdinal());
            position.lose(Math.max(0, end - next));
        }
        delete(oldest);
        return true;
    }

    private void delete(final Segment segment) {
        if (FaultPoints.BEFORE_DELETE) {
            FaultPoints.pass();
        }
        // First, so that no reader comes to a file that is about to go; who has it mapped keeps it.
        writer.forget(segment);
        try {
            Files.deleteIfExists(segment.path());
            final Path session = segment.path().getParent();
            if (!writer.isCurrentSession(session)) {
                JournalDirectory.deleteIfEmpty(session);
            }
        } catch (final IOException e) {
            throw new JournalException("segment=" + segment.path() + " could not be deleted: " + e, e);
        }
    }
}
