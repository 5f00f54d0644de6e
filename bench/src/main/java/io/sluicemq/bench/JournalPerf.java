package io.sluicemq.bench;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalBatch;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.JournalReader;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The journal in one thread. Options: {@code --batch=N} records of one append, {@code --group=N} records of one sync. The endpoint is a
 * directory that is not there yet.
 */
final class JournalPerf implements PerfProgram {
    private static final int TYPE = 1;
    private static final int READ_LIMIT = 1024;

    public static void main(final String[] args) {
        PerfProgram.main(new JournalPerf(), args);
    }

    private static JournalOptions options() {
        // Nothing is deleted meanwhile, and nothing is compressed: zeros would be no honest load.
        return JournalOptions.builder().compressAboveBytes(0).build();
    }

    @Override
    public void journalAppend(final PerfArguments run) {
        try (Journal journal = Journal.open(Path.of(run.load().endpoint()), options())) {
            append(journal, run, run.load().warmup());
            final long startNs = System.nanoTime();
            final long appended = append(journal, run, run.load().count());
            Figures.rateOf(appended, System.nanoTime() - startNs);
        }
    }

    /** Returns how many it appended: whole batches. */
    private static long append(final Journal journal, final PerfArguments run, final long count) {
        final UnsafeBuffer body = new UnsafeBuffer(new byte[run.load().size()]);
        Payload.fill(body, body.capacity(), 1);
        final int batchRecords = run.batch();
        final int groupRecords = run.group();
        final JournalBatch batch = journal.newBatch();
        long appended = 0;
        long synced = 0;
        while (appended < count) {
            final long index = batchRecords == 1
                    ? journal.append(TYPE, body, 0, body.capacity())
                    : append(journal, batch, body, batchRecords);
            if (index < 0) {
                throw new IllegalStateException("append=" + index + ", limit=an index, make room on the disk");
            }
            appended += batchRecords;
            if (groupRecords > 0 && appended - synced >= groupRecords) {
                journal.sync();
                synced = appended;
            }
        }
        return appended;
    }

    private static long append(
            final Journal journal, final JournalBatch batch, final UnsafeBuffer body, final int records) {
        batch.clear();
        for (int i = 0; i < records; i++) {
            batch.add(TYPE, body, 0, body.capacity());
        }
        return journal.append(batch);
    }

    @Override
    public void journalTail(final PerfArguments run) {
        try (Journal journal = Journal.open(Path.of(run.load().endpoint()), options())) {
            append(journal, run, run.load().total());
            read(journal, run.load().total());
            final long startNs = System.nanoTime();
            final long records = read(journal, run.load().total());
            Figures.rateOf(records, System.nanoTime() - startNs);
        }
    }

    private static long read(final Journal journal, final long total) {
        final Sum sum = new Sum();
        try (JournalReader reader = journal.reader()) {
            while (sum.records < total) {
                if (reader.poll((index, epochNs, type, buffer, offset, length) -> sum.add(length), READ_LIMIT) == 0) {
                    throw new AssertionError("read=" + sum.records + ", limit=" + total);
                }
            }
        }
        return sum.records;
    }

    @Override
    public void journalReopen(final PerfArguments run) {
        final Path directory = Path.of(run.load().endpoint());
        try (Journal journal = Journal.open(directory, options())) {
            append(journal, run, run.load().count());
        }
        long bestNs = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            final long startNs = System.nanoTime();
            try (Journal journal = Journal.open(directory, options())) {
                bestNs = Math.min(bestNs, System.nanoTime() - startNs);
                if (!journal.report().clean()) {
                    throw new AssertionError("report=" + journal.report());
                }
            }
        }
        Figures.duration(bestNs);
    }

    /** Counts what is read, so that it is read. */
    private static final class Sum {
        private long records;
        private long bytes;

        private void add(final int length) {
            records++;
            bytes += length;
        }

        @Override
        public String toString() {
            return records + " " + bytes;
        }
    }
}
