package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is said at once, with what to do, and nothing is touched or left open. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class JournalErrorsTest {
    @TempDir
    private Path folder;

    private final JournalOptions options = TestJournals.small().build();

    private String outputOf(final List<String> jvm, final Class<?> program, final String... arguments)
            throws Exception {
        final Path output = folder.resolve("output");
        final List<String> command = new ArrayList<>(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isNotZero();
        return Files.readString(output);
    }

    private String[] killProgram(final Path directory) {
        return new String[] {directory.toString(), folder.resolve("notes").toString(), "1", "1"};
    }

    @Test
    void shouldRefuseASecondOwnerInThisProcess() {
        try (Journal journal = Journal.open(folder, options)) {
            assertThatThrownBy(() -> Journal.open(folder, options))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("directory=" + folder)
                    .hasMessageContaining("open in this process already");
            assertThat(TestJournals.append(journal, "still works")).isPositive();
        }

        Journal.open(folder, options).close();
    }

    @Test
    void shouldRefuseASecondOwnerInAnotherProcess() throws Exception {
        final Path directory = folder.resolve("journal");
        try (Journal journal = Journal.open(directory, options)) {
            final String output = outputOf(ChildJvm.command(), JournalKillProgram.class, killProgram(directory));

            assertThat(output)
                    .contains("directory=" + directory + " is open in another process, pid="
                            + ProcessHandle.current().pid());
            assertThat(TestJournals.append(journal, "still works")).isPositive();
        }
    }

    @Test
    void shouldRefuseAnotherProcessAfterASecondOpenInThisOne() throws Exception {
        final Path directory = folder.resolve("journal");
        final Path link = Files.createSymbolicLink(folder.resolve("link"), directory);
        try (Journal journal = Journal.open(directory, options)) {
            assertThatThrownBy(() -> Journal.open(directory, options)).hasMessageContaining("in this process already");
            assertThatThrownBy(() -> Journal.open(link, options)).hasMessageContaining("in this process already");

            final String output = outputOf(ChildJvm.command(), JournalKillProgram.class, killProgram(directory));

            assertThat(output).contains("directory=" + directory + " is open in another process");
            assertThat(TestJournals.append(journal, "still works")).isPositive();
        }
    }

    @Test
    void shouldForgetNoNamedReaderWhenSegmentsBecomeTooSmallForAll() {
        final int names = 1500;
        final String padding = "n".repeat(200);
        final JournalOptions large =
                JournalOptions.builder().segmentBytes(16 << 20).minFreeBytes(0).build();
        try (Journal journal = Journal.open(folder, large)) {
            for (int i = 0; i < names; i++) {
                journal.acknowledge(padding + i, i);
            }
        }

        assertThatThrownBy(() -> Journal.open(folder, options))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("larger segmentBytes");
        try (Journal journal = Journal.open(folder, large)) {
            for (int i = 0; i < names; i++) {
                assertThat(journal.position(padding + i)).isEqualTo(i);
            }
        }
    }

    @Test
    void shouldNameTheFlagsThatAreMissing() throws Exception {
        final String output =
                outputOf(ChildJvm.bare(), JournalKillProgram.class, killProgram(folder.resolve("journal")));

        assertThat(output)
                .contains("IllegalStateException: the journal needs JVM flags that are missing")
                .contains("--add-exports java.base/sun.nio.ch=ALL-UNNAMED")
                .contains("--add-opens java.base/java.lang.reflect=ALL-UNNAMED")
                .contains("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED")
                .doesNotContain("net.openhft");
    }

    @Test
    void shouldLeaveADirectoryOfAnotherKindAlone() throws Exception {
        final Path foreign = folder.resolve("photo.jpg");
        Files.writeString(foreign, "not ours");

        assertThatThrownBy(() -> Journal.open(folder, options))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("photo.jpg")
                .hasMessageContaining("empty directory");
        assertThat(foreign).hasContent("not ours");
        assertThatThrownBy(() -> Journal.readOnly(folder))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("holds no journal");
    }

    @Test
    void shouldWorkBesideFilesThatComeLater() throws Exception {
        Journal.open(folder, options).close();
        final Path foreign = folder.resolve("notes.txt");
        Files.writeString(foreign, "not ours");

        try (Journal journal = Journal.open(folder, options)) {
            TestJournals.append(journal, "works");
        }

        assertThat(foreign).hasContent("not ours");
    }

    @Test
    void shouldOpenBesideASessionThatCannotBeDeleted() throws Exception {
        Journal.open(folder, options).close();
        final Path foreign =
                Files.createDirectories(folder.resolve(Names.session(2)).resolve("photos"));
        Files.writeString(foreign.resolve("photo.jpg"), "not ours");

        for (int open = 0; open < 2; open++) {
            try (Journal journal = Journal.open(folder, options)) {
                assertThat(TestJournals.append(journal, "works")).isPositive();
            }
        }

        assertThat(foreign.resolve("photo.jpg")).hasContent("not ours");
    }

    @Test
    void shouldRefuseAnotherFormat() throws Exception {
        Journal.open(folder, options).close();
        final Path marker = folder.resolve(Names.MARKER);
        final String text = Files.readString(marker);
        Files.writeString(marker, text.replace("sluicemq-journal 1", "sluicemq-journal 9"));

        assertThatThrownBy(() -> Journal.open(folder, options))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("format=sluicemq-journal 9, limit=sluicemq-journal 1")
                .hasMessageContaining("version of the library that wrote it");
    }

    @Test
    void shouldPutADamagedMarkerRightByTheSegments() throws Exception {
        final Path marker = folder.resolve(Names.MARKER);
        final UUID id;
        try (Journal journal = Journal.open(folder, options)) {
            TestJournals.append(journal, "kept");
            id = journal.id();
        }
        final String whole = Files.readString(marker);
        final List<String> damaged = List.of(
                "",
                "\0".repeat(whole.length()),
                "sluicemq-journal 1\nid nonsense\n",
                "sluicemq-journal 1\n",
                whole.substring(0, whole.length() - 5),
                "sluicemq-journal 1\nid " + UUID.randomUUID() + "\n");
        for (final String text : damaged) {
            Files.writeString(marker, text);
            assertThat(TestJournals.read(folder).texts).as(text).contains("kept");
            assertThat(marker).hasContent(text);

            try (Journal journal = Journal.open(folder, options)) {
                assertThat(journal.id()).isEqualTo(id);
                assertThat(TestJournals.recover(journal).texts).as(text).startsWith("kept");
                TestJournals.append(journal, "next");
            }
            assertThat(marker).hasContent(whole);
        }
    }

    @Test
    void shouldSayWhatToDoAboutADamagedMarkerThatNoSegmentPutsRight() throws Exception {
        Files.writeString(folder.resolve(Names.MARKER), "\0\0\0");

        assertThatThrownBy(() -> Journal.open(folder, options))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(Names.MARKER + " is damaged, ids in the segments=0, limit=1")
                .hasMessageContaining("empty directory");
    }

    /** Reads a journal, and says how many records it has. */
    static final class ReadProgram {
        public static void main(final String[] arguments) {
            try (JournalReader reader = Journal.readOnly(Path.of(arguments[0]))) {
                throw new IllegalArgumentException(
                        "records=" + TestJournals.read(reader).texts.size());
            }
        }
    }

    @Test
    void shouldReadWithTheOneFlagThatReadersNeedAndNameItWithout() throws Exception {
        final Path directory = folder.resolve("journal");
        try (Journal journal = Journal.open(directory, options)) {
            TestJournals.append(journal, "record");
        }
        final List<String> flagged = new ArrayList<>(ChildJvm.bare());
        flagged.add("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");

        assertThat(outputOf(ChildJvm.bare(), ReadProgram.class, directory.toString()))
                .contains("IllegalStateException: a reader of a journal needs a JVM flag that is missing")
                .contains("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
        assertThat(outputOf(flagged, ReadProgram.class, directory.toString())).contains("records=1");
    }

    @Test
    void shouldSayThatADirectoryCannotBeMade() {
        assertThatThrownBy(() -> Journal.open(Path.of("/proc/journal"), options))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("directory=/proc/journal cannot be made");
    }

    @Test
    void shouldSayThatADirectoryIsReadOnly() throws Exception {
        final Path directory = Files.createDirectory(folder.resolve("read-only"));
        assumeTrue(directory.toFile().setWritable(false) && !Files.isWritable(directory), "root may write anywhere");

        assertThatThrownBy(() -> Journal.open(directory, options))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("cannot be written to");
    }

    @Test
    void shouldRefuseOptionsOutOfRange() {
        assertThatThrownBy(() -> JournalOptions.builder().segmentBytes(1000).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("segmentBytes=1000, limit=1 MiB to 1 GiB");
        assertThatThrownBy(() ->
                        JournalOptions.builder().segmentBytes((1 << 20) + 1).build())
                .hasMessageContaining("multiple of 64 KiB");
        assertThatThrownBy(() -> JournalOptions.builder().maxBytes(1).build())
                .hasMessageContaining("maxBytes=1, limit=" + 3L * (64 << 20));
        assertThatThrownBy(() -> JournalOptions.builder().compressAboveBytes(-1).build())
                .hasMessageContaining("compressAboveBytes=-1");
        assertThatThrownBy(() -> JournalOptions.builder().minFreeBytes(-1).build())
                .hasMessageContaining("minFreeBytes=-1");
    }
}
