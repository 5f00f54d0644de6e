package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes die at each place that matters, and at any moment; the next one finds all that its predecessors were told. */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
final class JournalKillTest {
    private static final List<String> POINTS = List.of(
            "before-append:100",
            "in-append:700",
            "after-append:333",
            "after-sync:20",
            "before-roll:2",
            "after-roll:2",
            "in-make:2",
            "after-make:3",
            "in-checkpoint:3",
            "before-delete:1",
            "in-recovery:1");
    private static final int RANDOM_KILLS = TestJournals.LONG ? 189 : 4;
    private static final int RECORDS = 10_000;
    private static final int KILLED = 128 + 9;

    @TempDir
    private Path folder;

    private Path output;

    private Process start(final String halt, final long seed, final int records) throws IOException {
        output = folder.resolve("output");
        final List<String> command = new ArrayList<>(ChildJvm.command());
        command.add("-Duser.home=" + folder);
        command.add("-D" + FaultPoints.PROPERTY + "=" + halt);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), JournalKillProgram.class.getName()));
        command.addAll(List.of(
                folder.resolve("journal").toString(), folder.resolve("notes").toString()));
        command.addAll(List.of(Integer.toString(records), Long.toString(seed)));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    @Test
    void shouldKeepWhatWasJournaledWhereverTheProcessDies() throws Exception {
        final Random random = new Random(Seed.next("journal kills"));
        for (final String point : POINTS) {
            final Process process = start(point, random.nextLong(), RECORDS);
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue())
                    .as("%s: %s", point, Files.readString(output, StandardCharsets.UTF_8))
                    .isEqualTo(FaultPoints.EXIT_CODE);
        }
        for (int kill = 0; kill < RANDOM_KILLS; kill++) {
            final Process process = start("", random.nextLong(), 1_000_000);
            if (!process.waitFor(300 + random.nextInt(700), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue())
                    .as("%s", Files.readString(output, StandardCharsets.UTF_8))
                    .isEqualTo(KILLED);
        }

        final Process last = start("", random.nextLong(), 10);
        assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue())
                .as("%s", Files.readString(output, StandardCharsets.UTF_8))
                .isZero();
        try (var entries = Files.list(folder)) {
            assertThat(entries.map(Path::getFileName).map(Path::toString))
                    .as("nothing but ours in the home directory")
                    .containsExactlyInAnyOrder("journal", "notes", "output");
        }
    }
}
