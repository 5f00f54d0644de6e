package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sockets cost that have nothing to do. All processes are started at once, since each is measured by its own time on a core. */
@Timeout(90)
class IdleTest {
    private static final Pattern PERCENT = Pattern.compile("percent of a core: ([0-9.]+)");
    private static final double LIMIT_PERCENT = 1;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final List<String> SIDES = List.of("bind", "connect");
    private static final Map<String, Process> PROCESSES = new HashMap<>();

    @TempDir
    private static Path folder;

    @BeforeAll
    static void startAll() throws IOException {
        for (final String side : SIDES) {
            start(side, IdlePairProgram.class, side, "shm://" + folder.resolve("idle-"));
        }
        final String seconds = Integer.toString(Tier.count(3, 10));
        for (final String receivers : List.of("unused", "blocked")) {
            start(receivers, IdleProgram.class, seconds, receivers);
        }
    }

    private static void start(final String name, final Class<?> program, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(
                List.of(ChildJvm.CLASS_PATH_FLAG, "-Duser.language=en", "-cp", ChildJvm.testPath(), program.getName()));
        command.addAll(List.of(arguments));
        PROCESSES.put(name, ChildJvm.start(folder, folder.resolve(name), command));
    }

    @AfterAll
    static void endAll() {
        PROCESSES.values().forEach(Process::destroyForcibly);
        PROCESSES.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unused", "blocked"})
    void shouldUseNearlyNoCpuWhenIdle(final String receivers) throws InterruptedException {
        assertThat(PROCESSES.get(receivers).waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();

        final Matcher percent = PERCENT.matcher(read(receivers));
        assertThat(percent.find()).as(read(receivers)).isTrue();
        System.out.println("idle, receivers " + receivers + ": " + percent.group());
        assertThat(Double.parseDouble(percent.group(1))).isLessThan(LIMIT_PERCENT);
    }

    @Test
    void shouldUseNearlyNoCpuWhenTwoProcessesJoinedByShmAreSilent() {
        Await.until(
                LIMIT,
                () -> SIDES.stream().allMatch(side -> read(side).contains("silent")),
                "both are silent: " + read("bind") + read("connect"));
        waitFor(SETTLE);
        final long startNs = System.nanoTime();
        final List<Duration> before = SIDES.stream().map(IdleTest::cpu).toList();

        waitFor(Duration.ofSeconds(Tier.count(3, 10)));

        final long tookNs = System.nanoTime() - startNs;
        for (int i = 0; i < SIDES.size(); i++) {
            final Duration used = cpu(SIDES.get(i)).minus(before.get(i));
            final double percent = 100.0 * used.toNanos() / tookNs;
            System.out.printf("idle, shm, process %d: percent of a core: %.3f%n", i, percent);
            assertThat(percent).isLessThan(LIMIT_PERCENT);
        }
    }

    private static String read(final String output) {
        try {
            return Files.readString(folder.resolve(output));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the system tells it, in hundredths of a second. */
    private static Duration cpu(final String process) {
        return PROCESSES.get(process).info().totalCpuDuration().orElseThrow();
    }

    private static void waitFor(final Duration time) {
        final long endNs = System.nanoTime() + time.toNanos();
        Await.until(LIMIT, () -> System.nanoTime() - endNs >= 0, "a time");
    }
}
