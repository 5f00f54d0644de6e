package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power cuts of a real file system: ext4 lies in a file behind a loop device, the process is stopped, and a copy of that file, which
 * is what has reached the disk, is mounted for the next process.
 */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class LoopCutTest {
    private static final int CUTS = TestJournals.LONG ? 50 : 1;
    private static final int CUTS_NOT_FORCED = TestJournals.LONG ? 5 : 1;
    private static final int MAX_SYNCS = 40;
    private static final String IMAGE_BYTES = "64M";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KILLED = 128 + 9;

    @TempDir
    private Path folder;

    private Path mounted;
    private Path notesFile;
    private Path output;
    private MappedByteBuffer notes;
    private int images;

    @BeforeEach
    void makeFiles() throws IOException {
        mounted = Files.createDirectory(folder.resolve("mounted"));
        notesFile = folder.resolve("notes");
        output = folder.resolve("output");
        notes = LoopCutProgram.map(notesFile);
    }

    /** Formatted; the test is skipped where that, or to mount it, cannot be done. */
    private Path newImage() throws Exception {
        final Path image = folder.resolve("image" + images++);
        PrivateMounts.assume(
                folder,
                "truncate -s " + IMAGE_BYTES + " " + image + "\nmkfs.ext4 -q -F " + image + "\n" + mount(image));
        return image;
    }

    private String mount(final Path image) {
        return "mount -o loop,commit=300 " + image + " " + mounted;
    }

    private Process start(final Path image, final boolean forces, final int records) throws IOException {
        return PrivateMounts.start(
                output,
                mount(image),
                PrivateMounts.jvm(
                        LoopCutProgram.class,
                        mounted.resolve("journal").toString(),
                        notesFile.toString(),
                        Boolean.toString(forces),
                        Integer.toString(records)));
    }

    /** Cuts the power some syncs later; answers what the disk has then. */
    private Path runAndCut(final Path image, final boolean forces, final Random random) throws Exception {
        final long syncs = notes.getLong(LoopCutProgram.SYNCS) + 1 + random.nextInt(MAX_SYNCS);
        final Path left = folder.resolve("image" + images++);
        final Process process = start(image, forces, Integer.MAX_VALUE);
        try {
            Await.until(
                    LIMIT,
                    () -> notes.getLong(LoopCutProgram.SYNCS) >= syncs || !process.isAlive(),
                    "syncs=" + syncs + ", of " + notes.getLong(LoopCutProgram.SYNCS));
            assertThat(process.isAlive()).as("%s", told()).isTrue();
            signal(process, "-STOP");
            Await.until(LIMIT, () -> isStopped(process.pid()), "all threads stopped");
            assertThat(new ProcessBuilder("cp", "--sparse=always", image.toString(), left.toString())
                            .start()
                            .waitFor())
                    .isZero();
        } finally {
            process.toHandle().destroyForcibly();
        }
        assertThat(PrivateMounts.exitCode(process)).isEqualTo(KILLED);
        Files.delete(image);
        return left;
    }

    private static void signal(final Process process, final String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** A force that is under way ends first, so that nothing is written while the disk is copied. */
    private static boolean isStopped(final long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (final Path thread : threads.toList()) {
                final String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (final IOException e) {
            // A thread has ended since.
            return false;
        }
    }

    private String told() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Test
    void shouldKeepWhatWasSyncedOnARealFileSystem() throws Exception {
        Path image = newImage();
        final Random random = new Random(Seed.next("loop cuts"));
        for (int cut = 0; cut < CUTS; cut++) {
            image = runAndCut(image, true, random);
        }

        final Process last = start(image, true, 1);

        assertThat(PrivateMounts.exitCode(last)).as("%s", told()).isZero();
        System.out.println("loop cuts: cuts=" + CUTS + " syncs=" + notes.getLong(LoopCutProgram.SYNCS) + " synced="
                + notes.getLong(LoopCutProgram.SYNCED) + " beyond=" + notes.getLong(LoopCutProgram.BEYOND) + " lost=0");
    }

    /** Nothing would be shown by the test above if it could not fail. */
    @Test
    void shouldLoseSyncedRecordsOnARealFileSystemWhenForcingDoesNothing() throws Exception {
        final Random random = new Random(Seed.next("loop cuts, not forced"));
        int lost = 0;
        for (int cut = 0; cut < CUTS_NOT_FORCED; cut++) {
            notes.putLong(LoopCutProgram.SYNCED, 0);
            final Path left = runAndCut(newImage(), false, random);
            final int exitCode = PrivateMounts.exitCode(start(left, true, 1));
            lost += exitCode == 0 ? 0 : 1;
            assertThat(exitCode == 0 || told().contains(LoopCutProgram.LOST))
                    .as("%s", told())
                    .isTrue();
        }
        System.out.println("loop cuts, not forced: cuts=" + CUTS_NOT_FORCED + " cuts that lost=" + lost);

        assertThat(lost).isPositive();
    }
}
