package io.sluicemq.testkit.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real MQTT broker, Mosquitto, on a free loopback port and with a private folder. Any thread may call; one at a time.
 *
 * <p>It keeps its data in memory and writes them when it is stopped, or told to by {@link #persistNow}: what it acknowledged since
 * is lost by a {@link #kill}.
 */
public final class MosquittoBroker implements AutoCloseable {

    /** System property that names the program. */
    public static final String PROGRAM_PROPERTY = "sluicemq.mosquitto";

    private static final String DEFAULT_PROGRAM = "/usr/sbin/mosquitto";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int START_ATTEMPTS = 5;
    private static final int CONNECT_LIMIT_MS = 1_000;
    private static final String DATABASE = "mosquitto.db";

    private final Path folder;
    private int port;
    private Process process;

    private MosquittoBroker(final Path folder) {
        this.folder = folder;
    }

    /**
     * Starts a broker without data and waits until it takes connections.
     *
     * @return the running broker.
     * @throws PeerException when the program is missing or does not start.
     */
    public static MosquittoBroker start() {
        MosquittoBroker broker = null;
        try {
            broker = new MosquittoBroker(Files.createTempDirectory("sluicemq-mosquitto-"));
            // Between the choice of a free port and its use, another process may take it.
            for (int attempt = 1; !broker.tryStart(freePort()); attempt++) {
                if (attempt == START_ATTEMPTS) {
                    throw new PeerException("mosquitto: does not start; " + broker.log());
                }
            }
            return broker;
        } catch (final IOException | RuntimeException | AssertionError e) {
            if (broker != null) {
                broker.close();
            }
            throw e instanceof PeerException known
                    ? known
                    : new PeerException("mosquitto: cannot start " + program() + ", install the package mosquitto", e);
        }
    }

    /**
     * Starts the broker again on its port, with the data that it wrote last.
     *
     * @throws PeerException when it runs, or does not start.
     */
    public void restart() {
        try {
            if (process.isAlive() || !tryStart(port)) {
                throw new PeerException("mosquitto: does not start again; " + log());
            }
        } catch (final IOException e) {
            throw new PeerException("mosquitto: cannot start again", e);
        }
    }

    /**
     * Where it listens, on the loopback address.
     *
     * @return the TCP port.
     */
    public int port() {
        return port;
    }

    /**
     * Whether the process runs.
     *
     * @return false after its end.
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Has it write its data, and waits until it did: what it acknowledged before this call survives a kill. */
    public void persistNow() {
        final Object before = databaseKey();
        try {
            final int exit = new ProcessBuilder("kill", "-USR1", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new PeerException("mosquitto: cannot signal pid=" + process.pid() + " exit=" + exit);
            }
        } catch (final IOException e) {
            throw new PeerException("mosquitto: cannot signal pid=" + process.pid(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("mosquitto: interrupted while it writes", e);
        }
        // It writes another file and gives it the name of this one.
        Await.until(LIMIT, () -> databaseKey() != null && !databaseKey().equals(before), "mosquitto wrote its data");
    }

    /** Ends the process as SIGTERM does, so that it writes its data, and waits for its end. */
    public void stop() {
        process.destroy();
        awaitExit();
    }

    /** Ends the process as {@code kill -9} does and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Ends the process, whatever it does, and removes its folder. */
    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot remove folder=" + folder, e);
        }
    }

    static String program() {
        return System.getProperty(PROGRAM_PROPERTY, DEFAULT_PROGRAM);
    }

    private boolean tryStart(final int listenPort) throws IOException {
        port = listenPort;
        final Path configuration = folder.resolve("mosquitto.conf");
        Files.write(configuration, configuration());
        process = new ProcessBuilder(program(), "-c", configuration.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(outputFile().toFile())
                .start();
        Await.until(LIMIT, () -> !process.isAlive() || isConnectable(), "mosquitto takes connections");
        // On a port that another process took, that one answers and this one ends at once.
        return process.isAlive() && log().contains(" running");
    }

    private List<String> configuration() {
        final List<String> lines = new ArrayList<>(List.of(
                "listener " + port + " 127.0.0.1",
                "allow_anonymous true",
                "persistence true",
                "persistence_location " + folder + "/",
                "log_dest stderr",
                "max_queued_messages 0",
                "set_tcp_nodelay true"));
        // Started by root, it would become another user, who may not write to this folder.
        lines.add("user " + System.getProperty("user.name"));
        return lines;
    }

    private boolean isConnectable() {
        if (!log().contains(" running")) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_LIMIT_MS);
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    private Object databaseKey() {
        try {
            return Files.readAttributes(folder.resolve(DATABASE), "unix:ino,ctime")
                    .toString();
        } catch (final IOException e) {
            return null;
        }
    }

    private void awaitExit() {
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PeerException("mosquitto: does not end, pid=" + process.pid());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private Path outputFile() {
        return folder.resolve("mosquitto.log");
    }

    private String log() {
        try {
            return Files.readString(outputFile()).strip();
        } catch (final IOException e) {
            return "";
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
