package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.journal.RecoveryReport.Reason;
import io.sluicemq.journal.RecoveryReport.Skip;
import io.sluicemq.journal.TestJournals.Records;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of bytes on the disk: what was synced is there, or reported, and nothing is there that was not appended. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class DamageTest {
    private static final int SYNCED = 20;
    private static final int PAGE = 4096;

    @TempDir
    private Path folder;

    private final JournalOptions options = TestJournals.small().build();
    private final List<String> texts = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private Path original;
    private Path copy;
    private Journal journal;

    @BeforeEach
    void fill() {
        original = folder.resolve("original");
        copy = folder.resolve("copy");
        journal = Journal.open(original, options);
        append(SYNCED, 0);
        journal.sync();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private void append(final int records, final int padding) {
        for (int i = 0; i < records; i++) {
            final String start = "record " + texts.size() + " ".repeat(padding);
            // The last byte of a frame is never a zero: to lose one of these would be no damage.
            final String text = start + "!".repeat(FrameLayout.ALIGNMENT - start.length() % FrameLayout.ALIGNMENT);
            indexes.add(TestJournals.append(journal, text));
            texts.add(text);
        }
    }

    private interface Damage {
        void to(RandomAccessFile file) throws IOException;
    }

    /** Opens a copy with the damage, and reads what counts. */
    private Records after(final Damage damage, final List<RecoveryReport> reports) throws IOException {
        TestJournals.copy(original, copy);
        try {
            final Path last = TestJournals.segmentFiles(copy).get(0);
            try (RandomAccessFile file = new RandomAccessFile(last.toFile(), "rw")) {
                damage.to(file);
            }
            try (Journal reopened = Journal.open(copy, options, TestJournals.UNFORCED);
                    JournalReader reader = reopened.reader()) {
                reports.add(reopened.report());
                final Records read = TestJournals.read(reader);
                assertThat(TestJournals.recover(reopened).texts).as("recovered").isEqualTo(read.texts);
                assertThat(TestJournals.append(reopened, "next")).isGreaterThan(indexes.get(indexes.size() - 1));
                assertThat(TestJournals.read(reader).texts).containsExactly("next");
                return read;
            }
        } finally {
            TestJournals.delete(copy);
        }
    }

    private int frameOf(final int record) throws IOException {
        final JournalDirectory directory = JournalDirectory.existing(original);
        final Segment segment = directory.segments().get(0);
        try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
            final FrameCursor cursor = new FrameCursor();
            cursor.wrap(map, directory.key());
            while (cursor.next() == FrameCursor.Found.FRAME) {
                if (FrameLayout.index(segment.number(), cursor.firstOrdinal()) == indexes.get(record)) {
                    return cursor.frame();
                }
            }
        }
        throw new AssertionError("no frame of record " + record);
    }

    private int usedBytes() throws IOException {
        return frameOf(texts.size() - 1)
                + FrameLayout.HEADER_BYTES
                + FrameLayout.RECORD_HEADER_BYTES
                + FrameLayout.align(texts.get(texts.size() - 1).length());
    }

    @Test
    void shouldKeepExactlyTheWholeRecordsWhenTheTailIsCutAtAnyByte() throws IOException {
        append(3, 0);
        final int start = frameOf(SYNCED) - FrameLayout.EXCERPT_HEADER_BYTES;
        final int end = usedBytes();
        final Random random = new Random(7);
        final byte[] garbage = new byte[512];
        int kept = 0;

        for (int cut = start; cut <= end; cut++) {
            final int at = cut;
            while (kept < 3 && at >= frameEnd(SYNCED + kept)) {
                kept++;
            }
            final int whole = SYNCED + kept;
            final List<RecoveryReport> reports = new ArrayList<>();
            final Records read = switch (cut % 3) {
                case 0 -> after(file -> file.setLength(at), reports);
                case 1 -> after(file -> zero(file, at, end + PAGE), reports);
                default -> {
                    random.nextBytes(garbage);
                    yield after(
                            file -> {
                                file.seek(at);
                                file.write(garbage);
                            },
                            reports);
                }
            };

            assertThat(read.texts).as("cut at %d of %d to %d", at, start, end).isEqualTo(texts.subList(0, whole));
            assertThat(read.indexes).isEqualTo(indexes.subList(0, whole));
            assertThat(reports.get(0).syncedDamaged()).isFalse();
        }
    }

    private int frameEnd(final int record) throws IOException {
        return frameOf(record)
                + FrameLayout.HEADER_BYTES
                + FrameLayout.RECORD_HEADER_BYTES
                + FrameLayout.align(texts.get(record).length());
    }

    private static void zero(final RandomAccessFile file, final int from, final int to) throws IOException {
        file.seek(from);
        file.write(new byte[to - from]);
    }

    @Test
    void shouldKeepARecordThatEndsInZerosHoweverOftenItIsOpened() throws IOException {
        final UnsafeBuffer body = new UnsafeBuffer(new byte[100_000]);
        body.setMemory(0, 90_000, (byte) 'z');
        final Path zeros = folder.resolve("zeros");
        final JournalOptions plain = TestJournals.small().compressAboveBytes(0).build();
        try (Journal killed = Journal.open(zeros, plain)) {
            killed.append(1, body, 0, body.capacity());
            killed.sync();
            TestJournals.copy(zeros, copy);
        }

        for (int open = 0; open < 3; open++) {
            try (Journal reopened = Journal.open(copy, plain)) {
                assertThat(reopened.report().clean())
                        .as("%s", reopened.report())
                        .isTrue();
                assertThat(TestJournals.recover(reopened).texts)
                        .extracting(String::length)
                        .containsExactly(body.capacity());
            }
        }
    }

    @Test
    void shouldCountNothingBehindAHoleThatWasNotSynced() throws IOException {
        append(200, 100);
        final int hole = SYNCED + 100;
        final int from = frameOf(hole);
        final List<RecoveryReport> reports = new ArrayList<>();

        final Records read = after(file -> zero(file, from, from + PAGE), reports);

        assertThat(read.texts).isEqualTo(texts.subList(0, hole));
        assertThat(read.skipped).isEmpty();
        assertThat(reports.get(0).skips())
                .extracting(Skip::reason)
                .containsExactly(Reason.LOST_PAGE, Reason.BEHIND_A_HOLE);
        assertThat(reports.get(0).syncedDamaged()).isFalse();
    }

    @Test
    void shouldPassOverDamageOfWhatWasSyncedAndSayHowMuch() throws IOException {
        append(200, 100);
        journal.sync();
        append(1, 0);
        final int hole = SYNCED + 100;
        final int from = frameOf(hole);
        final List<RecoveryReport> reports = new ArrayList<>();

        final Records read = after(file -> zero(file, from, from + PAGE), reports);

        final int gone = texts.size() - read.texts.size();
        assertThat(gone).isBetween(2, 40);
        final List<String> expected = new ArrayList<>(texts.subList(0, hole));
        expected.addAll(texts.subList(hole + gone, texts.size()));
        assertThat(read.texts).isEqualTo(expected);
        assertThat(read.skipped).hasSize(1);
        assertThat(read.skipped.get(0)).containsExactly(indexes.get(hole), indexes.get(hole + gone) - 1);
        assertThat(reports.get(0).syncedDamaged()).isTrue();
        assertThat(reports.get(0).skippedRecords()).isEqualTo(gone);
    }

    @Test
    void shouldPassOverGarbageInWhatWasSynced() throws IOException {
        append(20, 100);
        journal.sync();
        append(1, 0);
        final int from = frameOf(SYNCED + 5) + 60;
        final List<RecoveryReport> reports = new ArrayList<>();

        final Records read = after(
                file -> {
                    file.seek(from);
                    file.write(new byte[] {1, 2, 3});
                },
                reports);

        final List<String> expected = new ArrayList<>(texts);
        expected.remove(SYNCED + 5);
        assertThat(read.texts).isEqualTo(expected);
        assertThat(reports.get(0).skips()).extracting(Skip::reason).containsExactly(Reason.GARBAGE);
        assertThat(reports.get(0).syncedDamaged()).isTrue();
    }

    @Test
    void shouldFindTheRecordsWhenChroniclesOwnPagesAreGone() throws IOException {
        append(1, 0);
        final List<RecoveryReport> reports = new ArrayList<>();
        final int first = firstFrame();

        final Records read = after(file -> zero(file, 0, first - FrameLayout.EXCERPT_HEADER_BYTES), reports);

        assertThat(read.texts).isEqualTo(texts);
        assertThat(reports.get(0).clean()).isTrue();
    }

    private int firstFrame() throws IOException {
        final JournalDirectory directory = JournalDirectory.existing(original);
        final Segment segment = directory.segments().get(0);
        try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
            final FrameCursor cursor = new FrameCursor();
            cursor.wrap(map, directory.key());
            assertThat(cursor.next()).isEqualTo(FrameCursor.Found.FRAME);
            return cursor.frame();
        }
    }

    @Test
    void shouldNotTakeAFrameInABodyForOneOfTheJournal() throws IOException {
        final int from = frameOf(3);
        final byte[] frame = new byte[frameOf(4) - FrameLayout.EXCERPT_HEADER_BYTES - from];
        try (RandomAccessFile file =
                new RandomAccessFile(TestJournals.segmentFiles(original).get(0).toFile(), "r")) {
            file.seek(from);
            file.readFully(frame);
        }
        journal.append(1, new UnsafeBuffer(frame), 0, frame.length);
        final List<RecoveryReport> reports = new ArrayList<>();
        final long next = indexes.get(SYNCED - 1) + 1;
        final int outer = frameAt(next);

        final Records read = after(file -> zero(file, outer, outer + FrameLayout.HEADER_BYTES), reports);

        assertThat(read.texts).isEqualTo(texts);
        assertThat(reports.get(0).skips()).extracting(Skip::reason).containsExactly(Reason.TORN_TAIL);
    }

    private int frameAt(final long index) throws IOException {
        indexes.add(index);
        texts.add("");
        final int frame = frameOf(indexes.size() - 1);
        indexes.remove(indexes.size() - 1);
        texts.remove(texts.size() - 1);
        return frame;
    }

    @Test
    void shouldReportAFileOfZerosAndAnEmptyOne() throws IOException {
        for (final boolean empty : new boolean[] {true, false}) {
            final List<RecoveryReport> reports = new ArrayList<>();

            final Records read = after(
                    file -> {
                        final long length = file.length();
                        file.setLength(0);
                        file.setLength(empty ? 0 : length);
                    },
                    reports);

            // Only later frames could have said that anything was synced here.
            assertThat(read.texts).isEmpty();
            assertThat(reports.get(0).skips())
                    .extracting(Skip::reason)
                    .containsExactly(empty ? Reason.TRUNCATED : Reason.ZEROED_FILE);
        }
    }

    @Test
    void shouldReportAFileThatIsCutBehindAWholeRecord() throws IOException {
        final int end = usedBytes();
        final List<RecoveryReport> reports = new ArrayList<>();

        final Records read = after(file -> file.setLength(end), reports);

        assertThat(read.texts).isEqualTo(texts);
        assertThat(reports.get(0).skips()).extracting(Skip::reason).containsExactly(Reason.TRUNCATED);
    }

    @Test
    void shouldTellWhatWasSyncedOfAHoleApartFromTheRest() throws IOException {
        append(100, 100);
        journal.sync();
        final int synced = texts.size();
        append(100, 100);
        final int hole = synced - 5;
        final int from = frameOf(hole);
        final List<RecoveryReport> reports = new ArrayList<>();

        final Records read = after(file -> zero(file, from, from + PAGE), reports);

        assertThat(read.texts).isEqualTo(texts.subList(0, hole));
        assertThat(read.skipped).containsExactly(new long[] {indexes.get(hole), indexes.get(synced - 1)});
        final List<Skip> skips = reports.get(0).skips();
        assertThat(skips)
                .extracting(Skip::reason)
                .containsExactly(Reason.LOST_PAGE, Reason.LOST_PAGE, Reason.BEHIND_A_HOLE);
        assertThat(skips).extracting(Skip::synced).containsExactly(true, false, false);
        assertThat(skips.get(0).records()).isEqualTo(5);
        assertThat(reports.get(0).skippedRecords()).isEqualTo(texts.size() - hole);
    }

    /** The helper writes closed segments to the disk, and the header of a later one is the only record of it. */
    @Test
    void shouldKnowByALaterHeaderThatASegmentWasOnTheDisk() throws IOException {
        final Path unsynced = folder.resolve("unsynced");
        final JournalOptions plain = TestJournals.small().compressAboveBytes(0).build();
        final int[] settledBefore = {0};
        try (Journal killed = Journal.open(unsynced, plain)) {
            Await.until(
                    Duration.ofSeconds(60),
                    () -> {
                        TestJournals.append(killed, "r".repeat(100_000));
                        settledBefore[0] = lastHeader(unsynced).settledBefore();
                        return settledBefore[0] > 2;
                    },
                    "a segment that was written to the disk");
            TestJournals.copy(unsynced, copy);
        }
        final Records before = TestJournals.read(copy);
        final int lost = settledBefore[0] - 1;
        Files.delete(TestJournals.segmentFiles(copy).get(lost - 1));

        try (Journal reopened = Journal.open(copy, plain, TestJournals.UNFORCED);
                JournalReader reader = reopened.reader()) {
            before.indexes.removeIf(index -> FrameLayout.segment(index) == lost);
            assertThat(TestJournals.read(reader).indexes).isEqualTo(before.indexes);
            assertThat(reopened.report().skips()).extracting(Skip::reason).containsExactly(Reason.MISSING_FILE);
            assertThat(reopened.report().syncedDamaged()).isTrue();
        }
    }

    private static SegmentHeader lastHeader(final Path directory) {
        try {
            final JournalDirectory existing = JournalDirectory.existing(directory);
            final List<Segment> segments = existing.segments();
            final Segment last = segments.get(segments.size() - 1);
            try (SegmentMap map = SegmentMap.open(last.path(), last.number())) {
                final FrameCursor cursor = new FrameCursor();
                cursor.wrap(map, existing.key());
                assertThat(cursor.next()).isEqualTo(FrameCursor.Found.FRAME);
                return SegmentHeader.read(cursor);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldReportSyncedRecordsThatALostFileTakesAlong() throws IOException {
        while (TestJournals.segmentFiles(original).size() < 3) {
            append(1, 10_000);
        }
        journal.sync();
        append(1, 0);
        final Path second = TestJournals.segmentFiles(original).get(1);
        TestJournals.copy(original, copy);
        final Path lost = copy.resolve(original.relativize(second));
        for (final boolean deleted : new boolean[] {true, false}) {
            if (deleted) {
                Files.delete(lost);
            } else {
                Files.write(lost, new byte[0]);
            }

            // The second time it was decided already; a reader finds the gap all the same.
            try (Journal reopened = Journal.open(copy, options);
                    JournalReader reader = reopened.reader()) {
                final Records read = TestJournals.read(reader);
                assertThat(read.texts).hasSizeLessThan(texts.size()).endsWith(texts.get(texts.size() - 1));
                assertThat(read.skipped).isNotEmpty();
            }
        }
    }
}
