package io.sluicemq.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publisher and subscriber in JVMs of their own, killed with -9 at random moments under load. This process keeps the history and
 * judges it: nothing that was published is lost, nothing comes that was not sent, what comes again is marked, and nothing comes
 * again whose acknowledgement had returned.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class DurableKillTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int KILLS = Boolean.getBoolean("sluicemq.long") ? 1_000 : 6;

    @TempDir
    private Path folder;

    private final long seed =
            Long.getLong("sluicemq.seed", ThreadLocalRandom.current().nextLong());
    private final Random random = new Random(seed);
    private final ConcurrentLinkedQueue<String> history = new ConcurrentLinkedQueue<>();
    private final List<Process> processes = new ArrayList<>();
    private String endpoint;
    private long invoked = -1;

    /** One process, whose lines go into the history. */
    private final class Child {
        private final Process process;
        private final Thread reader;
        private volatile boolean up;
        private volatile boolean ended;

        Child(final String... args) throws IOException {
            final List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .filter(flag -> flag.startsWith("--add-"))
                    .forEach(command::add);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), KillRoles.class.getName()));
            command.addAll(List.of(args));
            process = new ProcessBuilder(command)
                    .redirectError(folder.resolve(args[0] + ".err").toFile())
                    .start();
            processes.add(process);
            reader = new Thread(this::read, args[0]);
            reader.start();
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String line = lines.readLine();
                while (line != null) {
                    up |= line.startsWith("up");
                    ended |= "end".equals(line);
                    history.add(line);
                    line = lines.readLine();
                }
            } catch (final IOException e) {
                // It was killed in the middle of a line.
                history.add("cut");
            }
        }

        void awaitUp() throws InterruptedException {
            Await.until(LIMIT, () -> up || !process.isAlive(), "up");
            assertThat(process.isAlive())
                    .as("alive, see %s, seed=%d", folder, seed)
                    .isTrue();
        }

        void kill() throws InterruptedException {
            // Not by the process itself, which would close its pipe with lines in it.
            assertThat(process.toHandle().destroyForcibly()).isTrue();
            process.waitFor();
            reader.join();
        }
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldLoseNothingAndMarkWhatComesAgain() throws IOException, InterruptedException {
        System.out.println("DurableKillTest: sluicemq.seed=" + seed);
        endpoint = "tcp://127.0.0.1:" + freePort();
        // Who subscribes later is promised nothing of before.
        Child publisher = publisher(0);
        Child subscriber = subscriber();
        subscriber.awaitUp();
        publisher.kill();
        publisher = publisher(Long.MAX_VALUE);
        publisher.awaitUp();
        for (int kill = 0; kill < KILLS; kill++) {
            final long steps = (long) history.size() + random.nextInt(1_000);
            Await.until(LIMIT, () -> history.size() >= steps, "steps=" + steps + ", seed=" + seed);
            final int who = random.nextInt(3);
            if (who != 1) {
                publisher.kill();
            }
            if (who != 0) {
                subscriber.kill();
            }
            publisher = who == 1 ? publisher : publisher(Long.MAX_VALUE);
            subscriber = who == 0 ? subscriber : subscriber();
            publisher.awaitUp();
            subscriber.awaitUp();
        }
        publisher.kill();
        lastInvoked();
        final Child last = publisher(invoked + 101);
        Await.until(LIMIT, () -> last.ended, "end of publishing, seed=" + seed);
        // Who was killed in an acknowledgement may have made it durable without a word about it, once each time.
        Await.until(LIMIT, () -> ids("got ").size() - ids("acked ").size() <= KILLS, "acknowledged, seed=" + seed);
        try {
            Await.until(LIMIT, () -> lost().isEmpty(), "all are received");
        } catch (final AssertionError e) {
            throw new AssertionError(state(), e);
        }
        last.kill();
        subscriber.kill();
        judge();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Child publisher(final long to) throws IOException {
        lastInvoked();
        return new Child(
                "publish", folder.resolve("host").toString(), endpoint, Long.toString(invoked + 1), Long.toString(to));
    }

    private Child subscriber() throws IOException {
        return new Child("subscribe", folder.resolve("inbox").toString(), endpoint);
    }

    private void lastInvoked() {
        history.stream()
                .filter(line -> line.startsWith("invoke "))
                .forEach(line -> invoked = Math.max(invoked, id(line)));
    }

    private static long id(final String line) {
        return Long.parseLong(line.split(" ", -1)[1]);
    }

    private Set<Long> ids(final String step) {
        final Set<Long> ids = new TreeSet<>();
        history.stream().filter(line -> line.startsWith(step)).forEach(line -> ids.add(id(line)));
        return ids;
    }

    private Set<Long> lost() {
        final Set<Long> published = ids("ok ");
        published.removeAll(ids("got "));
        return published;
    }

    private String state() {
        final Set<Long> lost = lost();
        return "seed=" + seed + ", published=" + ids("ok ").size() + ", lost=" + lost.size() + ": "
                + lost.stream().limit(10).toList() + ", last steps: "
                + history.stream().skip(Math.max(0, history.size() - 10)).toList();
    }

    private void judge() {
        final Map<Long, Long> timesGot = new HashMap<>();
        final Map<Long, String> nameOf = new HashMap<>();
        final Set<Long> acknowledged = new TreeSet<>();
        final long[] lastFirst = {-1, -1};
        long again = 0;
        for (final String line : history) {
            final String[] words = line.split(" ", -1);
            if (line.startsWith("got ")) {
                final long id = id(line);
                final long times = timesGot.merge(id, 1L, Long::sum);
                assertThat(acknowledged)
                        .as("handed over after its acknowledgement, seed=%d", seed)
                        .doesNotContain(id);
                assertThat(nameOf.merge(id, words[3], (before, now) -> before))
                        .as("one name for id=%d, seed=%d", id, seed)
                        .isEqualTo(words[3]);
                if (times > 1) {
                    again++;
                    assertThat(words[2]).as("mark of id=%d, seed=%d", id, seed).isEqualTo("true");
                } else {
                    final int qos = (int) (id % 2);
                    assertThat(id).as("order, seed=%d", seed).isGreaterThan(lastFirst[qos]);
                    lastFirst[qos] = id;
                }
            } else if (line.startsWith("acked ")) {
                assertThat(words[2]).as("seed=%d", seed).isEqualTo(AcknowledgeOutcome.DURABLE.name());
                acknowledged.add(id(line));
            }
        }
        assertThat(timesGot.keySet()).as("phantoms, seed=%d", seed).isSubsetOf(ids("invoke "));
        assertThat(history).as("seed=%d", seed).noneMatch(line -> line.startsWith("fail "));
        System.out.println("DurableKillTest: kills=" + KILLS + " published="
                + ids("ok ").size() + " received=" + timesGot.size() + " again=" + again + " lost=" + lost().size());
        assertThat(lost()).isEmpty();
    }
}
