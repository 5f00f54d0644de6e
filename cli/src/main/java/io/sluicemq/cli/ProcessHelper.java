package io.sluicemq.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs roles in a second JVM. It is told of a role by a line {@code ID WORD...} on its standard input and answers on its
 * standard output, {@code ID ok TEXT} or {@code ID failed TEXT}; the end of its input ends it.
 */
final class ProcessHelper implements DemoHelper {
    private static final long END_MS = 5_000;

    private final Process process;
    private final Writer requests;
    private final Map<String, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    /** Starts the JVM with more flags; it takes no certificate but one over TLS. */
    ProcessHelper(final String fingerprint, final String... flags) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of(
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                DemoPeerCommand.NAME,
                fingerprint));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        requests = process.outputWriter(StandardCharsets.UTF_8);
        final Thread reader = new Thread(this::read, "demo-answers");
        reader.setDaemon(true);
        reader.start();
    }

    @Override
    public CompletableFuture<String> start(final String... words) {
        final String id = Integer.toString(ids.incrementAndGet());
        final CompletableFuture<String> outcome = new CompletableFuture<>();
        waiting.put(id, outcome);
        try {
            synchronized (requests) {
                requests.write(id + ' ' + String.join(" ", words) + '\n');
                requests.flush();
            }
        } catch (final IOException e) {
            outcome.completeExceptionally(e);
        }
        return outcome;
    }

    /** Starts a role whose outcome does not matter. */
    @SuppressWarnings("FutureReturnValueIgnored")
    void startAndForget(final String... words) {
        start(words);
    }

    /** Ends the JVM as kill -9 does, and waits for its end. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    private void read() {
        try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                final String[] parts = line.split(" ", 3);
                final CompletableFuture<String> outcome = waiting.remove(parts[0]);
                if (outcome != null && parts[1].equals("ok")) {
                    outcome.complete(parts[2]);
                } else if (outcome != null) {
                    outcome.completeExceptionally(new CliException(ExitCodes.FAILURE, parts[2]));
                }
            }
        } catch (final IOException e) {
            // Told below to all who wait.
        }
        waiting.values()
                .forEach(outcome -> outcome.completeExceptionally(
                        new CliException(ExitCodes.FAILURE, "secondJvm=ended, limit=the end of the demo, see above")));
    }

    @Override
    public String place() {
        return "JVM " + process.pid();
    }

    @Override
    public void close() {
        try {
            requests.close();
            if (!process.waitFor(END_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (final IOException e) {
            process.destroyForcibly();
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
