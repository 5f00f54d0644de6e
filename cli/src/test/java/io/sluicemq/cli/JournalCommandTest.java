package io.sluicemq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.journal.Journal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Looking into a journal, in real processes. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
final class JournalCommandTest {
    private static final int ORDER = 7;
    private static final int NOTE = 8;

    @TempDir
    private Path folder;

    private Path directory;
    private long third;

    @BeforeEach
    void writeJournal() {
        directory = folder.resolve("orders");
        try (Journal journal = Journal.open(directory)) {
            append(journal, ORDER, "one");
            append(journal, NOTE, "two\nlines");
            third = append(journal, ORDER, "three");
        }
        try (Journal journal = Journal.open(directory)) {
            append(journal, ORDER, "four");
        }
    }

    private static long append(final Journal journal, final int type, final String body) {
        final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return journal.append(type, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private SluiceProcess journal(final String command, final String... args) throws IOException {
        return SluiceProcess.start(
                folder,
                Stream.concat(Stream.of("journal", command, directory.toString()), Stream.of(args))
                        .toArray(String[]::new));
    }

    @Test
    void shouldListSegmentsWithWhatTheyHold() throws IOException, InterruptedException {
        try (SluiceProcess run = journal("ls", "--json")) {
            assertThat(run.exitCode()).isZero();
            final List<String> lines = run.outText().lines().toList();
            assertThat(lines).hasSize(2);
            assertThat(lines.get(0)).contains("\"records\":3,\"bodyBytes\":17,");
            assertThat(lines.get(1)).contains("\"records\":1,\"bodyBytes\":4,");
        }
    }

    @Test
    void shouldShowRecordsFromAnIndexOn() throws IOException, InterruptedException {
        try (SluiceProcess run = journal("dump", "--from", JournalIndex.text(third), "--count", "1")) {
            assertThat(run.exitCode()).isZero();
            assertThat(run.outText())
                    .startsWith(JournalIndex.text(third) + " 2")
                    .endsWith(" type=7 length=5 three\n");
        }
    }

    @Test
    void shouldReplayBodiesOfOneTypeAsLines() throws IOException, InterruptedException {
        try (SluiceProcess run = journal("replay", "--type", "7")) {
            assertThat(run.exitCode()).isZero();
            assertThat(run.outText()).isEqualTo("one\nthree\nfour\n");
        }
        try (SluiceProcess run = journal("replay", "--since", "2000-01-01T00:00:00Z", "--count", "2")) {
            assertThat(run.exitCode()).isZero();
            assertThat(run.outText()).isEqualTo("one\ntwo\\nlines\n");
            assertThat(run.errText()).contains("--format hex");
        }
    }

    @Test
    void shouldFollowWhatTheOwnerAppends() throws IOException, InterruptedException {
        try (Journal journal = Journal.open(directory);
                SluiceProcess run = journal("replay", "--follow", "--count", "6")) {
            append(journal, ORDER, "five");
            append(journal, ORDER, "six");
            assertThat(run.exitCode()).isZero();
            assertThat(run.outText()).endsWith("four\nfive\nsix\n");
        }
    }

    @Test
    void shouldNameWhatIsMissing() throws IOException, InterruptedException {
        try (SluiceProcess run = journal("verify")) {
            assertThat(run.exitCode()).isZero();
            assertThat(run.outText()).isEqualTo("records=4, bodyBytes=21, segments=2, gaps=0\n");
        }
        damage("three");
        try (SluiceProcess run = journal("verify")) {
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILURE);
            assertThat(run.outText())
                    .contains("missing from " + JournalIndex.text(third))
                    .contains("gaps=1\n");
        }
    }

    private void damage(final String body) throws IOException {
        final byte[] wanted = body.getBytes(StandardCharsets.UTF_8);
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                final byte[] bytes = Files.readAllBytes(file);
                final int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(body);
                if (at >= 0) {
                    try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
                        writer.seek(at);
                        writer.write(wanted[0] + 1);
                    }
                    return;
                }
            }
        }
        throw new AssertionError("no file holds " + body);
    }

    @Test
    void shouldSayThatThereIsNoJournal() throws IOException, InterruptedException {
        try (SluiceProcess run = SluiceProcess.start(folder, "journal", "ls", folder.toString())) {
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILURE);
            assertThat(run.errText()).contains(folder.toString()).doesNotContain("\tat ");
        }
    }

    @Test
    void shouldRefuseAnIndexOfAnotherForm() throws IOException, InterruptedException {
        try (SluiceProcess run = journal("dump", "--from", "first")) {
            assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(run.errText()).contains("first");
        }
    }
}
