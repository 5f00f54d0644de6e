package io.sluicemq.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in the order in which they were appended, on disk. A record that an append has returned for is
 * {@link Durability#JOURNALED}; {@link #sync()} makes all before it {@link Durability#SYNCED}.
 *
 * <p>The index of a record grows from record to record, is never used twice, also after a crash, and stays the same for ever. It is
 * the number of the segment and the place in it, so indexes are contiguous within a batch and have gaps between segments and where the
 * journal itself keeps records.
 *
 * <p>One thread at a time may call the methods of a journal, the journal's thread; handing it to another thread needs a
 * happens-before. {@link #reader()} alone may be called by any. A directory has one journal at a time, in all processes; other processes
 * may read it meanwhile by {@link #readOnly}.
 *
 * <p>The JVM needs flags, see {@link JournalFlags}.
 */
public final class Journal implements AutoCloseable {
    /** Instead of an index: there is none. */
    public static final long NO_INDEX = -1;

    /**
     * Instead of an index: there is no room now, nothing was appended. It may be tried again: after an acknowledgement, after a
     * while if the disk is full.
     */
    public static final long FULL = -2;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final JournalDirectory directory;
    private final JournalOptions options;
    private final JournalLock lock;
    private final JournalWriter writer;
    private final RecoveryReport report;
    private final Positions positions;
    private final Keeper keeper;
    private final JournalBatch single;
    private final JournalBatch internal;
    private final CheckpointMark recoveredCheckpoint;
    private final long recoveredEnd;
    private boolean closed;

    private Journal(
            final JournalDirectory directory,
            final JournalOptions options,
            final Disk disk,
            final JournalLock lock,
            final Recovery recovered)
            throws IOException {
        this.directory = directory;
        this.options = options;
        this.lock = lock;
        report = recovered.report();
        positions = recovered.positions();
        recoveredCheckpoint = recovered.checkpoint();
        recoveredEnd = recovered.endIndex();
        single = newBatch();
        internal = new JournalBatch(maxBatchBytes(), 0);
        writer = new JournalWriter(directory, options, disk, recovered, JournalOpening.freshSegment(directory));
        try {
            keeper = new Keeper(directory, options, disk, writer, recovered);
            writer.start(internal, recovered.decisions(), recovered.checkpoint(), positions::write);
            keeper.makeNext();
        } catch (final IOException | RuntimeException | Error e) {
            writer.close();
            throw e;
        }
    }

    /**
     * Opens a journal with default options; makes it if the directory is empty or not there.
     *
     * @param directory of it.
     * @return the journal, recovered; see {@link #report()}.
     * @throws IllegalStateException if the JVM lacks a flag.
     * @throws JournalException if it cannot be opened; the text says why and what to do.
     */
    public static Journal open(final Path directory) {
        return open(directory, JournalOptions.DEFAULTS);
    }

    /**
     * Opens a journal; makes it if the directory is empty or not there. Takes about as long as it takes to read the segments that were
     * not synced, two as a rule, and to fill one with zeros.
     *
     * @param directory of it.
     * @param options may differ from those of before.
     * @return the journal, recovered; see {@link #report()}.
     * @throws IllegalStateException if the JVM lacks a flag.
     * @throws JournalException if it cannot be opened; the text says why and what to do.
     */
    public static Journal open(final Path directory, final JournalOptions options) {
        return open(directory, options, Disk.REAL);
    }

    static Journal open(final Path path, final JournalOptions options, final Disk disk) {
        // An interrupt would close the channels that the open works with.
        final boolean interrupted = Thread.interrupted();
        try {
            return openUninterrupted(path, options, disk);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Journal openUninterrupted(final Path path, final JournalOptions options, final Disk disk) {
        JournalFlags.check();
        JournalDirectory.create(path, disk);
        JournalLock lock = null;
        Journal opened = null;
        try {
            lock = JournalLock.acquire(path);
            final JournalDirectory directory = JournalDirectory.openOrCreate(path, disk);
            final Recovery recovered = JournalOpening.recover(directory, disk);
            opened = new Journal(directory, options, disk, lock, recovered);
            JournalOpening.tryDeleteUnused(directory);
            if (!opened.report.clean()) {
                LOG.warn("directory={} was recovered: {}", path, JournalOpening.describe(opened.report));
            }
            return opened;
        } catch (final IOException e) {
            throw new JournalException("directory=" + path + " could not be opened: " + e, e);
        } catch (final InternalError e) {
            throw new JournalException(
                    "directory=" + path + " could not be opened: the disk is full or failed, or somebody cut a file",
                    e);
        } finally {
            if (opened == null && lock != null) {
                JournalOpening.closeQuietly(lock);
            }
        }
    }

    /**
     * Reads a journal that another process may be writing. Takes no lock and writes nothing.
     *
     * @param directory of the journal.
     * @return a reader, at the oldest record.
     * @throws IllegalStateException if the JVM lacks the flag that readers need.
     * @throws JournalException if there is no journal, or it cannot be read.
     */
    public static JournalReader readOnly(final Path directory) {
        JournalFlags.checkToRead();
        try {
            final JournalDirectory existing = JournalDirectory.existing(directory);
            return new JournalReader(new DirectoryCatalog(existing), existing.key(), false);
        } catch (final IOException e) {
            throw new JournalException("directory=" + directory + " could not be read: " + e, e);
        }
    }

    /**
     * Appends one record.
     *
     * @param type of the owner's choice.
     * @param buffer that holds the body, which is copied.
     * @param offset of the body.
     * @param length of it in bytes, up to {@link #maxRecordBytes()}.
     * @return the index of the record, or {@link #FULL}.
     * @throws IllegalArgumentException if the record is too long.
     * @throws IllegalStateException if the journal is closed.
     * @throws JournalException if the disk failed.
     */
    public long append(final int type, final DirectBuffer buffer, final int offset, final int length) {
        single.clear();
        single.add(type, buffer, offset, length);
        return append(single);
    }

    /**
     * Appends all records of a batch, or none. The batch stays as it is.
     *
     * @param batch with a record at least, made by this journal or one of the same options.
     * @return the index of the first record; the next has one more, and so on; or {@link #FULL}.
     * @throws IllegalArgumentException if the batch is empty, or too large for this journal.
     * @throws IllegalStateException if the journal is closed.
     * @throws JournalException if the disk failed.
     */
    public long append(final JournalBatch batch) {
        checkOpen();
        if (batch.count() == 0 || batch.bytes() > maxBatchBytes()) {
            throw new IllegalArgumentException(
                    "records=" + batch.count() + ", bytes=" + batch.bytes() + ", limit=1 record at least and "
                            + maxBatchBytes() + " bytes, fill it by newBatch of this journal");
        }
        if (!keeper.makeRoom(batch.bytes())) {
            return FULL;
        }
        return keeper.write(batch);
    }

    /**
     * Whether there is room for about a segment beyond the one that is written now. An owner that must append in order to let go of what
     * it keeps takes no more while there is none.
     *
     * @return whether the next segment is there, or could be made.
     * @throws IllegalStateException if the journal is closed.
     */
    public boolean hasRoomAhead() {
        checkOpen();
        return keeper.hasRoomAhead();
    }

    /**
     * How much of the disk is taken from a record on.
     *
     * @param index of the record, which may be gone.
     * @return bytes of the files from that of the record to that which is written now, which counts as long as it is made.
     * @throws IllegalStateException if the journal is closed.
     */
    public long bytesFrom(final long index) {
        checkOpen();
        return keeper.bytesFrom(index);
    }

    /**
     * Makes all records {@link Durability#SYNCED} that were appended before. Costs as much for one as for thousands, so append what is
     * there and sync once. Nothing happens if all are synced.
     *
     * @throws IllegalStateException if the journal is closed.
     * @throws JournalException if the disk failed: what was not synced may be lost.
     */
    public void sync() {
        checkOpen();
        writer.sync();
        keeper.synced();
    }

    /**
     * A batch for this journal.
     *
     * @return an empty one, for one thread.
     */
    public JournalBatch newBatch() {
        return new JournalBatch(maxBatchBytes(), options.compressAboveBytes());
    }

    /**
     * The longest body of a record: a quarter of a segment less some 128 bytes.
     *
     * @return bytes.
     */
    public int maxRecordBytes() {
        return JournalBatch.maxRecordBytes(maxBatchBytes());
    }

    private int maxBatchBytes() {
        return JournalOpening.maxFrameBytes(options.segmentBytes());
    }

    /**
     * A reader of its own position, at the oldest record. Any thread may call this.
     *
     * @return the reader, for one thread. It outlives the journal, but sees nothing new then.
     */
    public JournalReader reader() {
        return new JournalReader(writer, directory.key(), false);
    }

    /**
     * Up to where a named reader has acknowledged.
     *
     * @param name of it.
     * @return the index, or {@link #NO_INDEX} if the name is not known.
     */
    public long position(final String name) {
        final Positions.Position position = positions.find(name);
        return position == null ? NO_INDEX : position.index();
    }

    /**
     * Remembers up to where a reader has what it needs, for good: it is a record like others, {@link Durability#JOURNALED} when this
     * returns. What no named reader needs any more may be deleted when that record is {@link Durability#SYNCED}, or its segment was
     * closed and written to the disk, see {@link JournalOptions}. An index below that of before goes back.
     *
     * @param name of the reader, 1 to 255 bytes of UTF-8; a new one is remembered from now on.
     * @param index of the last record that it does not need again; {@link #NO_INDEX} if it needs all.
     * @return the index of the record that says so, or {@link #FULL}: it holds in this process, and is written down with the next
     *     segment.
     * @throws IllegalArgumentException if the name has a wrong length, there are too many, or no record has had this index yet.
     */
    public long acknowledge(final String name, final long index) {
        checkOpen();
        if (index < NO_INDEX || index > writer.lastIndex()) {
            throw new IllegalArgumentException("index=" + index + ", limit=" + NO_INDEX + " to " + writer.lastIndex()
                    + ", acknowledge what a reader was handed");
        }
        final Positions.Position known = positions.find(name);
        if (known == null && positions.frameBytes() + Positions.MAX_NAME_BYTES * 2 > maxBatchBytes() / 2) {
            throw new IllegalArgumentException("named readers=" + positions.size() + ", limit=" + maxBatchBytes() / 2
                    + " bytes in all, forget some");
        }
        final Positions.Position position = positions.put(name, index);
        keeper.moved(position);
        return write(position, false);
    }

    /**
     * Forgets a named reader, which keeps nothing from being deleted any more.
     *
     * @param name of it.
     * @return the index of the record that says so; {@link #NO_INDEX} if the name is not known; or {@link #FULL}, as in
     *     {@link #acknowledge}.
     */
    public long forget(final String name) {
        checkOpen();
        final Positions.Position known = positions.remove(name);
        return known == null ? NO_INDEX : write(known, true);
    }

    private long write(final Positions.Position position, final boolean forgotten) {
        internal.clear();
        Positions.write(position, forgotten, internal);
        final int bytes = internal.bytes();
        if (!keeper.makeRoom(bytes)) {
            keeper.positionUnwritten();
            return FULL;
        }
        // Making room may have used the batch for the header of a segment.
        internal.clear();
        Positions.write(position, forgotten, internal);
        return keeper.write(internal);
    }

    /**
     * How many records a named reader has lost since the open, by {@link WhenFull#DROP_OLDEST}.
     *
     * @param name of it.
     * @return the number, those of the journal itself included; 0 if the name is not known.
     */
    public long lost(final String name) {
        final Positions.Position position = positions.find(name);
        return position == null ? 0 : position.lost();
    }

    /**
     * Keeps all records from an index on, whatever readers have acknowledged. It is not remembered: an owner that needs it calls this
     * after each open, before it appends. It never keeps less than {@link Checkpoint} needs.
     *
     * @param index of the oldest record that the owner needs; higher than before lets more go.
     */
    public void retainFrom(final long index) {
        checkOpen();
        keeper.retainFrom(index);
    }

    /**
     * Hands over the last complete checkpoint, if there is one, and then every record after it that was there at the open. To be
     * called right after the open, before the first append; until it was, no {@link Checkpoint} is asked for.
     *
     * @param handler is told of the records; of a checkpoint by {@link RecordHandler#onCheckpoint}.
     */
    public void recover(final RecordHandler handler) {
        checkOpen();
        final CheckpointMark checkpoint = recoveredCheckpoint;
        if (checkpoint.exists()) {
            try (JournalReader reader = new JournalReader(writer, directory.key(), true)) {
                reader.seek(checkpoint.begin());
                reader.pollThrough(handler, checkpoint.end());
            }
        }
        try (JournalReader reader = reader()) {
            if (checkpoint.exists()) {
                reader.seek(checkpoint.end() + 1);
            }
            reader.pollThrough(handler, recoveredEnd - 1);
        }
        keeper.ownerHasRecovered();
    }

    /**
     * Who this is: made at random with the directory, the same for ever.
     *
     * @return the id.
     */
    public UUID id() {
        return directory.id();
    }

    /**
     * What the open found.
     *
     * @return the report.
     */
    public RecoveryReport report() {
        return report;
    }

    /**
     * Up to where all is {@link Durability#SYNCED}.
     *
     * @return the index of the last record that is; {@link #NO_INDEX} if there is none.
     */
    public long syncedIndex() {
        return writer.syncedIndex();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("directory=" + directory.path() + " is closed, open the journal again");
        }
    }

    /**
     * Syncs, and lets go of the directory. Twice is once. Readers can still read what is there.
     *
     * @throws JournalException if the disk failed; the directory is free all the same.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (lock) {
            try {
                if (!writer.hasFailed()) {
                    keeper.writePositions();
                    writer.sync();
                    internal.clear();
                    internal.add(FrameLayout.TYPE_CLOSED, FrameLayout.INTERNAL_FLAG, internal.buffer(), 0, 0);
                    if (writer.fits(internal.bytes())) {
                        // Says that all before it was synced, so that a later hole there is known as damage.
                        writer.write(internal);
                    }
                }
            } finally {
                writer.close();
            }
        } catch (final IOException e) {
            throw new JournalException("directory=" + directory.path() + " could not be closed: " + e, e);
        }
    }
}
