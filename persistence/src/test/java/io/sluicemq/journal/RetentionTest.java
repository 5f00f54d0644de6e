package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.journal.TestJournals.Records;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The journal stays within its bounds, and takes nothing from who still needs it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class RetentionTest {
    private static final String RECORD = "r".repeat(10_000);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private long last;
    private int appended;

    /** Appends until there are so many segments more. */
    private void appendSegments(final Journal journal, final int segments) {
        final int target = FrameLayout.segment(last) + segments;
        while (FrameLayout.segment(last) < target) {
            last = TestJournals.append(journal, RECORD);
            assertThat(last).isPositive();
            appended++;
        }
    }

    @Test
    void shouldDeleteWhatAllReadersHaveAcknowledgedAndNoMore() {
        final JournalOptions options =
                TestJournals.small().compressAboveBytes(0).retainBytes(0).build();
        try (Journal journal = Journal.open(folder, options);
                JournalReader slow = journal.reader()) {
            journal.acknowledge("slow", Journal.NO_INDEX);
            appendSegments(journal, 5);
            assertThat(TestJournals.read(slow).texts).hasSize(appended);

            journal.acknowledge("fast", last);
            appendSegments(journal, 3);
            assertThat(TestJournals.read(slow).skipped).isEmpty();
            final int before = TestJournals.segmentFiles(folder).size();
            assertThat(before).isGreaterThanOrEqualTo(8);

            journal.acknowledge("slow", last);
            journal.acknowledge("fast", last);
            journal.sync();
            appendSegments(journal, 2);
            assertThat(TestJournals.segmentFiles(folder)).hasSizeLessThanOrEqualTo(4);
            assertThat(TestJournals.read(slow).skipped).isEmpty();
        }
        try (Journal journal = Journal.open(folder, options)) {
            assertThat(journal.position("slow"))
                    .isEqualTo(journal.position("fast"))
                    .isPositive();
            assertThat(journal.report().clean()).as("%s", journal.report()).isTrue();
        }
    }

    @Test
    void shouldKeepWhatTheOwnerNeeds() {
        final JournalOptions options =
                TestJournals.small().compressAboveBytes(0).retainBytes(0).build();
        try (Journal journal = Journal.open(folder, options);
                JournalReader reader = journal.reader()) {
            last = TestJournals.append(journal, "needed");
            journal.retainFrom(last);
            appendSegments(journal, 5);
            assertThat(TestJournals.read(reader).texts).startsWith("needed");

            journal.retainFrom(last);
            journal.sync();
            appendSegments(journal, 1);
            reader.seekStart();
            assertThat(TestJournals.read(reader).texts).doesNotContain("needed");
        }
    }

    @Test
    void shouldDeleteWhatIsOldEnough() {
        final long[] now = {1_000_000_000_000_000L};
        final JournalOptions options = TestJournals.small()
                .compressAboveBytes(0)
                .retainFor(Duration.ofMinutes(10))
                .epochNsClock(() -> now[0])
                .build();
        try (Journal journal = Journal.open(folder, options)) {
            appendSegments(journal, 4);
            journal.sync();
            now[0] += TimeUnit.MINUTES.toNanos(9);
            appendSegments(journal, 1);
            assertThat(TestJournals.segmentFiles(folder)).hasSize(5);

            now[0] += TimeUnit.MINUTES.toNanos(2);
            journal.sync();
            appendSegments(journal, 1);
            assertThat(TestJournals.segmentFiles(folder)).hasSizeLessThan(5);
        }
    }

    @Test
    void shouldNotDeleteOnTheWordOfACheckpointThatIsNotOnTheDisk() {
        final CountDownLatch held = new CountDownLatch(1);
        final Disk disk = new Disk() {
            @Override
            void force(final Path file, final FileChannel channel) throws IOException {
                final boolean second = file.getFileName().toString().equals(Names.segment(2));
                if (second && Thread.currentThread().getName().startsWith("sluicemq-journal")) {
                    Disk.uninterrupted(() -> awaitOpen(held));
                }
                super.force(file, channel);
            }
        };
        final JournalOptions options = TestJournals.small()
                .compressAboveBytes(0)
                .retainBytes(0)
                .checkpoint(sink -> sink.add(1, TestJournals.bytes("state"), 0, 5))
                .build();
        try (Journal journal = Journal.open(folder, options, disk)) {
            journal.recover(new Records());
            last = TestJournals.append(journal, RECORD);
            journal.sync();
            // The checkpoint of the second segment is there, and not forced.
            appendSegments(journal, 2);
            assertThat(TestJournals.segmentFiles(folder)).hasSize(3);

            held.countDown();
            appendSegments(journal, 3);
            assertThat(TestJournals.segmentFiles(folder).get(0).getFileName().toString())
                    .isNotEqualTo(Names.segment(1));
        } finally {
            held.countDown();
        }
    }

    private static void awaitOpen(final CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (final InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void shouldSayThatItIsFullUntilSomebodyAcknowledges() {
        final JournalOptions options = TestJournals.small()
                .compressAboveBytes(0)
                .retainBytes(0)
                .maxBytes(5L * TestJournals.SEGMENT_BYTES)
                .build();
        try (Journal journal = Journal.open(folder, options);
                JournalReader reader = journal.reader()) {
            journal.acknowledge("reader", Journal.NO_INDEX);
            long index = 0;
            int records = -1;
            for (; index != Journal.FULL; records++) {
                last = Math.max(last, index);
                index = TestJournals.append(journal, RECORD);
            }
            assertThat(records).isGreaterThan(300);
            assertThat(TestJournals.append(journal, RECORD)).isEqualTo(Journal.FULL);

            final Records read = TestJournals.read(reader);
            assertThat(read.texts).hasSize(records);
            journal.sync();
            journal.acknowledge("reader", read.indexes.get(records / 2));
            Await.until(LIMIT, () -> TestJournals.append(journal, RECORD) > 0, "room after an acknowledgement");
            assertThat(TestJournals.read(reader).texts).hasSize(1);
        }
    }

    @Test
    void shouldDropTheOldestAndCountWhatIsLost() {
        final JournalOptions options = TestJournals.small()
                .compressAboveBytes(0)
                .maxBytes(5L * TestJournals.SEGMENT_BYTES)
                .whenFull(WhenFull.DROP_OLDEST)
                .build();
        try (Journal journal = Journal.open(folder, options);
                JournalReader reader = journal.reader();
                JournalReader late = journal.reader()) {
            journal.acknowledge("reader", Journal.NO_INDEX);
            assertThat(reader.poll((index, ns, type, buffer, offset, length) -> {}, 1))
                    .isZero();
            TestJournals.append(journal, RECORD);
            appended++;
            late.poll((index, ns, type, buffer, offset, length) -> {}, 1);
            appendSegments(journal, 10);

            final Records read = TestJournals.read(late);
            assertThat(read.skipped).hasSize(1);
            final int gone = appended - 1 - read.texts.size();
            assertThat(gone).isGreaterThan(100);
            // With it the records of the journal itself.
            assertThat(journal.lost("reader")).isBetween((long) gone, appended - 1L);
            assertThat(TestJournals.segmentFiles(folder)).hasSizeLessThanOrEqualTo(5);
        }
    }

    @Test
    void shouldWaitForRoomWhenTheDiskIsFull() {
        final boolean[] full = {false};
        final Disk disk = new Disk() {
            @Override
            void makeZeroed(final Path file, final int bytes, final long mappedBytes) throws IOException {
                if (full[0]) {
                    throw new IOException("No space left on device");
                }
                super.makeZeroed(file, bytes, mappedBytes);
            }
        };
        try (Journal journal =
                Journal.open(folder, TestJournals.small().compressAboveBytes(0).build(), disk)) {
            full[0] = true;
            int records = 0;
            while (TestJournals.append(journal, RECORD) > 0) {
                records++;
            }
            journal.sync();
            assertThat(records).isGreaterThan(50);

            full[0] = false;
            Await.until(LIMIT, () -> TestJournals.append(journal, RECORD) > 0, "room again");
            assertThat(TestJournals.read(folder).texts).hasSize(records + 1);
        }
    }

    @Test
    void shouldOpenOnAFullDiskInThePlaceOfWhatWasMadeAhead() {
        final long[] limit = {2L * TestJournals.SEGMENT_BYTES};
        final Disk disk = new Disk() {
            @Override
            void makeZeroed(final Path file, final int bytes, final long mappedBytes) throws IOException {
                if (takenBytes() + bytes > limit[0]) {
                    throw new IOException("No space left on device");
                }
                super.makeZeroed(file, bytes, mappedBytes);
            }
        };
        for (int open = 0; open < 3; open++) {
            try (Journal journal = Journal.open(folder, TestJournals.small().build(), disk)) {
                assertThat(TestJournals.append(journal, "record")).isPositive();
                assertThat(TestJournals.recover(journal).texts).hasSize(open);
            }
            // Others have taken the rest: there is room for one, where the next one was made ahead.
            limit[0] = TestJournals.SEGMENT_BYTES;
        }
        final JournalOptions larger =
                JournalOptions.builder().segmentBytes(2 << 20).minFreeBytes(0).build();

        assertThatThrownBy(() -> Journal.open(folder, larger, disk))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("segmentBytes=" + larger.segmentBytes())
                .hasMessageContaining("make room");
        assertThat(TestJournals.read(folder).texts).hasSize(3);
    }

    /** Of segments, made ahead or used, that were neither emptied nor cut. */
    private long takenBytes() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toFile().length() > TestJournals.SEGMENT_BYTES)
                            .count()
                    * TestJournals.SEGMENT_BYTES;
        }
    }

    @Test
    void shouldLeaveRoomOnTheDiskForOthers() {
        final long[] usable = {1L << 40};
        final Disk disk = new Disk() {
            @Override
            long usableBytes(final File directory) {
                return usable[0];
            }
        };
        final JournalOptions options = TestJournals.small()
                .compressAboveBytes(0)
                .minFreeBytes(1L << 30)
                .build();
        try (Journal journal = Journal.open(folder, options, disk)) {
            assertThat(TestJournals.append(journal, RECORD)).isPositive();
            usable[0] = 1000;
            int records = 0;
            while (TestJournals.append(journal, RECORD) > 0) {
                records++;
            }
            // What is left of a segment, and the one that was made ahead, have their place already.
            assertThat(records).isLessThan(220);

            usable[0] = 1L << 40;
            Await.until(LIMIT, () -> TestJournals.append(journal, RECORD) > 0, "room again");
        }
    }

    @Test
    void shouldDeleteWhatEarlierSessionsLeftWithoutARoll() {
        final JournalOptions options = TestJournals.small().retainBytes(0).build();
        for (int session = 0; session < 5; session++) {
            try (Journal journal = Journal.open(folder, options)) {
                journal.acknowledge("reader", TestJournals.append(journal, "little"));
            }
        }

        assertThat(TestJournals.segmentFiles(folder)).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void shouldNotStayFullWithACheckpointNearlyAsLargeAsASegment() {
        final UnsafeBuffer state = new UnsafeBuffer(new byte[200_000]);
        final JournalOptions options = TestJournals.small()
                .compressAboveBytes(0)
                .retainBytes(0)
                .maxBytes(3L * TestJournals.SEGMENT_BYTES)
                .checkpoint(sink -> {
                    for (int part = 0; part < 4; part++) {
                        sink.add(1, state, 0, state.capacity());
                    }
                })
                .build();
        try (Journal journal = Journal.open(folder, options)) {
            journal.recover(new Records());
            for (int i = 0; i < 1000; i++) {
                Await.until(LIMIT, () -> TestJournals.append(journal, RECORD) > 0, "room after a checkpoint");
            }
        }
    }

    @Test
    void shouldDeleteWhatNobodyNeedsWhenTheDiskIsLow() {
        final Disk disk = new Disk() {
            @Override
            long usableBytes(final File directory) {
                // As if others had taken all but three segments.
                return (4L - TestJournals.segmentFiles(folder).size()) * TestJournals.SEGMENT_BYTES;
            }
        };
        final JournalOptions options =
                TestJournals.small().compressAboveBytes(0).retainBytes(0).build();
        try (Journal journal = Journal.open(folder, options, disk)) {
            journal.acknowledge("reader", Journal.NO_INDEX);
            last = 0;
            for (long index = 0; index != Journal.FULL; index = TestJournals.append(journal, RECORD)) {
                last = Math.max(last, index);
            }
            journal.acknowledge("reader", last);

            Await.until(LIMIT, () -> TestJournals.append(journal, RECORD) > 0, "room after an acknowledgement");
        }
    }

    @Test
    void shouldRememberAPositionForWhichThereWasNoRoom() {
        final JournalOptions options = TestJournals.small()
                .compressAboveBytes(0)
                .retainBytes(0)
                .maxBytes(3L * TestJournals.SEGMENT_BYTES)
                .build();
        try (Journal journal = Journal.open(folder, options)) {
            journal.acknowledge("reader", Journal.NO_INDEX);
            for (long index = 0; index != Journal.FULL; index = TestJournals.append(journal, "small")) {
                last = Math.max(last, index);
            }
            while (journal.acknowledge("reader", 0) != Journal.FULL) {
                assertThat(journal.position("reader")).isZero();
            }
            journal.acknowledge("reader", 7);
        }
        try (Journal journal = Journal.open(folder, options)) {
            assertThat(journal.position("reader")).isEqualTo(7);
        }
    }

    @Test
    void shouldNotForgetThatAClosedSegmentCouldNotBeForced() {
        final String[] failed = new String[1];
        final Disk disk = new Disk() {
            @Override
            void force(final Path file, final FileChannel channel) throws IOException {
                if (failed[0] == null && Thread.currentThread().getName().startsWith("sluicemq-journal")) {
                    final String name = file.getFileName().toString();
                    if (name.endsWith(Names.SUFFIX)) {
                        failed[0] = name;
                        throw new IOException("Input/output error");
                    }
                }
                super.force(file, channel);
            }
        };
        final JournalOptions options =
                TestJournals.small().compressAboveBytes(0).build();
        try (Journal journal = Journal.open(folder, options, disk)) {
            assertThatThrownBy(() -> {
                        // The helper forces the segment that fails, and then others that do not.
                        appendSegments(journal, 5);
                        journal.sync();
                    })
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("a closed segment could not be forced")
                    .hasMessageContaining("Input/output error");
            assertThat(failed[0]).isNotNull();
            assertThatThrownBy(journal::sync).hasMessageContaining("failed before");
        }
    }

    @Test
    void shouldStopWhenAForceFailsAndRecoverWhenOpenedAgain() {
        final boolean[] fails = {false};
        final Disk disk = new Disk() {
            @Override
            void force(final Path file, final FileChannel channel) throws IOException {
                if (fails[0]) {
                    throw new IOException("Input/output error");
                }
                super.force(file, channel);
            }
        };
        final Journal journal = Journal.open(folder, TestJournals.small().build(), disk);
        TestJournals.append(journal, "first");
        journal.sync();
        TestJournals.append(journal, "second");
        fails[0] = true;
        assertThatThrownBy(journal::sync)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("Input/output error")
                .hasMessageContaining("open it again");
        assertThatThrownBy(() -> TestJournals.append(journal, "third"))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("failed before");
        fails[0] = false;
        journal.close();

        try (Journal reopened = Journal.open(folder, TestJournals.small().build())) {
            assertThat(TestJournals.recover(reopened).texts).containsExactly("first", "second");
        }
    }
}
