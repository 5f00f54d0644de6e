package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that start at the same paths, and die. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class UnixRaceTest {
    private static final int PATHS = 300;

    /** Both children begin at a multiple of it, most often at the same one. */
    private static final long STEP_MS = 200;

    @TempDir
    private Path folder;

    private final List<Process> children = new ArrayList<>();

    /** Binds to each path of a folder that it gets, says how many it got, and holds them until its input ends. */
    static final class Child {
        private Child() {}

        public static void main(final String[] arguments) throws IOException {
            final PrintStream out =
                    new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
            out.println("ready");
            System.in.read();
            final List<UnixListener> won = new ArrayList<>();
            final long startMs = (System.currentTimeMillis() / STEP_MS + 1) * STEP_MS;
            for (int i = 0; i < PATHS; i++) {
                // By the clock of the machine, so that two processes come to the same path at once.
                while (System.currentTimeMillis() < startMs + i * 2L) {
                    Thread.onSpinWait();
                }
                try {
                    won.add(UnixListener.bind(
                            new UnixPath(Path.of(arguments[0], "p" + i)),
                            PosixFilePermissions.fromString("rw-------"),
                            1));
                } catch (final IOException e) {
                    if (!e.getMessage().contains("other")) {
                        throw e;
                    }
                }
            }
            out.println(won.size());
            System.in.read();
            won.forEach(UnixListener::close);
        }
    }

    private Process start() throws IOException {
        final Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        children.add(child);
        return child;
    }

    @AfterEach
    void end() {
        children.forEach(Process::destroyForcibly);
    }

    private static void go(final Process child) throws IOException {
        child.getOutputStream().write('\n');
        child.getOutputStream().flush();
    }

    private static BufferedReader output(final Process child) {
        return new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII));
    }

    @Test
    void shouldGiveEachStalePathToOneOfTwoProcesses() throws Exception {
        for (int i = 0; i < PATHS; i++) {
            ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    .bind(UnixDomainSocketAddress.of(folder.resolve("p" + i)))
                    .close();
        }
        final Process first = start();
        final Process second = start();
        final BufferedReader firstOutput = output(first);
        final BufferedReader secondOutput = output(second);
        assertThat(firstOutput.readLine()).isEqualTo("ready");
        assertThat(secondOutput.readLine()).isEqualTo("ready");

        go(first);
        go(second);
        final int firstWon = Integer.parseInt(firstOutput.readLine());
        final int secondWon = Integer.parseInt(secondOutput.readLine());

        assertThat(firstWon + secondWon).isEqualTo(PATHS);
        go(first);
        go(second);
        first.waitFor();
        second.waitFor();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldTakeOverFromAKilledProcess() throws Exception {
        final Process child = start();
        go(child);
        final BufferedReader childOutput = output(child);
        assertThat(childOutput.readLine()).isEqualTo("ready");
        assertThat(childOutput.readLine()).isEqualTo(Integer.toString(PATHS));

        child.destroyForcibly().waitFor();
        final List<UnixListener> taken = new ArrayList<>();
        for (int i = 0; i < PATHS; i++) {
            taken.add(UnixListener.bind(
                    new UnixPath(folder.resolve("p" + i)), PosixFilePermissions.fromString("rw-------"), 1));
        }

        assertThat(taken).hasSize(PATHS);
        taken.forEach(UnixListener::close);
    }
}
