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
 * Appends numbered records in batches until it is killed, and notes in a file beside the journal what it was told. Starts with the check
 * that all is there that was noted before it, whole and in order; ends with 0 when done, with a stack trace if something is wrong.
 */
final class JournalKillProgram {
    private static final int MAX_BATCH = 20;
    private static final int MAX_PADDING = 2000;
    private static final String READER = "reader";
    private static final long KEPT_BYTES = 3L * TestJournals.SEGMENT_BYTES;

    private final MappedByteBuffer notes;
    private long next;
    private long inBatch;
    private Journal journal;

    private JournalKillProgram(final Path file) throws IOException {
        notes = map(file);
    }

    static MappedByteBuffer map(final Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, 3L * Long.BYTES);
        }
    }

    /** How many records were appended, as the notes say. */
    static long appended(final MappedByteBuffer notes) {
        return notes.getLong(0);
    }

    /** Arguments: directory, file of notes, how many records, seed. */
    public static void main(final String[] arguments) throws IOException {
        new JournalKillProgram(Path.of(arguments[1]))
                .run(Path.of(arguments[0]), Integer.parseInt(arguments[2]), new Random(Long.parseLong(arguments[3])));
    }

    private void run(final Path directory, final int records, final Random random) {
        final JournalOptions options = TestJournals.small()
                .retainBytes(KEPT_BYTES)
                .checkpoint(this::writeState)
                .build();
        try (Journal opened = Journal.open(directory, options)) {
            journal = opened;
            if (journal.report().syncedDamaged()) {
                throw new AssertionError(journal.report().toString());
            }
            recover();
            final long position = journal.position(READER);
            if (notes.getLong(Long.BYTES) > 0 && position < notes.getLong(Long.BYTES)) {
                throw new AssertionError("position=" + position + " noted=" + notes.getLong(Long.BYTES));
            }
            final JournalBatch batch = journal.newBatch();
            final long end = next + records;
            while (next < end) {
                append(batch, random);
                if (random.nextInt(10) == 0) {
                    journal.sync();
                }
                if (random.nextInt(10) == 0) {
                    acknowledge(notes.getLong(2 * Long.BYTES));
                }
            }
        }
    }

    private void acknowledge(final long index) {
        if (journal.acknowledge(READER, index) > 0) {
            notes.putLong(Long.BYTES, index);
        }
    }

    private void append(final JournalBatch batch, final Random random) {
        final int count = 1 + random.nextInt(MAX_BATCH);
        batch.clear();
        for (int i = 0; i < count; i++) {
            final UnsafeBuffer body = new UnsafeBuffer(new byte[2 * Long.BYTES + random.nextInt(MAX_PADDING)]);
            random.nextBytes(body.byteArray());
            body.putLong(0, next + i);
            body.putLong(Long.BYTES, count - i);
            batch.add(1, body, 0, body.capacity());
        }
        final long index = journal.append(batch);
        if (index < 0) {
            throw new AssertionError("full");
        }
        next += count;
        notes.putLong(0, next);
        notes.putLong(2 * Long.BYTES, index);
    }

    private void writeState(final Checkpoint.Sink sink) {
        final UnsafeBuffer body = new UnsafeBuffer(new byte[200_000]);
        for (int part = 0; part < 3; part++) {
            new Random(part).nextBytes(body.byteArray());
            body.putLong(0, next);
            sink.add(part, body, 0, body.capacity());
        }
    }

    private void recover() {
        journal.recover(new RecordHandler() {
            private int parts;

            @Override
            public void onRecord(
                    final long index,
                    final long epochNs,
                    final int type,
                    final DirectBuffer buffer,
                    final int offset,
                    final int length) {
                check(parts == 0 || parts == 3, "parts of the checkpoint", parts);
                check(buffer.getLong(offset) == next, "number of the record", buffer.getLong(offset));
                final long left = buffer.getLong(offset + Long.BYTES);
                check(inBatch == 0 || left == inBatch, "records left in the batch", left);
                next++;
                inBatch = left - 1;
            }

            @Override
            public void onCheckpoint(
                    final long index,
                    final long epochNs,
                    final int type,
                    final DirectBuffer buffer,
                    final int offset,
                    final int length) {
                check(type == parts && length == 200_000, "part of the checkpoint", type);
                parts++;
                next = buffer.getLong(offset);
            }

            @Override
            public void onSkipped(final long fromIndex, final long toIndex) {
                throw new AssertionError("skipped " + fromIndex + " to " + toIndex);
            }
        });
        check(inBatch == 0, "records missing of the last batch", inBatch);
        check(next >= notes.getLong(0), "noted=" + notes.getLong(0) + " records", next);
    }

    private void check(final boolean holds, final String what, final long value) {
        if (!holds) {
            throw new AssertionError(what + " is " + value + ", next=" + next + ", inBatch=" + inBatch);
        }
    }
}
