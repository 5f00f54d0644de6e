package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.durable.TestTopics;
import io.sluicemq.journal.ChildJvm;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.persistence.FaultProperty;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A host of a shared subscription that dies again and again, mostly between an assignment and its delivery, or before either. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class SharedKillTest {
    static final int MEMBERS = 3;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");
    private static final int KILLS = LONG ? 100 : 2;
    private static final int MAX_PASSINGS = LONG ? 400 : 150;
    private static final String[] POINTS = {"after-append", "before-append"};

    @TempDir
    private Path folder;

    private final long seed = TestTopics.seed(SharedKillTest.class);
    private final Random random = new Random(seed);
    private final Set<Long> publishing = new ConcurrentSkipListSet<>();
    private final Set<Long> published = new ConcurrentSkipListSet<>();

    /** Who was handed a message, and how often. */
    private final Map<Long, Map<String, Integer>> handed = new ConcurrentHashMap<>();

    private final Set<String> wrong = new ConcurrentSkipListSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch joined = new CountDownLatch(MEMBERS);
    private Process host;
    private volatile boolean stopped;

    @AfterEach
    void end() throws InterruptedException {
        stopped = true;
        for (final Thread each : threads) {
            each.join();
        }
        if (host != null) {
            host.toHandle().destroyForcibly();
            host.waitFor();
        }
    }

    @Test
    void shouldGiveEachMessageToOneMemberWhenTheHostDiesBeforeItsDelivery() throws IOException, InterruptedException {
        final String endpoint = "tcp://127.0.0.1:" + freePort();
        for (int i = 0; i < MEMBERS; i++) {
            final String name = "member-" + i;
            final Thread thread = new Thread(() -> receive(endpoint, name), name);
            thread.start();
            threads.add(thread);
        }
        // Who joins later is promised nothing of before.
        start(endpoint, "", 0);
        assertThat(joined.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        for (int kill = 0; kill < KILLS; kill++) {
            final String halt = POINTS[random.nextInt(POINTS.length)] + ':' + (1 + random.nextInt(MAX_PASSINGS));
            start(endpoint, halt, 1_000_000).join();
            assertThat(host.waitFor()).as("seed=%d, halt=%s", seed, halt).isEqualTo(FaultProperty.EXIT_CODE);
        }
        final long last = next() + 100;
        start(endpoint, "", last);
        Await.until(LIMIT, () -> published.contains(last - 1), "published all, seed=" + seed);
        Await.until(LIMIT, () -> handed.keySet().containsAll(published), "received all, seed=" + seed);
        stopped = true;
        for (final Thread each : threads) {
            each.join();
        }

        System.out.println(
                "SharedKillTest: kills=" + KILLS + " published=" + published.size() + " received=" + handed.size());
        assertThat(wrong).as("seed=%d", seed).isEmpty();
        assertThat(publishing).as("seed=%d", seed).containsAll(handed.keySet());
        handed.forEach((number, times) -> {
            assertThat(times).as("members of number=%d, seed=%d", number, seed).hasSize(1);
            if (number % 2 == 0) {
                assertThat(times.values())
                        .as("times of number=%d, seed=%d", number, seed)
                        .containsExactly(1);
            }
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private long next() {
        return publishing.isEmpty()
                ? 0
                : 1 + publishing.stream().mapToLong(each -> each).max().orElseThrow();
    }

    /** Starts a host; the thread that reads what it says ends with it. */
    private Thread start(final String endpoint, final String halt, final long end)
            throws IOException, InterruptedException {
        if (host != null) {
            host.toHandle().destroyForcibly();
            host.waitFor();
        }
        final List<String> command = ChildJvm.command(SharedKillProgram.class, "-Dsluicemq.journal.halt=" + halt);
        command.addAll(List.of(endpoint, folder.resolve("host").toString(), Long.toString(next()), Long.toString(end)));
        host = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("host.err").toFile()))
                .start();
        final Process process = host;
        final Thread reader = new Thread(() -> read(process), "host-reader");
        reader.start();
        return reader;
    }

    private void read(final Process process) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final String[] words = line.split(" ", -1);
                // A line that was cut has no dot.
                if (words.length == 3 && "publishing".equals(words[0])) {
                    publishing.add(Long.parseLong(words[1]));
                } else if (words.length == 3 && "published".equals(words[0])) {
                    published.add(Long.parseLong(words[1]));
                }
            }
        } catch (final IOException e) {
            // It was killed in the middle of a line.
            System.err.println("SharedKillTest: " + e);
        }
    }

    private void receive(final String endpoint, final String name) {
        final DurableSubscriberOptions options = DurableSubscriberOptions.builder(name)
                .level(Durability.JOURNALED)
                .segmentBytes(1 << 20)
                .receiveMaximum(8)
                .build();
        try (Context context = Context.create();
                DurableSubscriber subscriber = DurableSubscriber.open(context, folder.resolve(name), options)) {
            subscriber.connect(endpoint);
            if (!subscriber.awaitHosts(1, LIMIT)) {
                wrong.add(name + " found no host");
            }
            subscriber.subscribe("$share/g/shared/+", SubscribeOptions.DEFAULTS, LIMIT);
            joined.countDown();
            while (!stopped) {
                final Delivered message = subscriber.receive(Duration.ofMillis(50));
                if (message != null) {
                    take(subscriber, name, message);
                }
            }
        } catch (final InterruptedException e) {
            wrong.add(name + " was interrupted");
        } catch (final RuntimeException e) {
            wrong.add(name + " failed: " + e);
        }
    }

    private void take(final DurableSubscriber subscriber, final String name, final Delivered message)
            throws InterruptedException {
        final long number = Long.parseLong(new String(message.payload(), StandardCharsets.UTF_8));
        final int times = handed.computeIfAbsent(number, each -> new ConcurrentHashMap<>())
                .merge(name, 1, Integer::sum);
        if (times > 1 && !message.isRedelivered()) {
            wrong.add("number=" + number + " came again without a mark");
        }
        subscriber.acknowledge(message);
    }
}
