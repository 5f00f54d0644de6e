package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sockets cost that have nothing to do. */
@Timeout(90)
class IdleTest {
    private static final Pattern PERCENT = Pattern.compile("percent of a core: ([0-9.]+)");
    private static final double LIMIT_PERCENT = 1;
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Duration SETTLE = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"unused", "blocked"})
    void shouldUseNearlyNoCpuWhenIdle(final String receivers) throws IOException, InterruptedException {
        final String seconds = Integer.toString(Tier.count(3, 10));

        final ChildJvm.Result result = ChildJvm.run(
                folder,
                Duration.ofSeconds(60),
                ChildJvm.CLASS_PATH_FLAG,
                "-Duser.language=en",
                "-cp",
                ChildJvm.testPath(),
                IdleProgram.class.getName(),
                seconds,
                receivers);

        final Matcher percent = PERCENT.matcher(result.output());
        assertThat(percent.find()).as(result.output()).isTrue();
        System.out.println("idle, receivers " + receivers + ": " + percent.group());
        assertThat(Double.parseDouble(percent.group(1))).isLessThan(LIMIT_PERCENT);
    }

    @Test
    void shouldUseNearlyNoCpuWhenTwoProcessesJoinedByShmAreSilent() throws IOException {
        final List<Process> processes = new ArrayList<>();
        final String endpoint = "shm://" + folder.resolve("idle-");
        try {
            for (final String side : List.of("bind", "connect")) {
                final List<String> arguments = List.of(
                        ChildJvm.CLASS_PATH_FLAG,
                        "-cp",
                        ChildJvm.testPath(),
                        IdlePairProgram.class.getName(),
                        side,
                        endpoint);
                processes.add(ChildJvm.start(folder, folder.resolve(side), arguments));
            }
            Await.until(
                    LIMIT,
                    () -> read("bind").contains("silent") && read("connect").contains("silent"),
                    "both are silent: " + read("bind") + read("connect"));
            waitFor(SETTLE);
            final long startNs = System.nanoTime();
            final List<Duration> before = processes.stream().map(IdleTest::cpu).toList();

            waitFor(Duration.ofSeconds(Tier.count(3, 10)));

            final long tookNs = System.nanoTime() - startNs;
            for (int i = 0; i < processes.size(); i++) {
                final Duration used = cpu(processes.get(i)).minus(before.get(i));
                final double percent = 100.0 * used.toNanos() / tookNs;
                System.out.printf("idle, shm, process %d: percent of a core: %.3f%n", i, percent);
                assertThat(percent).isLessThan(LIMIT_PERCENT);
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    private String read(final String side) {
        try {
            return Files.readString(folder.resolve(side));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the system tells it, in hundredths of a second. */
    private static Duration cpu(final Process process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    private static void waitFor(final Duration time) {
        final long endNs = System.nanoTime() + time.toNanos();
        Await.until(LIMIT, () -> System.nanoTime() - endNs >= 0, "a time");
    }
}
