package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.journal.TestJournals.Records;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A reader without the lock gets every record, or is told, whatever the owner is doing meanwhile. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class ReadOnlyTest {
    private static final int RECORDS = 30;
    private static final int MIDDLE = 15;

    @TempDir
    private Path folder;

    private final JournalOptions options =
            TestJournals.small().compressAboveBytes(0).build();
    private final List<String> texts = new ArrayList<>();

    private void append(final Journal journal) {
        for (int i = 0; i < RECORDS; i++) {
            texts.add("record " + texts.size() + "!".repeat(200));
            TestJournals.append(journal, texts.get(texts.size() - 1));
        }
    }

    /** Where the frame of a record of the first segment starts; the frame of the header is in front of the records. */
    private static int frameOf(final Path directory, final int record) throws IOException {
        final JournalDirectory existing = JournalDirectory.existing(directory);
        final Segment segment = existing.segments().get(0);
        final FrameCursor cursor = new FrameCursor();
        try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
            cursor.wrap(map, existing.key());
            for (int frame = 0; frame <= record + 1; frame++) {
                assertThat(cursor.next()).isEqualTo(FrameCursor.Found.FRAME);
            }
            return cursor.frame();
        }
    }

    @Test
    void shouldWaitWhereNothingIsYetAndGoOnWhenItComes() throws IOException {
        final Path copy = folder.resolve("copy");
        try (Journal journal = Journal.open(folder.resolve("original"), options)) {
            append(journal);
            TestJournals.copy(folder.resolve("original"), copy);
        }
        final int from = frameOf(copy, MIDDLE) - FrameLayout.EXCERPT_HEADER_BYTES;
        final byte[] late = new byte[frameOf(copy, MIDDLE + 1) - FrameLayout.EXCERPT_HEADER_BYTES - from];
        try (RandomAccessFile file =
                new RandomAccessFile(TestJournals.segmentFiles(copy).get(0).toFile(), "rw")) {
            file.seek(from);
            file.readFully(late);
            file.seek(from);
            file.write(new byte[late.length]);
            try (JournalReader reader = Journal.readOnly(copy)) {
                assertThat(TestJournals.read(reader).texts).isEqualTo(texts.subList(0, MIDDLE));

                file.seek(from);
                file.write(late);
                final Records rest = TestJournals.read(reader);
                assertThat(rest.texts).isEqualTo(texts.subList(MIDDLE, RECORDS));
                assertThat(rest.skipped).isEmpty();
            }
        }
    }

    @Test
    void shouldTellOfDamageInTheLastSegmentAndGoOnBehindIt() throws IOException {
        try (Journal journal = Journal.open(folder, options)) {
            append(journal);
        }
        final int damaged = frameOf(folder, MIDDLE) + FrameLayout.HEADER_BYTES;
        try (RandomAccessFile file =
                new RandomAccessFile(TestJournals.segmentFiles(folder).get(0).toFile(), "rw")) {
            file.seek(damaged);
            final int old = file.read();
            file.seek(damaged);
            file.write(old ^ 1);
        }

        final Records read = TestJournals.read(folder);

        texts.remove(MIDDLE);
        assertThat(read.texts).isEqualTo(texts);
        assertThat(read.skipped).hasSize(1);
    }

    @Test
    void shouldReadAndTellWhereAFileIsMissingAmongThoseThatWereNotSynced() throws IOException {
        final Path copy = folder.resolve("copy");
        try (Journal journal = Journal.open(folder.resolve("original"), options, TestJournals.UNFORCED)) {
            while (TestJournals.segmentFiles(folder.resolve("original")).size() < 5) {
                append(journal);
            }
            TestJournals.copy(folder.resolve("original"), copy);
        }
        Files.delete(TestJournals.segmentFiles(copy).get(2));

        final Records read = TestJournals.read(copy);

        assertThat(read.skipped).hasSize(1);
        assertThat(read.indexes).extracting(FrameLayout::segment).contains(1, 2, 4, 5);
    }

    @Test
    void shouldNotCutWhatAReaderMayHaveMapped() throws IOException {
        final List<Path> files;
        final List<Long> sizes = new ArrayList<>();
        try (Journal journal = Journal.open(folder, options)) {
            TestJournals.append(journal, "first");
            sizes.add(Files.size(TestJournals.segmentFiles(folder).get(0)));
            while (TestJournals.segmentFiles(folder).size() < 3) {
                append(journal);
            }
            journal.sync();
            files = TestJournals.segmentFiles(folder);
        }

        for (final Path file : files) {
            assertThat(Files.size(file)).isEqualTo(sizes.get(0));
        }
        Journal.open(folder, options).close();
        assertThat(Files.size(files.get(2))).isLessThan(sizes.get(0));
    }

    @Test
    void shouldLoseNothingWhenAHandlerThrowsAtASkip() throws IOException {
        try (Journal journal = Journal.open(folder, options)) {
            append(journal);
        }
        final int damaged = frameOf(folder, MIDDLE) + FrameLayout.HEADER_BYTES;
        try (RandomAccessFile file =
                new RandomAccessFile(TestJournals.segmentFiles(folder).get(0).toFile(), "rw")) {
            file.seek(damaged);
            file.write(1);
        }
        final RecordHandler alarming = new RecordHandler() {
            @Override
            public void onRecord(
                    final long index,
                    final long epochNs,
                    final int type,
                    final DirectBuffer buffer,
                    final int offset,
                    final int length) {
                // Nothing.
            }

            @Override
            public void onSkipped(final long fromIndex, final long toIndex) {
                throw new IllegalStateException("alarm");
            }
        };

        try (JournalReader reader = Journal.readOnly(folder)) {
            assertThatThrownBy(() -> reader.poll(alarming, RECORDS)).hasMessage("alarm");
            assertThat(TestJournals.read(reader).texts).isEqualTo(texts.subList(MIDDLE + 1, RECORDS));
        }
    }

    @Test
    void shouldHandOverNothingAfterAHandlerHasClosedTheReader() {
        try (Journal journal = Journal.open(folder, options)) {
            append(journal);
            final JournalReader reader = journal.reader();
            final int[] handed = {0};

            reader.poll(
                    (index, epochNs, type, buffer, offset, length) -> {
                        handed[0]++;
                        reader.close();
                    },
                    RECORDS);

            assertThat(handed[0]).isEqualTo(1);
        }
    }

    @Test
    void shouldSeekTheEndOfNowHoweverOldTheReaderIs() {
        try (Journal journal = Journal.open(folder, options)) {
            append(journal);
            try (JournalReader reader = Journal.readOnly(folder)) {
                append(journal);
                reader.seekEnd();
                TestJournals.append(journal, "new");

                assertThat(TestJournals.read(reader).texts).containsExactly("new");
            }
        }
    }

    @Test
    void shouldPassOverSegmentsThatAreDeletedRightAfterTheyWereListed() throws IOException {
        final Path copy = folder.resolve("copy");
        try (Journal journal = Journal.open(folder.resolve("original"), options, TestJournals.UNFORCED)) {
            while (TestJournals.segmentFiles(folder.resolve("original")).size() < 8) {
                append(journal);
            }
            TestJournals.copy(folder.resolve("original"), copy);
        }
        final List<Path> files = TestJournals.segmentFiles(copy);
        for (int gone = 0; gone < files.size() - 1; gone++) {
            // Within the time in which a look at the directory is not repeated.
            try (JournalReader reader = Journal.readOnly(copy)) {
                Files.delete(files.get(gone));
                final int[] first = {0};
                reader.poll((index, ns, type, body, offset, length) -> first[0] = FrameLayout.segment(index), 1);

                assertThat(first[0]).isEqualTo(gone + 2);
            }
        }
    }

    /** As an owner leaves it that dies before the first segment has its header. */
    private void leaveEmptySegment(final int number) throws IOException {
        final Path session = Files.createDirectory(folder.resolve(Names.session(number)));
        Files.write(session.resolve(Names.segment(number)), new byte[FrameLayout.HEADER_BYTES]);
    }

    @Test
    void shouldPassOverASegmentThatHoldsNothingWithoutAWord() throws IOException {
        Journal.open(folder, options).close();
        leaveEmptySegment(3);
        try (Journal journal = Journal.open(folder, options)) {
            append(journal);
        }
        leaveEmptySegment(6);
        try (Journal journal = Journal.open(folder, options)) {
            append(journal);
            final Records recovered = TestJournals.recover(journal);
            assertThat(recovered.skipped).isEmpty();
            assertThat(recovered.texts).isEqualTo(texts.subList(0, RECORDS));
        }

        final Records read = TestJournals.read(folder);

        assertThat(read.skipped).isEmpty();
        assertThat(read.texts).isEqualTo(texts);
    }

    @Test
    void shouldTellOfADeletedSegmentInFrontOfOneThatHoldsNothing() throws IOException {
        final Path deleted;
        try (Journal journal = Journal.open(folder, options, TestJournals.UNFORCED)) {
            while (TestJournals.segmentFiles(folder).size() < 2) {
                append(journal);
            }
            append(journal);
            deleted = TestJournals.segmentFiles(folder).get(1);
        }
        leaveEmptySegment(4);
        try (Journal journal = Journal.open(folder, options)) {
            append(journal);
        }
        try (JournalReader reader = Journal.readOnly(folder)) {
            reader.seek(FrameLayout.index(FrameLayout.segment(reader.position()) + 1, 0));
            Files.delete(deleted);

            final Records read = TestJournals.read(reader);

            assertThat(read.skipped).hasSize(1);
            assertThat(read.texts).isEqualTo(texts.subList(texts.size() - RECORDS, texts.size()));
        }
    }
}
