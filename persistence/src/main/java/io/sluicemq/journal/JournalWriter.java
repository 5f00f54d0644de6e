package io.sluicemq.journal;

import io.sluicemq.journal.chronicle.ChronicleLog;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * Writes frames to segments, rolls, and forces. It knows nothing of what records mean, nor of when segments may go. Belongs to the
 * journal's thread, but for {@link #current()} and {@link #endIndex()}.
 */
final class JournalWriter implements CatalogSource {
    private final JournalDirectory directory;
    private final int segmentBytes;
    private final LongSupplier epochNsClock;
    private final Disk disk;
    private final SegmentMaker maker;
    private final Path session;
    private final ChronicleLog log;
    private final CRC32C crc = new CRC32C();
    /** Written by the journal's thread alone; readers take it as it is. */
    private volatile Catalog catalog;
    /** Behind the last record; release by the journal's thread, acquire by readers. */
    private final AtomicLong endIndex = new AtomicLong();

    private FileChannel channel;
    private Path file;
    private int segment;
    private int ordinal;
    private int position;
    private int settledBefore;
    private long lastEpochNs;
    private long lastIndex = Journal.NO_INDEX;
    private long syncedIndex = Journal.NO_INDEX;
    private boolean directoryChanged = true;
    private Throwable failure;

    /** Fills the rest of the frame of a header. */
    @FunctionalInterface
    interface HeaderFiller {
        void fill(JournalBatch header);
    }

    /** Starts a session with a fresh segment, whose file is made here; nothing is written to it yet. */
    JournalWriter(
            final JournalDirectory directory,
            final JournalOptions options,
            final Disk disk,
            final Recovery recovered,
            final int firstSegment)
            throws IOException {
        this.directory = directory;
        this.disk = disk;
        segmentBytes = options.segmentBytes();
        epochNsClock = options.epochNsClock();
        catalog = new Catalog(recovered.segments());
        lastEpochNs = recovered.lastEpochNs();
        lastIndex = recovered.endIndex() - 1;
        syncedIndex = lastIndex;
        endIndex.setPlain(recovered.endIndex());
        segment = firstSegment;
        settledBefore = firstSegment;
        session = directory.session(firstSegment);
        Files.createDirectories(session);
        disk.forceDirectory(directory.path());
        makeFirst();
        log = open();
        maker = new SegmentMaker(disk, session, segmentBytes);
    }

    private void makeFirst() {
        try {
            SegmentMaker.make(disk, session, segment, segmentBytes);
        } catch (final IOException e) {
            throw new JournalException(
                    "directory=" + directory.path() + " could not be opened: " + e.getMessage() + ", usable bytes="
                            + disk.usableBytes(directory.path().toFile()) + ", segmentBytes=" + segmentBytes
                            + ", make room for a segment, or take smaller ones",
                    e);
        }
    }

    private ChronicleLog open() {
        try {
            return new ChronicleLog(session, segment, segmentBytes);
        } catch (final RuntimeException | Error e) {
            throw new JournalException("session=" + session + " could not be opened: " + e, e);
        }
    }

    /** Writes the header of the first segment, with what recovery has decided. */
    void start(
            final JournalBatch batch,
            final Map<Integer, Integer> validEnds,
            final CheckpointMark checkpoint,
            final HeaderFiller filler)
            throws IOException {
        writeHeader(batch, new SegmentHeader(settledBefore, lastIndex + 1, checkpoint, validEnds), filler);
        sync();
    }

    private void writeHeader(final JournalBatch batch, final SegmentHeader header, final HeaderFiller filler)
            throws IOException {
        batch.clear();
        header.write(batch, directory.id());
        filler.fill(batch);
        position = 0;
        ordinal = 0;
        write(batch);
        file = session.resolve(Names.segment(segment));
        channel = disk.openToForce(file);
        directoryChanged = true;
        catalog = catalog.with(new Segment(segment, file, Segment.UNKNOWN, lastEpochNs, segmentBytes));
    }

    /** Whether a frame of this length still goes into the segment. */
    boolean fits(final int frameBytes) {
        return position + FrameLayout.EXCERPT_HEADER_BYTES + frameBytes + ChronicleLog.RESERVED_BYTES <= segmentBytes;
    }

    /** Whether the next segment is there. Waits while it is being made. */
    boolean isNextReady() {
        return maker.next() > segment && maker.isReady();
    }

    /** Makes the next segment, if that is not under way or done. */
    void makeNext() {
        if (maker.next() <= segment || maker.hasFailed()) {
            maker.begin(segment + 1);
        }
    }

    /** Closes the segment, and starts the next one, which must be ready. */
    void roll(final JournalBatch batch, final CheckpointMark checkpoint, final HeaderFiller filler) {
        checkUsable();
        if (FaultPoints.BEFORE_ROLL) {
            FaultPoints.pass();
        }
        final Path oldFile = file;
        final FileChannel oldChannel = channel;
        final Segment old = catalog.last();
        if (maker.isSettled()) {
            settledBefore = segment;
        }
        try {
            maker.checkSettled();
            segment++;
            log.roll(segment);
            final int oldEnd = ordinal;
            catalog = catalog.with(old.withEnd(oldEnd));
            writeHeader(batch, new SegmentHeader(settledBefore, lastIndex + 1, checkpoint, Map.of()), filler);
            if (FaultPoints.AFTER_ROLL) {
                FaultPoints.pass();
            }
        } catch (final IOException e) {
            throw fail(e);
        }
        maker.settle(oldFile, oldChannel);
    }

    /** Appends the records of a batch as one frame, which fits; answers the index of the first. */
    long write(final JournalBatch batch) {
        checkUsable();
        if (FaultPoints.BEFORE_APPEND) {
            FaultPoints.pass();
        }
        final long index = FrameLayout.index(segment, ordinal);
        final int count = batch.count();
        final int length = batch.bytes();
        lastEpochNs = Math.max(lastEpochNs, epochNsClock.getAsLong());
        FrameLayout.putHeader(batch.buffer(), length, count, index);
        FrameLayout.putTimes(batch.buffer(), lastEpochNs, syncedIndex);
        try {
            final int place = log.begin();
            if (FaultPoints.IN_APPEND) {
                FaultPoints.pass();
            }
            FrameLayout.putPlace(batch.buffer(), place, directory.key());
            FrameLayout.seal(batch.buffer(), batch.view(), crc);
            log.commit(batch.buffer(), length);
            position = place + length;
        } catch (final RuntimeException | Error e) {
            throw fail(e);
        }
        ordinal += count;
        lastIndex = index + count - 1;
        endIndex.setRelease(lastIndex + 1);
        if (FaultPoints.AFTER_APPEND) {
            FaultPoints.pass();
        }
        return index;
    }

    /** Writes all to the disk that was appended. */
    void sync() {
        checkUsable();
        if (syncedIndex == lastIndex) {
            return;
        }
        try {
            maker.awaitSettled();
            disk.force(file, channel);
            if (directoryChanged) {
                disk.forceDirectory(session);
                directoryChanged = false;
            }
        } catch (final IOException e) {
            // What a failed force has lost cannot be forced again.
            throw fail(e);
        }
        settledBefore = segment;
        syncedIndex = lastIndex;
        if (FaultPoints.AFTER_SYNC) {
            FaultPoints.pass();
        }
    }

    void forget(final Segment deleted) {
        catalog = catalog.without(deleted.number());
    }

    private JournalException fail(final Throwable cause) {
        failure = cause;
        return new JournalException(
                "directory=" + directory.path() + " could not be written to: " + cause
                        + "; close the journal and open it again when the disk is well",
                cause);
    }

    private void checkUsable() {
        if (failure != null) {
            throw new JournalException(
                    "directory=" + directory.path() + " has failed before: " + failure
                            + "; close the journal and open it again",
                    failure);
        }
    }

    boolean hasFailed() {
        return failure != null;
    }

    int segment() {
        return segment;
    }

    /** Segments before this one are on the disk. */
    int settledBefore() {
        return settledBefore;
    }

    /** Whether a loss of power would leave the record, and all before it. */
    boolean isSafe(final long index) {
        return index <= syncedIndex || FrameLayout.segment(index) < settledBefore;
    }

    long lastIndex() {
        return lastIndex;
    }

    boolean isCurrentSession(final Path directoryOfSegment) {
        return session.equals(directoryOfSegment);
    }

    long syncedIndex() {
        return syncedIndex;
    }

    /** The time of the last record. */
    long lastEpochNs() {
        return lastEpochNs;
    }

    @Override
    public Catalog current() {
        return catalog;
    }

    @Override
    public void refresh() {
        // Always as it is.
    }

    @Override
    public void refreshNow() {
        // Always as it is.
    }

    @Override
    public long endIndex() {
        return endIndex.getAcquire();
    }

    /** Ends it; what was not synced is still journaled. */
    void close() throws IOException {
        try {
            log.close();
        } finally {
            maker.close();
            closeFile();
        }
    }

    private void closeFile() throws IOException {
        if (channel != null && channel.isOpen()) {
            try (FileChannel closing = channel) {
                if (failure == null) {
                    disk.force(file, closing);
                }
            }
            catalog = catalog.with(catalog.last().withEnd(ordinal));
        }
    }
}
