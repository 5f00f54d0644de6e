package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.persistence.FaultProperty;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.IoUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes die at each place that matters, and at any moment; the next one finds all that its predecessors were told. Two journals at a
 * time, since most of the time is that of starts.
 */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
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
    private static final int JOURNALS = 2;
    private static final int RECORDS = 10_000;
    private static final int KILLED = 128 + 9;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MAX_START_MS = 600;
    private static final int MAX_RECORDS_A_LIFE = 10_000;

    @TempDir
    private Path folder;

    /** One journal, and the processes that own it one after the other. */
    private static final class Owners {
        private final Path home;
        private final Random random;
        private final MappedByteBuffer notes;
        private int kills;

        Owners(final Path home, final long seed) throws IOException {
            this.home = home;
            random = new Random(seed);
            notes = JournalKillProgram.map(home.resolve("notes"));
        }

        private Process start(final String halt, final int records) throws IOException {
            final List<String> command = new ArrayList<>(ChildJvm.command());
            command.add("-Duser.home=" + home);
            command.add("-D" + FaultPoints.PROPERTY + "=" + halt);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), JournalKillProgram.class.getName()));
            command.addAll(List.of(
                    home.resolve("journal").toString(), home.resolve("notes").toString()));
            command.addAll(List.of(Integer.toString(records), Long.toString(random.nextLong())));
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("output").toFile())
                    .start();
        }

        private void shouldEnd(final Process process, final String what, final int exitCode) throws Exception {
            try {
                assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .as(what)
                        .isTrue();
            } finally {
                process.toHandle().destroyForcibly();
            }
            assertThat(process.exitValue())
                    .as("%s: %s", what, Files.readString(home.resolve("output"), StandardCharsets.UTF_8))
                    .isEqualTo(exitCode);
        }

        /** At any moment of the start and the recovery, or some appends later. */
        private void awaitKill(final Process process) throws InterruptedException {
            if (random.nextInt(4) == 0) {
                process.waitFor(random.nextInt(MAX_START_MS), TimeUnit.MILLISECONDS);
                return;
            }
            final long records = JournalKillProgram.appended(notes) + random.nextInt(MAX_RECORDS_A_LIFE);
            Await.until(
                    LIMIT,
                    () -> JournalKillProgram.appended(notes) > records || !process.isAlive(),
                    "records=" + records);
        }

        /** Some die at a point, others at any moment, and the last one in its bed. */
        Owners run(final List<String> points, final int randomKills) throws Exception {
            for (final String point : points) {
                shouldEnd(start(point, RECORDS), point, FaultProperty.EXIT_CODE);
                kills++;
            }
            for (int kill = 0; kill < randomKills; kill++) {
                final Process process = start("", Integer.MAX_VALUE);
                awaitKill(process);
                process.toHandle().destroyForcibly();
                shouldEnd(process, "kill " + kill, KILLED);
                kills++;
            }
            shouldEnd(start("", 10), "the last one", 0);
            try (var entries = Files.list(home)) {
                assertThat(entries.map(Path::getFileName).map(Path::toString))
                        .as("nothing but ours in the home directory")
                        .containsExactlyInAnyOrder("journal", "notes", "output");
            }
            return this;
        }
    }

    @Test
    void shouldKeepWhatWasJournaledWhereverTheProcessDies() throws Exception {
        final Random random = new Random(Seed.next("journal kills"));
        final ExecutorService threads = Executors.newFixedThreadPool(JOURNALS);
        try {
            final List<Future<Owners>> running = new ArrayList<>();
            for (int i = 0; i < JOURNALS; i++) {
                final Path home = Files.createDirectory(folder.resolve("home" + i));
                final Owners owners = new Owners(home, random.nextLong());
                final int from = i * POINTS.size() / JOURNALS;
                final List<String> points = POINTS.subList(from, (i + 1) * POINTS.size() / JOURNALS);
                final int kills = (i + 1) * RANDOM_KILLS / JOURNALS - i * RANDOM_KILLS / JOURNALS;
                running.add(threads.submit(() -> owners.run(points, kills)));
            }
            int kills = 0;
            long records = 0;
            for (final Future<Owners> each : running) {
                final Owners owners = each.get();
                kills += owners.kills;
                records += JournalKillProgram.appended(owners.notes);
                IoUtil.unmap(owners.notes);
            }
            System.out.println("journal kills: kills=" + kills + " records=" + records + " lost=0");
        } finally {
            threads.shutdownNow();
        }
    }
}
