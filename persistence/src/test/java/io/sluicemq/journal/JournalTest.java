package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.journal.TestJournals.Records;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Records come back as they were appended, in order, whole, and under the same index. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class JournalTest {
    @TempDir
    private Path folder;

    @Test
    void shouldReadWhatWasAppendedInSeveralSessions() {
        final List<String> expected = new ArrayList<>();
        long last = 0;
        for (int round = 0; round < 4; round++) {
            try (Journal journal = Journal.open(folder, TestJournals.small().build())) {
                assertThat(journal.report().clean()).as("%s", journal.report()).isTrue();
                for (int i = 0; i < 10_000; i++) {
                    final String text = round + "-" + i + "-" + "x".repeat(i % 200);
                    final long index = TestJournals.append(journal, text);
                    assertThat(index).isGreaterThan(last);
                    last = index;
                    expected.add(text);
                }
                assertThat(TestJournals.recover(journal).texts).hasSize(round * 10_000);
            }
        }

        final Records read = TestJournals.read(folder);

        assertThat(read.texts).isEqualTo(expected);
        assertThat(read.indexes).isSorted().doesNotHaveDuplicates();
        assertThat(read.times).isSorted();
        assertThat(read.skipped).isEmpty();
    }

    @Test
    void shouldKeepTypeAndBodyOfAnyLength() {
        final Random random = new Random(3);
        try (Journal journal = Journal.open(folder, TestJournals.small().build());
                JournalReader reader = journal.reader()) {
            final int max = journal.maxRecordBytes();
            for (final int length : new int[] {0, 1, 2, 3, 4, 5, 1023, 1024, 1025, 65_536, max - 1, max}) {
                for (final int kind : new int[] {0, 1}) {
                    final byte[] body = new byte[length];
                    if (kind == 0) {
                        random.nextBytes(body);
                    } else {
                        Arrays.fill(body, (byte) 'a');
                    }
                    final int type = -length - kind;
                    final long index = journal.append(type, new UnsafeBuffer(body), 0, length);

                    final AtomicReference<byte[]> read = new AtomicReference<>();
                    final int polled = reader.poll(
                            (at, ns, readType, buffer, offset, readLength) -> {
                                assertThat(at).isEqualTo(index);
                                assertThat(readType).isEqualTo(type);
                                final byte[] bytes = new byte[readLength];
                                buffer.getBytes(offset, bytes);
                                read.set(bytes);
                            },
                            10);

                    assertThat(polled).as("length %d", length).isEqualTo(1);
                    assertThat(read.get()).isEqualTo(body);
                }
            }
        }
    }

    @Test
    void shouldOpenAndCloseOnAThreadThatWasInterrupted() {
        for (int open = 0; open < 3; open++) {
            Thread.currentThread().interrupt();
            try (Journal journal = Journal.open(folder, TestJournals.small().build())) {
                TestJournals.append(journal, "record");
                journal.sync();
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }

        assertThat(TestJournals.read(folder).texts).hasSize(3);
    }

    @Test
    void shouldLookThroughTwoSegmentsHoweverManyThereAre() {
        final int segments = 12;
        final Path killed = folder.resolve("killed");
        int appended = 0;
        try (Journal journal = Journal.open(
                folder.resolve("journal"),
                TestJournals.small().compressAboveBytes(0).build())) {
            for (long index = 0; FrameLayout.segment(index) < segments; appended++) {
                index = TestJournals.append(journal, "s".repeat(100_000));
            }
            TestJournals.copy(folder.resolve("journal"), killed);
        }

        try (Journal journal = Journal.open(killed, TestJournals.small().build())) {
            assertThat(journal.report().segments()).isLessThanOrEqualTo(2);
            assertThat(TestJournals.recover(journal).indexes).hasSize(appended);
        }
    }

    @Test
    void shouldBringEveryDirectoryThatItMakesToTheDisk() {
        final List<Path> forced = new ArrayList<>();
        final Disk disk = new Disk() {
            @Override
            void forceDirectory(final Path directory) throws IOException {
                forced.add(directory);
                super.forceDirectory(directory);
            }
        };
        final Path above = folder.resolve("above");
        final Path deep = above.resolve("further").resolve("journal");

        Journal.open(deep, TestJournals.small().build(), disk).close();

        assertThat(forced).contains(folder, above, above.resolve("further"), deep, deep.resolve(Names.session(1)));
    }

    @Test
    void shouldCompressWhatGetsSmaller() throws Exception {
        final byte[] body = "the same words again and again ".repeat(1000).getBytes(StandardCharsets.UTF_8);
        final long[] sizes = new long[2];
        for (int i = 0; i < 2; i++) {
            final Path directory = folder.resolve("journal" + i);
            try (Journal journal = Journal.open(
                    directory, TestJournals.small().compressAboveBytes(i * 1024).build())) {
                for (int record = 0; record < 20; record++) {
                    journal.append(1, new UnsafeBuffer(body), 0, body.length);
                }
            }
            // Gives back what the segment does not use.
            Journal.open(directory, TestJournals.small().build()).close();
            // The next open cuts what the last session did not use.
            Journal.open(directory, TestJournals.small().build()).close();
            sizes[i] = Files.size(TestJournals.segmentFiles(directory).get(0));
            assertThat(TestJournals.read(directory).texts).hasSize(20).allMatch(text -> text.length() == body.length);
        }

        assertThat(sizes[1]).isLessThan(sizes[0] / 4);
    }

    @Test
    void shouldGiveTheRecordsOfABatchIndexesInARow() {
        try (Journal journal = Journal.open(folder, TestJournals.small().build())) {
            final JournalBatch batch = journal.newBatch();
            final List<Long> expected = new ArrayList<>();
            for (int round = 0; round < 50; round++) {
                batch.clear();
                while (batch.add(round, TestJournals.bytes("body " + batch.count()), 0, 6)) {
                    if (batch.count() == 1000 + round) {
                        break;
                    }
                }
                final long first = journal.append(batch);
                for (int i = 0; i < batch.count(); i++) {
                    expected.add(first + i);
                }
            }

            try (JournalReader reader = journal.reader()) {
                final Records read = new Records();
                while (reader.poll(read, 7) > 0) {
                    assertThat(reader.position()).isGreaterThan(0);
                }
                assertThat(read.indexes).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldSayThatABatchIsFull() {
        try (Journal journal = Journal.open(folder, TestJournals.small().build())) {
            final JournalBatch batch = journal.newBatch();
            final UnsafeBuffer body = new UnsafeBuffer(new byte[1000]);
            while (batch.add(1, body, 0, 1000)) {
                assertThat(batch.bytes()).isLessThan(TestJournals.SEGMENT_BYTES / 4);
            }

            assertThat(batch.count()).isGreaterThan(200);
            assertThat(journal.append(batch)).isPositive();
            assertThat(journal.append(batch)).isPositive();
        }
    }

    @Test
    void shouldFollowTheWriterFromAnotherThread() throws Exception {
        final int records = 200_000;
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Journal journal = Journal.open(folder, TestJournals.small().build())) {
            final Thread follower = new Thread(() -> {
                try (JournalReader reader = journal.reader()) {
                    final long[] next = new long[1];
                    while (next[0] < records) {
                        reader.poll(
                                (index, ns, type, buffer, offset, length) -> {
                                    assertThat(buffer.getLong(offset)).isEqualTo(next[0]);
                                    next[0]++;
                                },
                                100);
                    }
                } catch (final Throwable e) {
                    failure.set(e);
                }
            });
            follower.start();
            final UnsafeBuffer body = new UnsafeBuffer(new byte[40]);
            for (int i = 0; i < records; i++) {
                body.putLong(0, i);
                journal.append(1, body, 0, 8 + i % 32);
            }
            follower.join(60_000);

            assertThat(follower.isAlive()).isFalse();
            assertThat(failure.get()).isNull();
        }
    }

    @Test
    void shouldFollowFromAnotherProcessesView() {
        try (Journal journal = Journal.open(folder, TestJournals.small().build());
                JournalReader reader = Journal.readOnly(folder)) {
            final Records read = new Records();
            for (int i = 0; i < 20_000; i++) {
                TestJournals.append(journal, "record " + i + "y".repeat(i % 300));
                if (i % 100 == 0) {
                    reader.poll(read, 1000);
                }
            }
            Await.until(
                    Duration.ofSeconds(20),
                    () -> {
                        reader.poll(read, 1000);
                        return read.texts.size() == 20_000;
                    },
                    "all read");

            assertThat(read.skipped).isEmpty();
            assertThat(read.indexes).isSorted();
        }
    }

    @Test
    void shouldRememberNamedPositions() {
        final JournalOptions options = TestJournals.small().build();
        long third = 0;
        try (Journal journal = Journal.open(folder, options)) {
            for (int i = 0; i < 3; i++) {
                third = TestJournals.append(journal, "record " + i);
            }
            journal.acknowledge("first", third - 1);
            journal.acknowledge("second", Journal.NO_INDEX);
            journal.acknowledge("gone", 5);
            journal.acknowledge("second", third);
            assertThat(journal.forget("gone")).isPositive();
            assertThat(journal.forget("never")).isEqualTo(Journal.NO_INDEX);
        }

        for (int round = 0; round < 3; round++) {
            try (Journal journal = Journal.open(folder, options)) {
                assertThat(journal.position("first")).isEqualTo(third - 1);
                assertThat(journal.position("second")).isEqualTo(third);
                assertThat(journal.position("gone")).isEqualTo(Journal.NO_INDEX);
                for (int i = 0; i < 3000; i++) {
                    TestJournals.append(journal, "z".repeat(500));
                }
            }
        }
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        final Journal journal = Journal.open(folder, TestJournals.small().build());
        final UnsafeBuffer large = new UnsafeBuffer(new byte[journal.maxRecordBytes() + 1]);
        assertThatThrownBy(() -> journal.append(1, large, 0, large.capacity()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length=" + large.capacity() + ", limit=0 to " + journal.maxRecordBytes());
        assertThatThrownBy(() -> journal.append(journal.newBatch()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("records=0");
        assertThatThrownBy(() -> journal.acknowledge("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal.acknowledge("n".repeat(256), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit=1 to 255");
        final long end = TestJournals.append(journal, "last");
        assertThat(journal.acknowledge("reader", end)).isPositive();
        assertThatThrownBy(() -> journal.acknowledge("reader", end + 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("index=" + (end + 2) + ", limit=-1 to " + (end + 1));
        assertThatThrownBy(() -> journal.acknowledge("reader", Long.MIN_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(journal.position("reader")).isEqualTo(end);
        assertThat(TestJournals.append(journal, "still works")).isPositive();
        journal.close();
        journal.close();

        assertThatThrownBy(() -> TestJournals.append(journal, "late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
        assertThatThrownBy(journal::sync).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNeverGoBackInTimeWhenTheClockDoes() {
        final long[] now = {1_000_000_000_000L};
        final JournalOptions options =
                TestJournals.small().epochNsClock(() -> now[0]).build();
        for (int round = 0; round < 3; round++) {
            try (Journal journal = Journal.open(folder, options)) {
                for (int i = 0; i < 100; i++) {
                    now[0] += 1000;
                    TestJournals.append(journal, "w".repeat(100_000));
                }
                now[0] -= TimeUnit.HOURS.toNanos(1);
            }
        }

        final Records read = TestJournals.read(folder);

        assertThat(read.texts).hasSize(300);
        assertThat(read.times).isSorted();
    }

    @Test
    void shouldSurviveAnInterruptedOwner() {
        try (Journal journal = Journal.open(folder, TestJournals.small().build())) {
            Thread.currentThread().interrupt();
            for (int i = 0; i < 5000; i++) {
                TestJournals.append(journal, "v".repeat(500));
                if (i % 500 == 0) {
                    journal.sync();
                }
            }
            try (JournalReader reader = journal.reader()) {
                assertThat(TestJournals.read(reader).texts).hasSize(5000);
            }
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
