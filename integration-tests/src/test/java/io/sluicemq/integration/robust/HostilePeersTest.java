package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.PeerInfo;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.PullSocket;
import io.sluicemq.RouterOptions;
import io.sluicemq.Socket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.PeerException;
import io.sluicemq.testkit.peers.RawZmtpPeer;
import io.sluicemq.testkit.peers.Seed;
import io.sluicemq.testkit.peers.ZmtpBytes;
import io.sluicemq.transport.CloseReason;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Peers that send anything but what they should do no harm to the others: memory stays bounded, good messages go on, and the
 * listener is told of each.
 */
@Timeout(600)
@ExtendWith(LeakCheckExtension.class)
class HostilePeersTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** For all connections of a kind, one after the other for each attacker. */
    private static final Duration ATTACK_LIMIT = Duration.ofSeconds(Tier.count(30, 120));

    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofMillis(400);
    private static final long FLOOD_NS = Tier.count(50, 300) * 1_000_000L;
    private static final int ATTACKERS = 8;
    /** A machine with ten times the work that it has cores for was seen to make gaps of more than a second by itself. */
    private static final long MAX_GAP_MS = 5_000;

    private static final long MAX_LEFT_BYTES = 12 << 20;

    /** The rings of the socket and some messages at the limit; far below what the kinds announce or send. */
    private static final long MAX_DIRECT_BYTES = 100 << 20;

    private final Events events = new Events();

    /** The kind that attacked last; a test runs them one after the other. */
    private HostileKind before;

    @ParameterizedTest
    @ValueSource(strings = {"PULL", "PUB", "ROUTER", "REP"})
    void shouldServeGoodPeerWhileOthersAreHostile(final String type) throws InterruptedException {
        final int count = Tier.count(8, 1_000);
        final long seed = Seed.next("hostile peers of a " + type);
        final ContextOptions options =
                ContextOptions.builder().maxIdleBufferBytes(1 << 20).build();
        try (Context context = Context.create(options);
                Socket bound = open(context, type)) {
            final String endpoint = bound.bind("tcp://127.0.0.1:0");
            try (GoodTraffic good = new GoodTraffic(bound, endpoint)) {
                for (final HostileKind kind : HostileKind.values()) {
                    // Once for what classes and pools keep, then to count. Who only waits for its end keeps nothing.
                    if (!kind.isTimedOut()) {
                        attack(kind, 2, peerOf(type), seed, endpoint);
                    }
                }
                final long heapBefore = usedHeap();
                for (final HostileKind kind : HostileKind.values()) {
                    attack(
                            kind,
                            kind.connections(count),
                            peerOf(type),
                            seed + kind.name().hashCode(),
                            endpoint);
                    good.awaitMore(20);
                }

                final long messages = good.finish();
                final long heapLeft = usedHeap() - heapBefore;

                System.out.println(type + ": good=" + messages + " gapMs=" + good.longestGapMs() + " heapLeft="
                        + heapLeft + " direct=" + directBytes());
                assertThat(good.longestGapMs()).isLessThan(MAX_GAP_MS);
                assertThat(heapLeft).isLessThan(MAX_LEFT_BYTES);
                assertThat(bound.peers()).hasSize(1);
            }
        }
    }

    @Test
    void shouldReserveNothingForWhatIsOnlyAnnounced() {
        final List<RawZmtpPeer> peers = new ArrayList<>();
        final SocketOptions options = SocketOptions.builder()
                .maxMessageBytes(-1)
                .linger(Duration.ZERO)
                .listener(events)
                .build();
        try (Context context = Context.create();
                PullSocket pull = context.pull(options)) {
            final String endpoint = pull.bind("tcp://127.0.0.1:0");
            peers.add(RawZmtpPeer.connect(endpoint));
            peers.get(0).handshake("PUSH");
            final long before = settledBytes();

            for (int i = 0; i < Tier.count(100, 1_000); i++) {
                final RawZmtpPeer peer = RawZmtpPeer.connect(endpoint);
                peers.add(peer);
                peer.handshake("PUSH");
                peer.send(ZmtpBytes.longHead(i % 2, Integer.MAX_VALUE - 100L)).send(new byte[10]);
            }
            final long each = (settledBytes() - before) / (peers.size() - 1);

            System.out.println("announced 2 GiB: bytes a peer=" + each);
            assertThat(events.all()).isEmpty();
            assertThat(each).isLessThan(16 * 1024);
        } finally {
            peers.forEach(RawZmtpPeer::close);
        }
    }

    @Test
    void shouldEndPeerThatSubscribesBeyondBudgetAndForgetItsPrefixes() {
        try (Context context = Context.create();
                PubSocket pub =
                        context.pub(SocketOptions.builder().listener(events).build(), PublisherOptions.DEFAULTS)) {
            final String endpoint = pub.bind("tcp://127.0.0.1:0");
            final long before = usedHeap();

            for (int i = 0; i < Tier.count(2, 10); i++) {
                final int ends = i + 1;
                try (RawZmtpPeer peer = RawZmtpPeer.connect(endpoint)) {
                    final HostileKind.Attack attack =
                            new HostileKind.Attack("SUB", 0, System.nanoTime() + LIMIT.toNanos());
                    attackOnce(HostileKind.SUBSCRIPTIONS, attack, List.of(peer));
                    Await.until(LIMIT, () -> events.count() == ends, "the peer is told off");
                }
            }

            assertThat(events.all()).allSatisfy(end -> {
                assertThat(end.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
                assertThat(end.detail()).contains("prefixBytes=", ", limit=67108864", "fewer or shorter");
            });
            assertThat(usedHeap() - before).isLessThan(MAX_LEFT_BYTES);
        }
    }

    private Socket open(final Context context, final String type) {
        final SocketOptions options = SocketOptions.builder()
                .handshakeTimeout(HANDSHAKE_TIMEOUT)
                .maxMessageBytes(HostileKind.Attack.MAX_MESSAGE_BYTES)
                .maxFrames(HostileKind.Attack.MAX_FRAMES)
                .linger(Duration.ZERO)
                .listener(events)
                .build();
        return switch (type) {
            case "PULL" -> context.pull(options);
            case "PUB" -> context.pub(options, PublisherOptions.DEFAULTS);
            case "ROUTER" -> context.router(options, RouterOptions.DEFAULTS);
            default -> context.rep(options);
        };
    }

    private static String peerOf(final String type) {
        return switch (type) {
            case "PULL" -> "PUSH";
            case "PUB" -> "SUB";
            case "ROUTER" -> "DEALER";
            default -> "REQ";
        };
    }

    private void attack(
            final HostileKind kind,
            final int connections,
            final String peerType,
            final long seed,
            final String endpoint)
            throws InterruptedException {
        events.clear();
        final Queue<RawZmtpPeer> peers = new ConcurrentLinkedQueue<>();
        final long startNs = System.nanoTime();
        try (Background attackers = new Background()) {
            final AtomicInteger left = new AtomicInteger(connections);
            final List<FutureTask<Integer>> running = new ArrayList<>();
            for (int i = 0; i < ATTACKERS; i++) {
                final long ownSeed = seed * ATTACKERS + i;
                running.add(attackers.start("attacker-" + i, () -> {
                    final int together = kind.isSlow() ? 1 + connections / ATTACKERS : 1;
                    int mine = take(left, together);
                    while (mine > 0) {
                        final List<RawZmtpPeer> own = new ArrayList<>();
                        for (int j = 0; j < mine; j++) {
                            own.add(RawZmtpPeer.connect(endpoint));
                            peers.add(own.get(j));
                        }
                        attackOnce(kind, new HostileKind.Attack(peerType, ownSeed, System.nanoTime() + FLOOD_NS), own);
                        mine = take(left, together);
                    }
                    return connections;
                }));
            }
            // Those held up by back-pressure do not end by themselves, and the rest does not come to its turn then.
            final long limitNs = kind.isRefused()
                    ? Long.MAX_VALUE
                    : Math.min(LIMIT.toNanos() / 2, FLOOD_NS * (2 + connections / ATTACKERS));
            Await.until(
                    ATTACK_LIMIT,
                    () -> running.stream().allMatch(FutureTask::isDone) || System.nanoTime() - startNs > limitNs,
                    kind + " is over");
            left.set(0);
            if (kind.isRefused()) {
                for (final FutureTask<Integer> each : running) {
                    Background.result(each, LIMIT);
                }
                assertThat(peers).as("connections of %s", kind).hasSize(connections);
                awaitEnds(kind, connections);
            }
            Await.until(LIMIT, HostilePeersTest::isDirectMemoryBounded, "direct memory under " + kind + " is bounded");
            peers.forEach(RawZmtpPeer::close);
        } finally {
            peers.forEach(RawZmtpPeer::close);
        }
        awaitEnds(kind, peers.size());
        for (final Event event : events.all()) {
            // Some ends of the kind before may be told late, as not all of them are waited for.
            final boolean late = before != null && before.explains(event.reason, event.detail);
            assertThat(late || kind.explains(event.reason, event.detail))
                    .as("%s explained by %s", kind, event)
                    .isTrue();
        }
        before = kind;
    }

    /** Takes up to so many of those that are left. */
    private static int take(final AtomicInteger left, final int most) {
        return Math.min(most, Math.max(0, left.getAndAdd(-most)));
    }

    private void awaitEnds(final HostileKind kind, final int connections) {
        final int expected = kind.minEnds(connections);
        Await.until(LIMIT, () -> events.count() >= expected, kind + ": the listener is told " + expected + " times");
    }

    private static boolean isDirectMemoryBounded() {
        if (directBytes() < MAX_DIRECT_BYTES) {
            return true;
        }
        // Buffers that the pool did not take back wait for the collector.
        System.gc();
        return false;
    }

    /** The other side may well end the connection meanwhile. */
    private static void attackOnce(
            final HostileKind kind, final HostileKind.Attack attack, final List<RawZmtpPeer> peers) {
        try {
            kind.attackTogether(attack, peers);
        } catch (final PeerException | AssertionError e) {
            // As it should be.
            return;
        }
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Heap and direct memory in use, once what earlier tests left is collected. */
    private static long settledBytes() {
        final long[] least = {Long.MAX_VALUE};
        Await.until(
                LIMIT,
                () -> {
                    final long now = usedHeap() + directBytes();
                    final boolean settled = now > least[0] - (64 << 10);
                    least[0] = Math.min(least[0], now);
                    return settled;
                },
                "memory in use settles");
        return least[0];
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> "direct".equals(pool.getName()))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private record Event(CloseReason reason, String detail) {}

    /** Ends of connections, in the order of their coming. */
    private static final class Events implements SocketListener {
        private final Queue<Event> ends = new ConcurrentLinkedQueue<>();

        @Override
        public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
            ends.add(new Event(reason, detail));
        }

        @Override
        public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
            ends.add(new Event(reason, detail));
        }

        void clear() {
            ends.clear();
        }

        int count() {
            return ends.size();
        }

        List<Event> all() {
            return List.copyOf(ends);
        }

        @Override
        public String toString() {
            return ends.size() + " ends";
        }
    }
}
