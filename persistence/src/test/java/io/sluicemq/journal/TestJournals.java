package io.sluicemq.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What tests of journals share. */
final class TestJournals {
    static final int SEGMENT_BYTES = JournalOptions.MIN_SEGMENT_BYTES;
    static final boolean LONG = Boolean.getBoolean("sluicemq.long");

    /** Forces nothing, where a test only looks at bytes. */
    static final Disk UNFORCED = new Disk() {
        @Override
        void force(final Path file, final FileChannel channel) {
            // Nothing.
        }

        @Override
        void forceDirectory(final Path directory) {
            // Nothing.
        }
    };

    private TestJournals() {}

    /** Small segments, and no bound of free space, since a test may run on a small disk. */
    static JournalOptions.Builder small() {
        return JournalOptions.builder().segmentBytes(SEGMENT_BYTES).minFreeBytes(0);
    }

    static UnsafeBuffer bytes(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    static long append(final Journal journal, final String text) {
        final UnsafeBuffer body = bytes(text);
        return journal.append(text.length(), body, 0, body.capacity());
    }

    static String text(final DirectBuffer buffer, final int offset, final int length) {
        return buffer.getStringWithoutLengthUtf8(offset, length);
    }

    /** Everything that a reader gets, up to the end. */
    static Records read(final JournalReader reader) {
        final Records records = new Records();
        int polled;
        do {
            polled = reader.poll(records, 1000);
        } while (polled > 0);
        return records;
    }

    /** Everything that there is, without opening the journal. */
    static Records read(final Path directory) {
        try (JournalReader reader = Journal.readOnly(directory)) {
            return read(reader);
        }
    }

    /** Everything that recovery hands over. */
    static Records recover(final Journal journal) {
        final Records records = new Records();
        journal.recover(records);
        return records;
    }

    /** What a process that is killed now would leave behind. */
    static void copy(final Path from, final Path to) {
        try {
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(final Path directory, final BasicFileAttributes attributes)
                        throws IOException {
                    Files.createDirectories(
                            to.resolve(from.relativize(directory).toString()));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes)
                        throws IOException {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(final Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of the segments, by number. */
    static List<Path> segmentFiles(final Path directory) {
        try {
            return JournalDirectory.existing(directory).segments().stream()
                    .map(Segment::path)
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Remembers what it is handed. */
    static final class Records implements RecordHandler {
        final List<Long> indexes = new ArrayList<>();
        final List<String> texts = new ArrayList<>();
        final List<String> checkpoint = new ArrayList<>();
        final List<long[]> skipped = new ArrayList<>();
        final List<Long> times = new ArrayList<>();

        @Override
        public void onRecord(
                final long index,
                final long epochNs,
                final int type,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            indexes.add(index);
            times.add(epochNs);
            texts.add(text(buffer, offset, length));
        }

        @Override
        public void onCheckpoint(
                final long index,
                final long epochNs,
                final int type,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            checkpoint.add(text(buffer, offset, length));
        }

        @Override
        public void onSkipped(final long fromIndex, final long toIndex) {
            skipped.add(new long[] {fromIndex, toIndex});
        }
    }
}
