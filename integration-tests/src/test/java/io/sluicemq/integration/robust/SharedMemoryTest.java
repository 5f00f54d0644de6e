package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DealerSocket;
import io.sluicemq.PubSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.SocketStats;
import io.sluicemq.SubSocket;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is peculiar to {@code shm://}: its memory, its files, and the account of a ring that both sides see. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class SharedMemoryTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private String fresh() {
        return "shm://" + folder.resolve(UUID.randomUUID().toString().substring(0, 8));
    }

    /** Rings of this test that are mapped into this process. */
    private long mappedRings() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(folder.toString()) && line.contains(".ring"))
                    .count();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldLetGoOfTheMemoryOfSubscribersThatCameAndWent() throws InterruptedException {
        try (Context context = Context.create();
                PubSocket pub = context.pub()) {
            final String endpoint = pub.bind(fresh());
            for (int i = 0; i < 20; i++) {
                try (SubSocket sub = context.sub()) {
                    sub.subscribe("");
                    sub.connect(endpoint);
                    assertThat(pub.awaitSubscribers("", 1, LIMIT)).isTrue();
                }
                Await.until(LIMIT, () -> pub.peers().isEmpty(), "the subscriber is gone");
            }

            Await.until(LIMIT, () -> mappedRings() == 0, "mapped=" + mappedRings());
        }
    }

    /** What a mapping that was lost holds is seen by the leak check of the class alone. */
    @Test
    void shouldLoseNoMemoryWhenTheContextClosesInTheMiddleOfJoins() throws InterruptedException {
        final Random random = new Random(Seed.next("close in the middle of joins"));
        for (int i = 0; i < 300; i++) {
            final Context context = Context.create();
            final PullSocket pull = context.pull();
            final String endpoint = pull.bind(fresh());
            for (int dialing = 0; dialing < 4; dialing++) {
                context.push().connect(endpoint);
            }
            final long untilNs = System.nanoTime() + random.nextInt(3_000_000);
            while (System.nanoTime() < untilNs) {
                Thread.onSpinWait();
            }
            context.close(Duration.ZERO);
        }

        Await.until(LIMIT, () -> filesLeft() == 0, "no file is left");
    }

    private long filesLeft() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldLetGoOfTheMemoryOfSilentPeersOfASocketThatNeverReceives() throws InterruptedException {
        try (Context context = Context.create();
                DealerSocket bound = context.dealer()) {
            final String endpoint = bound.bind(fresh());
            for (int i = 0; i < 20; i++) {
                try (DealerSocket peer = context.dealer()) {
                    peer.connect(endpoint);
                    assertThat(bound.awaitPeers(1, LIMIT)).isTrue();
                }
                Await.until(LIMIT, () -> bound.peers().isEmpty(), "the peer is gone");
            }

            Await.until(LIMIT, () -> mappedRings() == 0, "mapped=" + mappedRings());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNotBeWokenForEachMessageOfManyPeersWhileItPolls() throws Exception {
        final int peers = 16;
        final int messages = 2_000;
        final int warmUp = 200;
        try (Context context = Context.create();
                PullSocket pull = context.pull()) {
            final String endpoint = pull.bind(fresh());
            final PushSocket[] pushes = new PushSocket[peers];
            for (int i = 0; i < peers; i++) {
                pushes[i] = context.push();
                pushes[i].connect(endpoint);
                assertThat(pushes[i].awaitPeers(1, LIMIT)).isTrue();
            }
            assertThat(pull.awaitPeers(peers, LIMIT)).isTrue();
            final UnsafeBuffer message = new UnsafeBuffer(new byte[1]);
            long writesBefore = 0;
            for (int i = 0; i < messages; i++) {
                if (i == warmUp) {
                    writesBefore = writeCalls();
                }
                assertThat(pushes[i % peers].trySend(message, 0, 1)).isEqualTo(SendResult.SENT);
                Await.until(LIMIT, () -> pull.tryReceive((buffer, offset, length, more) -> {}, 1) == 1, "a message");
            }

            assertThat(writeCalls() - writesBefore).isLessThan(messages / 4);
            for (final PushSocket push : pushes) {
                push.close(Duration.ZERO);
            }
        }
    }

    @Test
    void shouldCountAMessageOverTheLimitOfOneThatHasLeft() throws InterruptedException {
        try (Context context = Context.create();
                PullSocket pull = context.pull(
                        SocketOptions.builder().maxMessageBytes(100).build())) {
            try (PushSocket push = context.push()) {
                push.connect(pull.bind(fresh()));
                assertThat(push.awaitPeers(1, LIMIT)).isTrue();
                push.send("first");
                push.send("x".repeat(101));
                push.send("last");
            }
            Await.until(LIMIT, () -> pull.peers().isEmpty(), "the peer is gone");

            assertThat(pull.receiveMessage(LIMIT).text()).isEqualTo("first");
            assertThat(pull.receiveMessage(Duration.ofMillis(60))).isNull();

            Await.until(LIMIT, () -> dropped(pull.stats()) == 2, "both are counted");
        }
    }

    /** System calls of this process that write. */
    private static long writeCalls() throws IOException {
        final String name = "syscw: ";
        return Files.readAllLines(Path.of("/proc/self/io")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length())))
                .sum();
    }

    @Test
    void shouldAccountForWhatIsSentWhileTheReceiverCloses() throws InterruptedException {
        for (int round = 0; round < 10; round++) {
            try (Context context = Context.create()) {
                final PushSocket push = context.push();
                final PullSocket pull = context.pull();
                push.connect(pull.bind(fresh()));
                final UnsafeBuffer message = new UnsafeBuffer(new byte[1]);
                final AtomicLong accepted = new AtomicLong();
                final AtomicBoolean stop = new AtomicBoolean();
                final Thread sender = new Thread(() -> {
                    while (!stop.get()) {
                        accepted.addAndGet(push.trySend(message, 0, 1) == SendResult.SENT ? 1 : 0);
                    }
                });
                sender.start();
                for (int i = 0; i < 1_000; i++) {
                    assertThat(pull.receiveMessage(LIMIT)).isNotNull();
                }

                pull.close(Duration.ZERO);
                stop.set(true);
                sender.join();
                push.close(Duration.ZERO);

                final long known = pull.stats().messagesReceived() + dropped(pull.stats()) + dropped(push.stats());
                assertThat(known).as("%s, %s", pull.stats(), push.stats()).isGreaterThanOrEqualTo(accepted.get());
            }
        }
    }

    private static long dropped(final SocketStats stats) {
        return stats.dropped().values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void shouldLeaveNoFileWhenTheContextClosesInTheMiddleOfAJoin() throws IOException {
        for (int round = 0; round < 40; round++) {
            final String endpoint = fresh();
            try (Context bound = Context.create();
                    Context dialing = Context.create()) {
                bound.pull().bind(endpoint);
                dialing.push(SocketOptions.builder().linger(Duration.ZERO).build())
                        .connect(endpoint);
                bound.close(Duration.ZERO);
            }
        }

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
        Await.until(LIMIT, () -> mappedRings() == 0, "mapped=" + mappedRings());
    }
}
