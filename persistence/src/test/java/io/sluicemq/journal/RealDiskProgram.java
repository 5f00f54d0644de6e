package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.journal.TestJournals.Records;
import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Fills a small file system to the last byte, and tries one that is mounted read-only. Ends with 0 if all is as it should be. */
final class RealDiskProgram {
    private static final String RECORD = "r".repeat(10_000);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path directory;
    private final Path ballast;
    private final JournalOptions options =
            TestJournals.small().compressAboveBytes(0).retainBytes(0).build();
    private final List<Long> appended = new ArrayList<>();

    private RealDiskProgram(final Path mount) {
        directory = mount.resolve("journal");
        ballast = mount.resolve("ballast");
    }

    public static void main(final String[] arguments) throws IOException {
        final RealDiskProgram program = new RealDiskProgram(Path.of(arguments[0]));
        program.fill();
        program.openInThePlaceOfWhatWasMadeAhead();
        program.refuseToOpen();
        program.goOnWithRoom();
        readOnly(Path.of(arguments[1]));
    }

    private void fillRest() throws IOException {
        final byte[] page = new byte[4096];
        try (OutputStream file = Files.newOutputStream(ballast)) {
            while (true) {
                file.write(page);
            }
        } catch (final IOException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
    }

    private void append(final Journal journal) {
        long index = TestJournals.append(journal, RECORD);
        while (index != Journal.FULL) {
            assertThat(index).isPositive();
            appended.add(index);
            index = TestJournals.append(journal, RECORD);
        }
    }

    private void fill() throws IOException {
        try (Journal journal = Journal.open(directory, options)) {
            journal.acknowledge("reader", Journal.NO_INDEX);
            append(journal);
            journal.sync();
            assertThat(appended).hasSizeGreaterThan(300);

            // What a reader lets go makes room.
            journal.acknowledge("reader", appended.get(appended.size() - 1));
            Await.until(LIMIT, () -> TestJournals.append(journal, RECORD) > 0, "room after an acknowledgement");
            appended.clear();
            journal.acknowledge("reader", Journal.NO_INDEX);
            try (JournalReader reader = journal.reader()) {
                appended.addAll(TestJournals.read(reader).indexes);
            }
            // In the middle of a segment, with the next one made.
            Await.until(LIMIT, () -> isMadeAhead(), "a segment made ahead");
            fillRest();
            journal.sync();
        }
    }

    private boolean isMadeAhead() {
        try {
            return !JournalDirectory.existing(directory).ahead().isEmpty();
        } catch (final IOException e) {
            return false;
        }
    }

    private void openInThePlaceOfWhatWasMadeAhead() throws IOException {
        try (Journal journal = Journal.open(directory, options)) {
            fillRest();
            append(journal);
            journal.sync();
            assertThat(journal.report().clean()).as("%s", journal.report()).isTrue();
        }
        fillRest();
    }

    private void refuseToOpen() {
        assertThatThrownBy(() -> Journal.open(directory, options))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("make room");
        shouldBeAll(TestJournals.read(directory));
    }

    private void shouldBeAll(final Records read) {
        assertThat(read.indexes.equals(appended))
                .as("read=%d, appended=%d", read.indexes.size(), appended.size())
                .isTrue();
        assertThat(read.skipped).isEmpty();
    }

    private void goOnWithRoom() throws IOException {
        Files.delete(ballast);
        try (Journal journal = Journal.open(directory, options)) {
            assertThat(journal.report().syncedDamaged()).isFalse();
            shouldBeAll(TestJournals.recover(journal));
            assertThat(TestJournals.append(journal, RECORD)).isPositive();
        }
    }

    private static void readOnly(final Path directory) {
        assertThatThrownBy(() -> Journal.open(directory, TestJournals.small().build()))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("directory=" + directory + " cannot be written to")
                .hasMessageContaining("Journal.readOnly");
        assertThatThrownBy(() -> Journal.open(
                        directory.resolve("new"), TestJournals.small().build()))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("cannot be made");
        assertThat(TestJournals.read(directory).texts).containsExactly("record");
    }
}
