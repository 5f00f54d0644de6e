package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.integration.robust.KillLog.Word;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that sends or receives through shared memory is killed under load, at random moments and at each named point of the
 * way of a message. What it had committed is received or counted, nothing twice, and the other side goes on with its successor.
 */
@Timeout(600)
@ExtendWith(LeakCheckExtension.class)
class ShmKillTest {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int ROUNDS = Tier.count(1, 25);

    /** In the list of points: killed from outside. */
    private static final String AT_RANDOM = "";

    /** Where a message is claimed and not complete. */
    private static final Set<String> IN_A_MESSAGE =
            Set.of("after-claim", "in-copy", "before-commit", "large-between-fragments");

    private static final int MAX_PASSES = 20_000;
    private static final int MESSAGES_RELEASED_TOGETHER = 64;

    /** A connection that ends sooner is brief, and after five of these in a row a socket waits for seconds. */
    private static final long BRIEF_MS = 600;

    @TempDir
    private Path folder;

    private Path directory;
    private String name;
    private Random random;
    private Context context;
    private KillReport report;
    private Set<String> before;
    private long runs;

    @BeforeEach
    void open() throws IOException {
        assumeTrue(Files.isDirectory(MEMORY), "no /dev/shm: not on Linux");
        random = new Random(Seed.next("ShmKillTest"));
        directory = MEMORY.resolve("sluicemq-" + System.getProperty("user.name"));
        name = "kill-" + UUID.randomUUID();
        before = files(".sluicemq");
        context = Context.create();
    }

    @AfterEach
    void closeAndFindNothingLeft() throws IOException {
        if (context == null) {
            return;
        }
        context.close(Duration.ZERO);
        final Set<String> left = files(name);
        for (final String file : left) {
            Files.deleteIfExists(directory.resolve(file));
        }
        assertThat(left).isEmpty();
        final Set<String> made = files(".sluicemq");
        made.removeAll(before);
        // Others may be in the middle of a bind there.
        Await.until(LIMIT, () -> Collections.disjoint(files(".sluicemq"), made), "nothing is left of " + made);
    }

    /** Names in the user's directory that begin so. */
    private Set<String> files(final String prefix) {
        final Set<String> found = new TreeSet<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, prefix + "*")) {
                files.forEach(file -> found.add(file.getFileName().toString()));
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private String endpoint() {
        return "shm://" + name;
    }

    @Test
    void shouldReceiveOrCountAllThatKilledProducersHadCommitted() throws Exception {
        receiveFromKilled(
                "PULL",
                "push",
                "connect",
                "before-claim",
                "after-claim",
                "in-copy",
                "before-commit",
                "after-commit",
                "large-between-fragments",
                AT_RANDOM);
    }

    @Test
    void shouldReceiveOrCountAllThatKilledProducersHadCommittedWhoWereBound() throws Exception {
        receiveFromKilled("PULL", "push", "bind", AT_RANDOM, AT_RANDOM);
    }

    @Test
    void shouldGoOnWithTheNextDealerWhenOneIsKilled() throws Exception {
        receiveFromKilled("ROUTER", "dealer", "connect", "before-release", AT_RANDOM);
    }

    @Test
    void shouldGoOnWithTheNextClientWhenOneIsKilled() throws Exception {
        receiveFromKilled("REP", "req", "connect", AT_RANDOM);
    }

    @Test
    void shouldSendOrCountAllWhenConsumersAreKilled() throws Exception {
        sendToKilled(
                "PUSH",
                "pull",
                "connect",
                "before-handler",
                "after-handler",
                "before-release",
                "after-release",
                AT_RANDOM);
    }

    @Test
    void shouldSendOrCountAllWhenConsumersAreKilledWhoWereBound() throws Exception {
        sendToKilled("PUSH", "pull", "bind", AT_RANDOM, AT_RANDOM);
    }

    @Test
    void shouldGoOnWithTheNextServerWhenOneIsKilled() throws Exception {
        sendToKilled("REQ", "rep", "bind", AT_RANDOM);
    }

    private void begin(final KillSurvivor survivor, final String type, final String role, final String side) {
        report = new KillReport(type, role, side);
        if ("bind".equals(side)) {
            survivor.socket().connect(endpoint());
        } else {
            survivor.socket().bind(endpoint());
        }
    }

    private void receiveFromKilled(final String type, final String role, final String side, final String... points)
            throws Exception {
        try (KillSurvivor survivor = new KillSurvivor(context, type)) {
            begin(survivor, type, role, side);
            // Else its replies may be on their way to the dead, and unknown too; what was replied to had come.
            final boolean onlyReceives = "PULL".equals(type);
            for (int i = 0; i < ROUNDS * points.length; i++) {
                final String point = points[i % points.length];
                final long unknownBefore = survivor.unknown();
                try (KilledChild child = start(role, side, point)) {
                    kill(survivor, child, point, i);
                    final long certain = child.get(Word.CERTAIN);
                    try {
                        Await.until(
                                LIMIT,
                                () -> survivor.received(child.run())
                                                + (onlyReceives ? survivor.unknown() - unknownBefore : 0)
                                        >= certain,
                                "certain=" + certain + " of " + child.run() + " at " + point);
                    } catch (final AssertionError e) {
                        survivor.check();
                        throw new AssertionError(
                                "received=" + survivor.received(child.run()) + ", unknown="
                                        + (survivor.unknown() - unknownBefore),
                                e);
                    }
                    if (onlyReceives && IN_A_MESSAGE.contains(point)) {
                        Await.until(
                                LIMIT, () -> survivor.unknown() > unknownBefore, "the message is counted, " + point);
                    }
                    final long received = survivor.received(child.run());
                    // It may have died between the send and its log.
                    assertThat(received + (onlyReceives ? survivor.unknown() - unknownBefore : 0))
                            .isLessThanOrEqualTo(child.get(Word.ACCEPTED) + 1);
                    noteFirst(survivor.firstNs(child.run()), child);
                    report.add(received, survivor.unknown() - unknownBefore);
                }
                survivor.check();
                // A process dies in one message at the most.
                assertThat(survivor.unknown())
                        .isLessThanOrEqualTo((i + 1L) * (onlyReceives ? 1 : 1 + KillProgram.WINDOW));
            }
        }
        end(side);
    }

    private void sendToKilled(final String type, final String role, final String side, final String... points)
            throws Exception {
        final boolean exact = "PUSH".equals(type);
        final int kills = ROUNDS * points.length;
        long received = 0;
        try (KillSurvivor survivor = new KillSurvivor(context, type)) {
            begin(survivor, type, role, side);
            long next = 0;
            for (int i = 0; i < kills; i++) {
                final String point = points[i % points.length];
                final long unknownBefore = survivor.unknown();
                try (KilledChild child = start(role, side, point)) {
                    kill(survivor, child, point, i);
                    next = checkBehind(next, child);
                    received += child.get(Word.RECEIVED);
                    noteFirst(child.get(Word.FIRST_NS), child);
                    report.add(child.get(Word.RECEIVED), survivor.unknown() - unknownBefore);
                }
                survivor.check();
            }
            try (KilledChild last = start(role, side, AT_RANDOM)) {
                last.await(Word.RECEIVED, 1, LIMIT);
                final long before = received;
                final long sent = survivor.stop();
                if (exact) {
                    Await.until(
                            LIMIT,
                            () -> before + last.get(Word.RECEIVED) + survivor.dropped() >= sent,
                            "sent=" + sent + " are received or counted");
                    // What was handed over just before a death, and not given back yet, is unknown as well.
                    assertThat(before + last.get(Word.RECEIVED) + survivor.dropped() - sent)
                            .isBetween(0L, 2L * MESSAGES_RELEASED_TOGETHER * kills);
                }
                last.kill();
                checkBehind(next, last);
            }
        }
        end(side);
    }

    /** What a process received comes behind what those before it received. */
    private static long checkBehind(final long next, final KilledChild child) {
        if (child.get(Word.RECEIVED) == 0) {
            return next;
        }
        assertThat(child.get(Word.FIRST)).isGreaterThanOrEqualTo(next);
        return child.get(Word.NEXT);
    }

    private KilledChild start(final String role, final String side, final String point) throws IOException {
        final boolean large = point.startsWith("large") || random.nextBoolean();
        // A release is for many messages at once, and few are large.
        final int passes = point.endsWith("release") || large ? MAX_PASSES / 100 : MAX_PASSES;
        final String haltAt = point.equals(AT_RANDOM) ? "" : point + ":" + (1 + random.nextInt(passes));
        runs++;
        return KilledChild.start(folder, haltAt, 2 * runs + (large ? 1 : 0), role, side, endpoint());
    }

    private void kill(final KillSurvivor survivor, final KilledChild child, final String point, final int number)
            throws IOException, InterruptedException {
        final int connected = survivor.connected();
        if (!point.equals(AT_RANDOM)) {
            child.awaitHalt(LIMIT);
        } else {
            awaitMoment(survivor, child, number);
            child.kill();
        }
        Await.until(LIMIT, survivor::isAlone, "the death of run=" + child.run() + " is noticed");
        if (survivor.connected() > connected) {
            report.noticed(survivor.disconnectedNs() - child.endedNs());
        }
    }

    private void awaitMoment(final KillSurvivor survivor, final KilledChild child, final int number) {
        final boolean starting = number % 6 == 5;
        if (!starting) {
            child.await(Word.STARTED_NS, 1, LIMIT);
            Await.until(
                    LIMIT,
                    () -> survivor.received(child.run()) > 0 || child.get(Word.RECEIVED) > 0 || !child.isAlive(),
                    "messages of run=" + child.run());
        }
        final long most = starting ? BRIEF_MS : BRIEF_MS / 3;
        final long momentMs = number % 3 == 2 && !starting ? BRIEF_MS : random.nextInt((int) most);
        final long momentNs = System.nanoTime() + momentMs * 1_000_000;
        Await.until(LIMIT, () -> System.nanoTime() - momentNs > 0, "a moment");
    }

    private void noteFirst(final long firstNs, final KilledChild child) {
        if (firstNs != 0) {
            report.wentOn(firstNs - child.get(Word.STARTED_NS));
        }
    }

    private void end(final String side) throws IOException {
        if ("bind".equals(side)) {
            try (PullSocket pull = context.pull()) {
                pull.bind(endpoint());
                assertThat(files(name)).containsExactly(name);
            }
        }
        report.finish();
    }
}
