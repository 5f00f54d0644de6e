package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.integration.robust.KillLog.Word;
import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A {@link KillProgram} in a JVM of its own. Used by one thread. */
final class KilledChild implements AutoCloseable {
    /** Exit code of a JVM that was killed, as the JDK tells it. */
    private static final int KILLED = 128 + 9;

    /** Exit code of a JVM that died at the point that it was given. */
    private static final int HALTED = 86;

    private final long run;
    private final Process process;
    private final Path output;
    private final Path logFile;
    private final KillLog log;
    private long endedNs;

    private KilledChild(
            final long run, final Process process, final Path output, final Path logFile, final KillLog log) {
        this.run = run;
        this.process = process;
        this.output = output;
        this.logFile = logFile;
        this.log = log;
    }

    /** Starts one that dies by itself at a point, or, if that is empty, when it is killed. */
    static KilledChild start(
            final Path folder,
            final String haltAt,
            final long run,
            final String role,
            final String side,
            final String at)
            throws IOException {
        final Path output = folder.resolve("output-" + run);
        final Path logFile = folder.resolve("log-" + run);
        final KillLog log = KillLog.open(logFile);
        final List<String> arguments = new ArrayList<>(
                List.of(ChildJvm.CLASS_PATH_FLAG, "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto", "-XX:-UsePerfData"));
        // The native library of quic has no class by which to find it.
        final boolean isQuic = at.startsWith("quic:");
        final String path = isQuic ? System.getProperty("java.class.path") : ChildJvm.testPath();
        if (isQuic) {
            arguments.add("--enable-native-access=ALL-UNNAMED");
        }
        arguments.addAll(List.of("-Dsluicemq.shm.halt=" + haltAt, "-cp", path));
        arguments.addAll(List.of(KillProgram.class.getName(), role, side, at));
        arguments.addAll(List.of(logFile.toString(), Long.toString(run)));
        return new KilledChild(run, ChildJvm.start(folder, output, arguments), output, logFile, log);
    }

    long run() {
        return run;
    }

    long get(final Word word) {
        return log.get(word);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** When it was killed, or was found dead. */
    long endedNs() {
        return endedNs;
    }

    /** Kills it, and gives once it is dead. */
    void kill() throws IOException, InterruptedException {
        endedNs = System.nanoTime();
        process.destroyForcibly();
        end(KILLED);
    }

    /** Waits until it dies by itself at its point. */
    void awaitHalt(final Duration limit) throws IOException, InterruptedException {
        final boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
        endedNs = System.nanoTime();
        assertThat(ended).as("run=%d died at its point: %s", run, outputText()).isTrue();
        end(HALTED);
    }

    private void end(final int expectedCode) throws IOException, InterruptedException {
        assertThat(process.waitFor()).as("end of run=%d: %s", run, outputText()).isEqualTo(expectedCode);
        assertThat(outputText()).as("what run=%d says", run).isEmpty();
    }

    /** Waits for a word in its log, as long as it lives. */
    void await(final Word word, final long least, final Duration limit) {
        Await.until(
                limit,
                () -> log.get(word) >= least || !process.isAlive(),
                "run=" + run + " comes to " + word + "=" + least);
    }

    private String outputText() throws IOException {
        try (Stream<String> lines = Files.lines(output, StandardCharsets.UTF_8)) {
            return lines.filter(line -> !line.startsWith("SLF4J")).collect(Collectors.joining("\n"));
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        log.close();
        Files.deleteIfExists(logFile);
    }
}
