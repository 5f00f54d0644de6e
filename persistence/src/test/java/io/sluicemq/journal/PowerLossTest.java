package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.journal.TestJournals.Records;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** When the power goes, what was synced is there, and the rest is a beginning of what was appended. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class PowerLossTest {
    private static final int CUTS = TestJournals.LONG ? 50 : 5;
    private static final int CHAIN = 4;
    private static final int BODY_BYTES = 10_000;

    @TempDir
    private Path folder;

    private final JournalOptions options = TestJournals.small().build();

    @Test
    void shouldKeepWhatWasSyncedAndABeginningOfTheRest() throws IOException {
        final Random random = new Random(Seed.next("power loss"));
        for (int cut = 0; cut < CUTS; cut++) {
            final List<String> texts = new ArrayList<>();
            Path directory = folder.resolve("cut" + cut);
            for (int link = 0; link < CHAIN; link++) {
                final Path next = folder.resolve("cut" + cut + "-" + link);
                final PageDisk disk = new PageDisk(directory, true);
                final int synced = run(directory, next, disk, texts, random);
                final RecoveryReport[] report = new RecoveryReport[1];
                final List<String> left = survivors(next, report);

                assertThat(left.size())
                        .as("cut %d.%d: %s", cut, link, report[0])
                        .isBetween(synced, texts.size());
                assertThat(left).isEqualTo(texts.subList(0, left.size()));
                assertThat(report[0].syncedDamaged()).as("%s", report[0]).isFalse();
                texts.subList(left.size(), texts.size()).clear();
                TestJournals.delete(directory);
                directory = next;
            }
            TestJournals.delete(directory);
        }
    }

    /** Segments go meanwhile, by checkpoints and acknowledgements of which the power takes some back. */
    @Test
    void shouldDeleteNothingThatIsNeededIfTheLastCheckpointsAndPositionsAreLost() throws IOException {
        final Random random = new Random(Seed.next("power loss, deleted segments"));
        final UnsafeBuffer body = new UnsafeBuffer(new byte[BODY_BYTES]);
        for (int cut = 0; cut < 2 * CUTS; cut++) {
            final Path directory = folder.resolve("cut" + cut);
            final Path next = folder.resolve("after" + cut);
            final PageDisk disk = new PageDisk(directory, true);
            final long[] count = {0};
            final JournalOptions deleting = TestJournals.small()
                    .compressAboveBytes(0)
                    .retainBytes(0)
                    .checkpoint(sink -> sink.add(1, new UnsafeBuffer(longBytes(count[0])), 0, Long.BYTES))
                    .build();
            long synced = 0;
            try (Journal journal = Journal.open(directory, deleting, disk)) {
                journal.recover(new Records());
                journal.acknowledge("reader", Journal.NO_INDEX);
                journal.sync();
                for (int turns = 150 + random.nextInt(300); turns > 0; turns--) {
                    body.putLong(0, count[0]);
                    final long index = journal.append(1, body, 0, BODY_BYTES);
                    count[0]++;
                    if (random.nextInt(10) == 0) {
                        journal.acknowledge("reader", index);
                    }
                    if (random.nextInt(150) == 0) {
                        journal.sync();
                        synced = count[0];
                    }
                }
                disk.cut(directory, next, random);
            }
            shouldHaveKept(next, synced, count[0]);
            TestJournals.delete(directory);
            TestJournals.delete(next);
        }
    }

    private static byte[] longBytes(final long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
    }

    /** The state, which is the count of records, goes on without a gap from the checkpoint to what was synced at least. */
    private void shouldHaveKept(final Path directory, final long synced, final long appended) {
        final long[] state = {0};
        final RecordHandler handler = new RecordHandler() {
            @Override
            public void onRecord(
                    final long index,
                    final long epochNs,
                    final int type,
                    final DirectBuffer buffer,
                    final int offset,
                    final int length) {
                assertThat(buffer.getLong(offset)).isEqualTo(state[0]);
                state[0]++;
            }

            @Override
            public void onCheckpoint(
                    final long index,
                    final long epochNs,
                    final int type,
                    final DirectBuffer buffer,
                    final int offset,
                    final int length) {
                state[0] = buffer.getLong(offset);
            }
        };
        try (Journal journal = Journal.open(directory, options, TestJournals.UNFORCED);
                JournalReader reader = journal.reader()) {
            journal.recover(handler);
            assertThat(state[0]).as("%s", journal.report()).isBetween(synced, appended);
            reader.seek(journal.position("reader") + 1);
            assertThat(TestJournals.read(reader).skipped).isEmpty();
        }
    }

    /** Nothing would be shown by the tests above if it could not fail. */
    @Test
    void shouldLoseSyncedRecordsWhenForcingDoesNothing() throws IOException {
        final Random random = new Random(Seed.next("power loss, not forced"));
        int lost = 0;
        for (int cut = 0; cut < 8; cut++) {
            final Path directory = folder.resolve("cut" + cut);
            final Path next = folder.resolve("after" + cut);
            final List<String> texts = new ArrayList<>();
            final int synced = run(directory, next, new PageDisk(directory, false), texts, random);
            try {
                final Records left = records(next, new RecoveryReport[1]);
                // A hole before what a later frame calls synced is a loss too.
                lost += left.texts.size() < synced || !left.skipped.isEmpty() ? 1 : 0;
            } catch (final JournalException e) {
                // Not even the marker is there.
                lost++;
            }
        }

        assertThat(lost).isPositive();
    }

    /** Appends, and syncs now and then, until the power goes; answers how many records had been synced. */
    private int run(
            final Path directory, final Path next, final PageDisk disk, final List<String> texts, final Random random) {
        int synced = texts.size();
        try (Journal journal = Journal.open(directory, options, disk)) {
            final JournalBatch batch = journal.newBatch();
            final int turns = random.nextInt(60);
            for (int turn = 0; turn < turns; turn++) {
                batch.clear();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    final String text = "record " + texts.size() + "-"
                            + Long.toHexString(random.nextLong()).repeat(random.nextInt(300));
                    batch.add(1, TestJournals.bytes(text), 0, text.length());
                    texts.add(text);
                }
                journal.append(batch);
                if (random.nextInt(6) == 0) {
                    journal.sync();
                    synced = texts.size();
                }
            }
            disk.cut(directory, next, random);
        }
        return synced;
    }

    private List<String> survivors(final Path directory, final RecoveryReport[] report) throws IOException {
        final Records left = records(directory, report);
        assertThat(left.skipped).isEmpty();
        return left.texts;
    }

    private Records records(final Path directory, final RecoveryReport[] report) throws IOException {
        try (Journal journal = Journal.open(directory, options, TestJournals.UNFORCED);
                JournalReader reader = journal.reader()) {
            report[0] = journal.report();
            final Records read = TestJournals.read(reader);
            assertThat(TestJournals.recover(journal).texts).isEqualTo(read.texts);
            return read;
        }
    }
}
