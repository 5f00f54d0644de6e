package io.sluicemq.bench.run;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Starts the processes of one run after another and reads their figures. For the main thread. */
final class Launcher {
    private static final int LIMIT_S = 60;
    private static final int LOOK_MS = 20;
    /** Below the range from which Linux gives ports to clients. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 12_000;

    private final Path benchTarget;
    private final Path scratch;

    /** Not every peer removes the file of its socket. */
    private int sockets;

    Launcher(final Path benchTarget, final Path scratch) {
        this.benchTarget = benchTarget;
        this.scratch = scratch;
    }

    Sample run(final Comparison comparison, final Entry entry, final int turn, final Plan plan)
            throws IOException, InterruptedException {
        final Shape shape = comparison.shape();
        // libzmq has no shared memory; over ipc it is the nearest that it has.
        final boolean overIpc = shape.medium() == Shape.Medium.SHM && entry.program() == Program.LIBZMQ;
        final String endpoint = freshEndpoint(overIpc ? Shape.Medium.IPC : shape.medium());
        final Path directory =
                shape.medium() == Shape.Medium.DIRECTORY ? Path.of(endpoint) : scratch.resolve("durable" + ++sockets);
        final List<Process> processes = new ArrayList<>();
        final Thread killer = new Thread(() -> processes.forEach(Launcher::kill));
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            for (int i = 0; i < shape.modes().size(); i++) {
                final List<String> command = command(comparison, entry, plan, i, endpoint);
                if (shape.isDurable()) {
                    command.add("--directory=" + directory);
                }
                processes.add(start(command, i));
            }
            final String failure = await(shape.isIdle() ? processes.subList(0, 1) : processes);
            return failure == null
                    ? read(comparison, entry, turn)
                    : Sample.failed(turn, entry.name(), failure + errors(processes.size()));
        } finally {
            processes.forEach(Launcher::kill);
            Runtime.getRuntime().removeShutdownHook(killer);
            if (Files.exists(directory)) {
                Runner.delete(directory);
            }
        }
    }

    /** With what it has started. */
    private static void kill(final Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private List<String> command(
            final Comparison comparison, final Entry entry, final Plan plan, final int index, final String endpoint) {
        final List<String> command = entry.program().command(benchTarget, comparison.shape());
        command.add(comparison.shape().modes().get(index));
        if (!endpoint.isEmpty()) {
            command.add(endpoint);
        }
        command.add(Integer.toString(comparison.messageBytes()));
        command.add(Long.toString(plan.count(comparison, entry)));
        command.add(Long.toString(plan.warmup(comparison, entry)));
        command.addAll(entry.options());
        if (plan.verify()) {
            command.add("--verify");
        }
        return command;
    }

    private Process start(final List<String> command, final int index) throws IOException {
        return new ProcessBuilder(command)
                .redirectOutput(output(index).toFile())
                .redirectError(error(index).toFile())
                .start();
    }

    /** Waits for all; the first that fails ends the wait. Returns what failed, or null. */
    private static String await(final List<Process> processes) throws InterruptedException {
        final long limitNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        int ended = 0;
        while (ended < processes.size()) {
            ended = 0;
            for (final Process process : processes) {
                if (process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                    ended++;
                    if (process.exitValue() != 0) {
                        return "exit=" + process.exitValue();
                    }
                }
            }
            if (System.nanoTime() > limitNs) {
                return "seconds=" + LIMIT_S + " are over";
            }
        }
        return null;
    }

    private Sample read(final Comparison comparison, final Entry entry, final int turn) throws IOException {
        final String unit = " " + comparison.shape().kind().unit();
        String figure = null;
        for (final String line : Files.readAllLines(output(comparison.shape().figureFrom()), StandardCharsets.UTF_8)) {
            if (line.endsWith(unit)) {
                figure = line.substring(0, line.length() - unit.length());
            }
        }
        return figure == null
                ? Sample.failed(turn, entry.name(), "no line ends with" + unit)
                : new Sample(turn, entry.name(), Double.parseDouble(figure), "");
    }

    private String errors(final int processes) throws IOException {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < processes; i++) {
            final List<String> lines = Files.readAllLines(error(i), StandardCharsets.UTF_8);
            lines.stream()
                    .skip(Math.max(0, lines.size() - 3))
                    .forEach(line -> text.append("; ").append(line));
        }
        return text.toString();
    }

    private Path output(final int index) {
        return scratch.resolve(index + ".out");
    }

    private Path error(final int index) {
        return scratch.resolve(index + ".err");
    }

    private String freshEndpoint(final Shape.Medium medium) throws IOException {
        return switch (medium) {
            case INPROC -> "";
            case TCP -> "tcp://127.0.0.1:" + freePort();
            case IPC -> "ipc://" + scratch.resolve("socket" + ++sockets);
            case DIRECTORY -> scratch.resolve("journal" + ++sockets).toString();
            case SHM -> "shm://bench-" + ProcessHandle.current().pid() + "-" + ++sockets;
        };
    }

    private static int freePort() throws IOException {
        while (true) {
            final int port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (final BindException e) {
                // Taken; another one then.
            }
        }
    }
}
