package io.sluicemq.testkit.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * libzmq in a process of its own, driven through its Python binding. The interpreter is {@code /usr/bin/python3}, or what the
 * system property {@value #PYTHON_PROPERTY} says. Any thread may call.
 */
public final class LibzmqPeer implements ZmqPeer {

    /** System property that names the Python interpreter. */
    public static final String PYTHON_PROPERTY = "sluicemq.python";

    private static final String DEFAULT_PYTHON = "/usr/bin/python3";
    private static final String SCRIPT = "libzmq_peer.py";
    private static final Duration VERB_TIMEOUT = Duration.ofSeconds(10);
    private static final long EXIT_LIMIT_MS = 10_000;
    private static final int STDERR_TAIL_CHARS = 4_000;

    private final Path folder;
    private final Process process;
    private final Writer stdin;
    private final BufferedReader stdout;
    private final Thread reader;
    private final Map<String, CompletableFuture<String>> pending = new ConcurrentHashMap<>();
    private final AtomicLong requestIds = new AtomicLong();
    private final AtomicInteger socketIds = new AtomicInteger();
    private volatile String endOfOutput;

    private LibzmqPeer(final Path folder) throws IOException {
        this.folder = folder;
        final Path script = folder.resolve(SCRIPT);
        try (InputStream resource = LibzmqPeer.class.getResourceAsStream(SCRIPT)) {
            Files.copy(resource, script);
        }
        process = new ProcessBuilder(python(), "-u", script.toString())
                .directory(folder.toFile())
                .redirectError(stderrFile().toFile())
                .start();
        stdin = process.outputWriter(StandardCharsets.UTF_8);
        stdout = process.inputReader(StandardCharsets.UTF_8);
        reader = new Thread(this::readAnswers, "libzmq-peer-reader-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a process and waits until it answers.
     *
     * @return the running peer.
     * @throws PeerException when Python or its binding of libzmq is missing or does not start.
     */
    public static LibzmqPeer start() {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("sluicemq-libzmq-peer-");
            final LibzmqPeer peer = new LibzmqPeer(folder);
            peer.awaitStart();
            return peer;
        } catch (final IOException e) {
            deleteFolder(folder);
            throw new PeerException("libzmq: cannot start " + python() + ", " + LibzmqProbe.HOW_TO_INSTALL, e);
        }
    }

    /**
     * Whether Python and its binding of libzmq are there. Asked once per JVM.
     *
     * @return true when {@link #start()} should work.
     */
    public static boolean isAvailable() {
        return LibzmqProbe.problem() == null;
    }

    static String python() {
        return System.getProperty(PYTHON_PROPERTY, DEFAULT_PYTHON);
    }

    @Override
    public String name() {
        return "libzmq";
    }

    /**
     * Versions in use.
     *
     * @return of libzmq and of its Python binding, with a blank between.
     */
    public String version() {
        return call("version", VERB_TIMEOUT).awaitText();
    }

    @Override
    public PeerSocket open(final PeerSocketType type) {
        final String key = "s" + socketIds.incrementAndGet();
        call("open " + key + " " + type + " " + DEFAULT_LINGER_MS, VERB_TIMEOUT).awaitText();
        return new LibzmqSocket(this, key, type);
    }

    /**
     * Process id, for signals and for /proc.
     *
     * @return the id, which the system may give to another process after the end of this one.
     */
    public long pid() {
        return process.pid();
    }

    /**
     * Whether the process runs.
     *
     * @return false after its end.
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process as {@code kill -9} does and waits for its end; its sockets are reset or closed by the kernel. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                write("exit");
            }
            if (!awaitExit()) {
                kill();
            }
            stdin.close();
        } catch (final IOException | PeerException e) {
            kill();
        } finally {
            releaseReader();
            deleteFolder(folder);
        }
    }

    /** Starts a verb; the answer's words end up in the task. */
    PeerTask call(final String verbAndWords, final Duration timeout) {
        final String request = Long.toString(requestIds.incrementAndGet());
        final CompletableFuture<String> answer = new CompletableFuture<>();
        pending.put(request, answer);
        if (endOfOutput == null) {
            write(request + " " + verbAndWords);
        }
        if (endOfOutput != null) {
            failPending();
        }
        return new PeerTask("libzmq: " + abbreviate(verbAndWords), answer, timeout, this::diagnosis);
    }

    private void awaitStart() {
        try {
            version();
        } catch (final PeerException e) {
            close();
            throw e;
        }
    }

    private void write(final String line) {
        try {
            synchronized (stdin) {
                stdin.write(line);
                stdin.write('\n');
                stdin.flush();
            }
        } catch (final IOException e) {
            throw new PeerException("libzmq: cannot write to the peer; " + diagnosis(), e);
        }
    }

    private void readAnswers() {
        String reason = "the peer closed its output";
        try {
            for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
                complete(line);
            }
        } catch (final IOException | RuntimeException e) {
            reason = "the peer's output ended with " + e;
        }
        endOfOutput = reason;
        failPending();
    }

    private void complete(final String line) {
        final String[] parts = line.split(" ", 3);
        final CompletableFuture<String> answer = pending.remove(parts[0]);
        if (answer == null) {
            return;
        }
        final String words = parts.length == 3 ? parts[2] : "";
        if ("ok".equals(parts[1])) {
            answer.complete(words);
        } else {
            answer.completeExceptionally(new PeerException(new String(PeerHex.bytes(words), StandardCharsets.UTF_8)));
        }
    }

    private void failPending() {
        // A future that two threads complete takes the first; what stays in the map is done and harmless.
        pending.values().forEach(answer -> answer.completeExceptionally(new PeerException(endOfOutput)));
    }

    private boolean awaitExit() {
        try {
            return process.waitFor(EXIT_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return true;
        }
    }

    private void releaseReader() {
        try {
            reader.join(EXIT_LIMIT_MS);
            stdout.close();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path stderrFile() {
        return folder.resolve("stderr");
    }

    private String diagnosis() {
        final String state = process.isAlive() ? "running" : "exit=" + process.exitValue();
        return "pid=" + process.pid() + " " + state + " stderr=[" + stderrTail() + "]";
    }

    private String stderrTail() {
        try {
            final String text = Files.readString(stderrFile()).strip();
            return text.substring(Math.max(0, text.length() - STDERR_TAIL_CHARS));
        } catch (final IOException e) {
            return "unreadable: " + e;
        }
    }

    private static String abbreviate(final String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "... (chars=" + text.length() + ")";
    }

    private static void deleteFolder(final Path folder) {
        if (folder == null) {
            return;
        }
        try {
            Files.deleteIfExists(folder.resolve(SCRIPT));
            Files.deleteIfExists(folder.resolve("stderr"));
            Files.deleteIfExists(folder);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot remove folder=" + folder, e);
        }
    }
}
