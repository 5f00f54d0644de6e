package io.sluicemq.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Mosquitto broker in a process of its own, as fast as it can be set: it keeps sessions in memory and writes them to its file every
 * half hour, as it does by default, and logs errors only. For one thread.
 */
final class Mosquitto implements AutoCloseable {
    private static final String PROGRAM_PROPERTY = "sluicemq.mosquitto.program";
    private static final String DEFAULT_PROGRAM = "/usr/sbin/mosquitto";

    private final Process process;
    private final Thread killer;

    private Mosquitto(final Process process) {
        this.process = process;
        killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * Starts it.
     *
     * @param directory of its files.
     * @param port on the loopback address.
     * @param window messages under way in each direction of a client.
     */
    static Mosquitto start(final Path directory, final int port, final int window) throws IOException {
        Files.createDirectories(directory);
        final Path configuration = directory.resolve("mosquitto.conf");
        Files.write(
                configuration,
                List.of(
                        "listener " + port + " 127.0.0.1",
                        "allow_anonymous true",
                        "persistence true",
                        "persistence_location " + directory + "/",
                        "max_inflight_messages " + window,
                        "max_queued_messages 0",
                        "set_tcp_nodelay true",
                        "log_dest stderr",
                        "log_type error",
                        // Started by root, it would become another user, who may not write to this folder.
                        "user " + System.getProperty("user.name")));
        final String program = System.getProperty(PROGRAM_PROPERTY, DEFAULT_PROGRAM);
        try {
            return new Mosquitto(new ProcessBuilder(program, "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (final IOException e) {
            throw new IOException("program=" + program + ", limit=one that starts, install the package mosquitto", e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(killer);
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
