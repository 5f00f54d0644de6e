package io.sluicemq.durable.kills;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.journal.ChildJvm;
import io.sluicemq.persistence.FaultProperty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One process, from its start to its death. */
final class Life implements AutoCloseable {
    private static final int KILLED = 128 + 9;

    private final String name;
    private final Fate fate;
    private final int eventsAtStart;
    private final long startNs = System.nanoTime();
    private final Path errors;
    private final Process process;
    private boolean killed;

    private Life(
            final String name, final Fate fate, final int eventsAtStart, final Path errors, final List<String> command)
            throws IOException {
        this.name = name;
        this.fate = fate;
        this.eventsAtStart = eventsAtStart;
        this.errors = errors;
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }

    static List<String> command(final Class<?> program) {
        return ChildJvm.command(program, "-Xmx256m");
    }

    /**
     * Starts a process.
     *
     * @param fate how it is to die; null for as others wish.
     */
    static Life start(
            final Class<?> program,
            final String name,
            final Fate fate,
            final int events,
            final Path folder,
            final List<String> arguments)
            throws IOException {
        final List<String> command = command(program);
        if (fate != null && !fate.isRandom()) {
            command.add(1, fate.property());
        }
        command.addAll(arguments);
        return new Life(name, fate, events, folder.resolve(name + ".err"), command);
    }

    String name() {
        return name;
    }

    Fate fate() {
        return fate;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long ms() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }

    /** Whether it is to be killed now. */
    boolean isDue(final int events) {
        if (fate == null || !fate.isRandom()) {
            return false;
        }
        return fate.events() < 0 ? ms() >= fate.ms() : events - eventsAtStart >= fate.events();
    }

    /** Kills it as by {@code kill -9}; it may have died by itself just before. */
    void kill() {
        killed = true;
        process.toHandle().destroyForcibly();
    }

    boolean isKilled() {
        return killed;
    }

    /** Waits for the end, and looks whether it is the one that was meant. */
    void awaitEnd() throws IOException, InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("end of %s", name).isTrue();
        final int code = process.exitValue();
        final boolean asMeant =
                (killed && code == KILLED) || (fate != null && !fate.isRandom() && code == FaultProperty.EXIT_CODE);
        assertThat(asMeant)
                .as(() -> name + " ended with code=" + code + ", " + fate + ": " + errors())
                .isTrue();
        Files.delete(errors);
    }

    /** Whether it came to its point. */
    boolean hasHalted() {
        return process.exitValue() == FaultProperty.EXIT_CODE;
    }

    String errors() {
        try {
            final String text = Files.readString(errors, StandardCharsets.UTF_8);
            return text.substring(0, Math.min(text.length(), 4_000));
        } catch (final IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
