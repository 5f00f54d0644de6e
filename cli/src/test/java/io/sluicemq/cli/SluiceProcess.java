package io.sluicemq.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command in a process of its own, from the class path of the tests. Killed by {@link #close} if it still runs. */
final class SluiceProcess implements AutoCloseable {
    private static final long LIMIT_S = 60;

    private final Process process;
    private final Captured out;
    private final Captured err;

    private SluiceProcess(final Process process) {
        this.process = process;
        this.out = new Captured(process.getInputStream());
        this.err = new Captured(process.getErrorStream());
    }

    static SluiceProcess start(final String... args) throws IOException {
        return start(Path.of(System.getProperty("java.io.tmpdir")), args);
    }

    /** Keeps its statistics file, or looks for others, in a folder of the test. */
    static SluiceProcess start(final Path temporaryFolder, final String... args) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // As the launcher does.
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporaryFolder,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        return new SluiceProcess(new ProcessBuilder(command).start());
    }

    /** An endpoint that was free a moment ago, for what has to connect before anybody binds. */
    static String freshEndpoint() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "tcp://127.0.0.1:" + socket.getLocalPort();
        }
    }

    /** Gives it its whole input. */
    SluiceProcess input(final byte[] bytes) throws IOException {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(bytes);
        }
        return this;
    }

    SluiceProcess input(final String text) throws IOException {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Gives it a part of its input. */
    SluiceProcess inputSoFar(final String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return this;
    }

    long pid() {
        return process.pid();
    }

    /** Asks it to end, as a shell does. */
    void terminate() {
        // The handle's, as that of the process would close the streams that are read here.
        process.toHandle().destroy();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + LIMIT_S + " s; standard error: " + err.text());
        }
        return process.exitValue();
    }

    byte[] out() throws InterruptedException {
        return out.all();
    }

    String outText() throws InterruptedException {
        return new String(out.all(), StandardCharsets.UTF_8);
    }

    String errText() throws InterruptedException {
        return new String(err.all(), StandardCharsets.UTF_8);
    }

    /** The endpoint that it says it listens on. */
    String endpoint() throws InterruptedException {
        return endpoint("listening on ");
    }

    /** What stands behind the words on standard error, to the end of the line. */
    String endpoint(final String words) throws InterruptedException {
        final String text = err.await(words);
        final int from = text.indexOf(words) + words.length();
        return text.substring(from, text.indexOf('\n', from));
    }

    /** What standard error has, once these words are there. */
    String errText(final String words) throws InterruptedException {
        return err.await(words);
    }

    /** Waits until standard error has so many lines with some words. */
    void awaitErr(final String words, final int lines) throws InterruptedException {
        err.await(words, lines);
    }

    /** Waits until standard output has a line with some words. */
    void awaitOut(final String words) throws InterruptedException {
        out.await(words);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** All bytes of a stream so far. */
    private static final class Captured {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread reader;
        private boolean ended;

        Captured(final InputStream stream) {
            reader = new Thread(() -> read(stream), "capture");
            reader.setDaemon(true);
            reader.start();
        }

        private void read(final InputStream stream) {
            final byte[] chunk = new byte[8192];
            try {
                for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
                    synchronized (this) {
                        bytes.write(chunk, 0, n);
                        notifyAll();
                    }
                }
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                synchronized (this) {
                    ended = true;
                    notifyAll();
                }
            }
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        /** The text once it has a whole line with the words. */
        String await(final String words) throws InterruptedException {
            return await(words, 1);
        }

        private synchronized String await(final String words, final int lines) throws InterruptedException {
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
            while (true) {
                final String text = text();
                if (text.lines().filter(line -> line.contains(words)).count() >= lines && text.endsWith("\n")) {
                    return text;
                }
                final long leftNs = deadlineNs - System.nanoTime();
                if (ended || leftNs <= 0) {
                    throw new AssertionError("words=" + words + " did not come, text=" + text);
                }
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
            }
        }

        byte[] all() throws InterruptedException {
            reader.join(TimeUnit.SECONDS.toMillis(LIMIT_S));
            synchronized (this) {
                return bytes.toByteArray();
            }
        }
    }
}
