package io.sluicemq.journal;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Appends numbered records and syncs, until it is stopped, and notes on another disk what was synced. Starts with the check that all of
 * that is there, and before it no gap.
 */
final class LoopCutProgram {
    /** Offsets of the notes: records that were synced, syncs in all, and records found that were not known as synced. */
    static final int SYNCED = 0;

    static final int SYNCS = Long.BYTES;
    static final int BEYOND = 2 * Long.BYTES;

    static final String LOST = "synced records are lost";

    private static final int NOTES_BYTES = 3 * Long.BYTES;
    private static final long KEPT_BYTES = 8L * TestJournals.SEGMENT_BYTES;
    private static final int MAX_BATCH = 200;
    private static final int MAX_BODY_BYTES = 3000;

    private final MappedByteBuffer notes;
    private final Disk disk;
    private long next = -1;

    private LoopCutProgram(final MappedByteBuffer notes, final Disk disk) {
        this.notes = notes;
        this.disk = disk;
    }

    static MappedByteBuffer map(final Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, NOTES_BYTES);
        }
    }

    /** Arguments: directory, file of notes, whether forces are done, how many records. */
    public static void main(final String[] arguments) throws IOException {
        final Disk disk = Boolean.parseBoolean(arguments[2]) ? Disk.REAL : TestJournals.UNFORCED;
        new LoopCutProgram(map(Path.of(arguments[1])), disk).run(Path.of(arguments[0]), Integer.parseInt(arguments[3]));
    }

    private void run(final Path directory, final int records) {
        final JournalOptions options =
                TestJournals.small().retainBytes(KEPT_BYTES).build();
        try (Journal journal = Journal.open(directory, options, disk)) {
            check(journal);
            final Random random = new Random(next);
            final JournalBatch batch = journal.newBatch();
            for (int done = 0; done < records; done += batch.count()) {
                append(journal, batch, random);
                if (random.nextInt(3) == 0) {
                    journal.sync();
                    notes.putLong(SYNCED, next);
                    notes.putLong(SYNCS, notes.getLong(SYNCS) + 1);
                }
            }
        }
    }

    private void check(final Journal journal) {
        if (journal.report().syncedDamaged()) {
            throw new AssertionError(LOST + ": " + journal.report());
        }
        journal.recover(this::onRecord);
        next = Math.max(next, 0);
        if (next < notes.getLong(SYNCED)) {
            throw new AssertionError(LOST + ": records=" + next + ", synced=" + notes.getLong(SYNCED));
        }
        notes.putLong(BEYOND, notes.getLong(BEYOND) + next - notes.getLong(SYNCED));
    }

    private void onRecord(
            final long index,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final long number = buffer.getLong(offset);
        if (next >= 0 && number != next) {
            throw new AssertionError("number=" + number + ", expected=" + next);
        }
        next = number + 1;
    }

    private void append(final Journal journal, final JournalBatch batch, final Random random) {
        batch.clear();
        for (int i = random.nextInt(MAX_BATCH); i >= 0; i--) {
            final UnsafeBuffer body = new UnsafeBuffer(new byte[Long.BYTES + random.nextInt(MAX_BODY_BYTES)]);
            random.nextBytes(body.byteArray());
            body.putLong(0, next);
            if (!batch.add(1, body, 0, body.capacity())) {
                break;
            }
            next++;
        }
        if (journal.append(batch) < 0) {
            throw new AssertionError("full");
        }
    }
}
