package io.sluicemq.durable.kills;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.kills.Fate.Passing;
import io.sluicemq.journal.Durability;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Publisher and subscriber in JVMs of their own that die under load, by kill -9 at any moment and at each named point on the way of a
 * message, and come back; a recorder in a third keeps the history. Nothing that was published is lost, nothing comes that was not sent,
 * what comes again is marked and in order, nothing comes again whose acknowledgement had returned, and the inbox, read by itself, holds
 * each message of QoS 2 once.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class DurableKillTest {
    /** Of the first tier, for each side: as many at points, and as many at random. */
    private static final int FEW = 1;

    /** Of the long tier, for each side of each part. */
    private static final int AT_RANDOM = 10;

    private static final Durability JOURNALED = Durability.JOURNALED;
    private static final Durability SYNCED = Durability.SYNCED;

    @TempDir
    private Path folder;

    private final long seed =
            Long.getLong("sluicemq.seed", ThreadLocalRandom.current().nextLong());
    private final Random random = new Random(seed);

    /**
     * Of the long tier.
     *
     * @param name of it.
     * @param level of the subscriber.
     * @param keeping whether its whole inbox stays.
     * @param passing at which passings of the points they die.
     * @param firstHalf which half of the points.
     */
    record Part(String name, Durability level, boolean keeping, Passing passing, boolean firstHalf) {
        @Override
        public String toString() {
            return name + (firstHalf ? "a" : "b");
        }
    }

    /** All, or those whose names begin with {@code -Dsluicemq.part}. */
    static List<Part> parts() {
        final String wanted = System.getProperty("sluicemq.part", "");
        final List<Part> parts = new ArrayList<>();
        for (final boolean firstHalf : new boolean[] {true, false}) {
            parts.add(new Part("tcp-1", JOURNALED, true, Passing.FIRST, firstHalf));
            parts.add(new Part("tcp-2", SYNCED, false, Passing.FIRST, firstHalf));
            parts.add(new Part("tcp-3", JOURNALED, true, Passing.MIDDLE, firstHalf));
            parts.add(new Part("tcp-4", SYNCED, false, Passing.MIDDLE, firstHalf));
            parts.add(new Part("tcp-5", JOURNALED, true, Passing.ANY, firstHalf));
            parts.add(new Part("tcp-6", SYNCED, false, Passing.ANY, firstHalf));
            parts.add(new Part("ipc-1", JOURNALED, false, Passing.FIRST, firstHalf));
            parts.add(new Part("ipc-2", SYNCED, true, Passing.ANY, firstHalf));
            parts.add(new Part("ipc-3", JOURNALED, false, Passing.ANY, firstHalf));
            parts.add(new Part("shm-1", JOURNALED, true, Passing.FIRST, firstHalf));
            parts.add(new Part("shm-2", SYNCED, false, Passing.ANY, firstHalf));
            parts.add(new Part("shm-3", JOURNALED, true, Passing.ANY, firstHalf));
        }
        return parts.stream()
                .filter(part -> part.toString().startsWith(wanted))
                .toList();
    }

    @Test
    void shouldLoseNothingAndDoubleNothingWhereverBothSidesDie() throws IOException, InterruptedException {
        System.out.println("DurableKillTest: sluicemq.seed=" + seed);
        final Durability level = random.nextBoolean() ? JOURNALED : SYNCED;
        final Part part = new Part("tcp-", level, random.nextBoolean(), Passing.ANY, true);

        final Campaign.Outcome outcome = run(part, some(publisherFates(part)), some(subscriberFates(part)));

        System.out.println("DurableKillTest: " + KillReport.line(part, outcome, seed) + " " + outcome.deaths());
        assertThat(outcome.kills()).isGreaterThanOrEqualTo(4 * FEW);
    }

    @ParameterizedTest
    @MethodSource("parts")
    @EnabledIfSystemProperty(named = "sluicemq.long", matches = "true")
    void shouldLoseNothingAndDoubleNothingInAThousandDeaths(final Part part) throws IOException, InterruptedException {
        System.out.println("DurableKillTest: part=" + part + " sluicemq.seed=" + seed);
        final List<Fate> publisher = withRandom(half(publisherFates(part), part));
        final List<Fate> subscriber = withRandom(half(subscriberFates(part), part));

        final Campaign.Outcome outcome = run(part, publisher, subscriber);

        KillReport.keep(part, outcome, seed);
    }

    @Test
    void shouldKnowAllPoints() throws ClassNotFoundException {
        for (final boolean ofJournal : new boolean[] {true, false}) {
            final String holder =
                    ofJournal ? "io.sluicemq.journal.FaultPoints" : "io.sluicemq.durable.core.FaultPoints";

            final List<String> points = Arrays.stream(Class.forName(holder).getDeclaredFields())
                    .filter(field -> field.getType() == boolean.class)
                    .map(field ->
                            field.getName().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                    .toList();

            assertThat(points).isNotEmpty().hasSameElementsAs(Fate.points(ofJournal));
        }
    }

    private List<Fate> publisherFates(final Part part) {
        return Fate.ofPublisher(part.passing, random);
    }

    private List<Fate> subscriberFates(final Part part) {
        return Fate.ofSubscriber(part.passing, part.keeping, part.level == SYNCED, random);
    }

    private List<Fate> some(final List<Fate> fates) {
        Collections.shuffle(fates, random);
        final List<Fate> some = new ArrayList<>(fates.subList(0, FEW));
        for (int i = 0; i < FEW; i++) {
            some.add(Fate.atRandom(random));
        }
        return some;
    }

    private static List<Fate> half(final List<Fate> fates, final Part part) {
        final List<Fate> half = new ArrayList<>();
        for (int i = part.firstHalf ? 0 : 1; i < fates.size(); i += 2) {
            half.add(fates.get(i));
        }
        return half;
    }

    private List<Fate> withRandom(final List<Fate> fates) {
        for (int i = 0; i < AT_RANDOM; i++) {
            fates.add(Fate.atRandom(random));
        }
        Collections.shuffle(fates, random);
        return fates;
    }

    private static ArrayDeque<Fate> queue(final List<Fate> fates) {
        final ArrayDeque<Fate> queue = new ArrayDeque<>();
        for (final Fate fate : fates) {
            queue.add(fate);
            if (fate.comesTwice()) {
                queue.add(fate);
            }
        }
        return queue;
    }

    private Campaign.Outcome run(final Part part, final List<Fate> publisher, final List<Fate> subscriber)
            throws IOException, InterruptedException {
        final Campaign.Plan plan = new Campaign.Plan(
                endpoint(part.name), part.level, part.keeping, queue(publisher), queue(subscriber), random);
        try (Campaign campaign = new Campaign(plan, folder)) {
            return campaign.run();
        } catch (final AssertionError e) {
            throw new AssertionError("part=" + part + ", seed=" + seed, e);
        }
    }

    private String endpoint(final String part) throws IOException {
        final String scheme = part.substring(0, 3);
        return switch (scheme) {
            case "ipc" -> "ipc://" + folder.resolve("socket");
            case "shm" -> "shm://durable-" + UUID.randomUUID();
            default -> "tcp://127.0.0.1:" + freePort();
        };
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
