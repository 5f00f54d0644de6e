package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * A disk whose power can be cut: ext4 in a file behind a loop device, mounted by one program at a time. The program is stopped, and a
 * copy of the file, which is what has reached the disk, is what the next one mounts. Takes root on Linux; tests are skipped without.
 */
public final class LoopDisk {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KILLED = 128 + 9;

    private final Path folder;
    private final Path mounted;
    private final Path output;
    private final String size;
    private Path image;
    private int images;

    /**
     * Needs {@link #format} before the first program.
     *
     * @param folder for its files.
     * @param size of the disk, as {@code truncate} takes it; the file has holes.
     */
    public LoopDisk(final Path folder, final String size) throws IOException {
        this.folder = folder;
        this.size = size;
        mounted = Files.createDirectory(folder.resolve("mounted"));
        output = folder.resolve("output");
    }

    /** Begins with an empty file system; the test is skipped where that, or to mount it, cannot be done. */
    public void format() throws Exception {
        image = nextImage();
        PrivateMounts.assume(
                folder, "truncate -s " + size + " " + image + "\nmkfs.ext4 -q -F " + image + "\n" + mount());
    }

    private Path nextImage() {
        return folder.resolve("image" + images++);
    }

    private String mount() {
        return "mount -o loop,commit=300 " + image + " " + mounted;
    }

    /**
     * Where programs see the disk.
     *
     * @param name of a file or directory on it.
     * @return its path, for programs that were started here.
     */
    public String path(final String name) {
        return mounted.resolve(name).toString();
    }

    /**
     * Starts a program that sees the disk.
     *
     * @param program with a main method.
     * @param arguments of the program.
     */
    public Process start(final Class<?> program, final String... arguments) throws IOException {
        return PrivateMounts.start(output, mount(), PrivateMounts.jvm(program, arguments));
    }

    /** Waits for the end of a program; what it has told is to be seen then. */
    public static int exitCode(final Process process) throws InterruptedException {
        return PrivateMounts.exitCode(process);
    }

    /** Cuts the power while the program runs. What was forced to the disk is there for the next one. */
    public void cut(final Process process) throws Exception {
        final Path left = nextImage();
        try {
            assertThat(process.isAlive()).as("%s", told()).isTrue();
            run("kill", "-STOP", Long.toString(process.pid()));
            Await.until(LIMIT, () -> isStopped(process.pid()), "all threads stopped");
            run("cp", "--sparse=always", image.toString(), left.toString());
        } finally {
            process.toHandle().destroyForcibly();
        }
        assertThat(exitCode(process)).isEqualTo(KILLED);
        Files.delete(image);
        image = left;
    }

    private static void run(final String... command) throws Exception {
        assertThat(new ProcessBuilder(command).start().waitFor())
                .as("%s", String.join(" ", command))
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

    /** What the last program has written, on standard output and error. */
    public String told() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
