package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DealerRouterTest extends SocketTestBase {
    private static final RouterOptions MANDATORY =
            RouterOptions.builder().mandatory(true).build();
    private static final RouterOptions HANDOVER =
            RouterOptions.builder().handover(true).build();

    private static SocketOptions named(final String id) {
        return SocketOptions.builder()
                .routingId(id.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private DealerSocket dealer(final String id) {
        return context.dealer(named(id), DealerOptions.DEFAULTS);
    }

    private RouterSocket router(final String id, final RouterOptions options) {
        return context.router(named(id), options);
    }

    @OverAllTransports
    void shouldRouteByTheIdThatPeersChose(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router();
        final DealerSocket a = dealer("a");
        final DealerSocket b = dealer("b");
        join(medium, router, a);
        join(medium, router, b);

        a.send(Message.of("from a"));
        assertThat(receiveFrames(router)).containsExactly("a", "from a");
        b.send(Message.of("from", "b"));
        assertThat(receiveFrames(router)).containsExactly("b", "from", "b");
        router.send(Message.of("b", "to b"));
        router.send(Message.of("a", "to", "a"));

        assertThat(receiveFrames(a)).containsExactly("to", "a");
        assertThat(receiveFrames(b)).containsExactly("to b");
    }

    @OverAllTransports
    void shouldMakeUpIdsForAnonymousPeers(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router();
        final DealerSocket[] dealers = {context.dealer(), context.dealer()};
        join(medium, router, dealers[0]);
        join(medium, router, dealers[1]);

        final byte[][] ids = new byte[2][];
        for (int i = 0; i < 2; i++) {
            dealers[i].send("n" + i);
            final Message message = router.receiveMessage(LIMIT);
            ids[i] = message.frame(0);
            assertThat(ids[i]).hasSize(5).startsWith(0);
            assertThat(message.text(1)).isEqualTo("n" + i);
        }
        router.send(Message.of(ids[1]).add("second"));
        router.send(Message.of(ids[0]).add("first"));

        assertThat(ids[0]).isNotEqualTo(ids[1]);
        assertThat(receiveText(dealers[0])).isEqualTo("first");
        assertThat(receiveText(dealers[1])).isEqualTo("second");
    }

    @OverAllTransports
    void shouldDropAndCountTheUnroutableByDefault(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router();
        join(medium, router, dealer("a"));

        assertThat(router.send(Message.of("nobody", "x"))).isEqualTo(SendResult.SENT);

        assertThat(router.stats().dropped(DropCause.UNROUTABLE)).isEqualTo(1);
    }

    @OverAllTransports
    void shouldSayUnroutableWhenMandatory(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router(SocketOptions.DEFAULTS, MANDATORY);
        final DealerSocket dealer = dealer("a");
        join(medium, router, dealer);

        assertThat(router.send(Message.of("nobody", "x"))).isEqualTo(SendResult.UNROUTABLE);
        assertThat(router.send(Message.of("a", "x"))).isEqualTo(SendResult.SENT);
        assertThat(receiveText(dealer)).isEqualTo("x");
        dealer.close();
        Await.until(LIMIT, () -> router.peers().isEmpty(), "peer is gone");

        assertThat(router.trySend(Message.of("a", "x"))).isEqualTo(SendResult.UNROUTABLE);
        assertThat(router.stats().dropped()).isEmpty();
    }

    @OverAllTransports
    void shouldSayBackPressuredWhenMandatoryAndThePeerIsFull(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router(marks(2, 2), MANDATORY);
        final SocketOptions small = marks(2, 2).toBuilder()
                .routingId("a".getBytes(StandardCharsets.UTF_8))
                .build();
        final DealerSocket dealer = context.dealer(small, DealerOptions.DEFAULTS);
        join(medium, router, dealer);
        final Message message = Message.of("a".getBytes(StandardCharsets.UTF_8), new byte[64 << 10]);

        int sent = 0;
        while (sent < 1_000 && router.send(new Message().copyOf(message), MOMENT.multipliedBy(10)) == SendResult.SENT) {
            sent++;
        }

        assertThat(sent).isBetween(4, 500);
        assertThat(router.trySend(message)).isEqualTo(SendResult.BACK_PRESSURED);
        for (int i = 0; i < sent; i++) {
            assertThat(dealer.receiveMessage(LIMIT)).isNotNull();
        }
        assertThat(router.send(Message.of("a", "again"), LIMIT)).isEqualTo(SendResult.SENT);
        assertThat(receiveText(dealer)).isEqualTo("again");
    }

    @OverKinds
    void shouldSleepUntilTheFullPeerHasRoomHoweverBusyOthersAre(final Medium medium) throws Exception {
        final RouterSocket router = context.router(marks(50, 50), MANDATORY);
        final DealerSocket full = context.dealer(withId(marks(2, 2), "full"), DealerOptions.DEFAULTS);
        final DealerSocket busy = context.dealer(withId(marks(50, 50), "busy"), DealerOptions.DEFAULTS);
        full.connect(join(medium, router, busy));
        awaitPeers(full, 1);
        awaitPeers(router, 2);
        final Message toFull = Message.of("full".getBytes(StandardCharsets.UTF_8), new byte[64 << 10]);
        int sent = 0;
        while (router.send(new Message().copyOf(toFull), MOMENT.multipliedBy(5)) == SendResult.SENT) {
            sent++;
        }
        final AtomicLong taken = new AtomicLong();
        final Future<SendResult> sending = start(() -> {
            SendResult result = SendResult.SENT;
            while (result == SendResult.SENT) {
                result = router.send(Message.of("busy", "x"));
            }
            return result;
        });
        final Future<Boolean> receiving = start(() -> {
            while (busy.receiveMessage() != null) {
                taken.incrementAndGet();
            }
            return busy.isClosed();
        });
        Await.until(LIMIT, () -> taken.get() > 100, "the busy peer is busy");

        final long takenBefore = taken.get();
        final Future<Long> sleeping = start(() -> {
            final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            final long beforeNs = threads.getCurrentThreadCpuTime();
            assertThat(router.send(new Message().copyOf(toFull), Duration.ofMillis(700)))
                    .isEqualTo(SendResult.BACK_PRESSURED);
            return threads.getCurrentThreadCpuTime() - beforeNs;
        });
        final long cpuNs = get(sleeping);
        final long takenMeanwhile = taken.get() - takenBefore;
        final Future<SendResult> waiting = start(() -> router.send(new Message().copyOf(toFull)));
        assertThat(router.awaitPeers(3, MOMENT)).isFalse();
        for (int i = 0; i < sent; i++) {
            assertThat(full.receiveMessage(LIMIT)).isNotNull();
        }

        assertThat(takenMeanwhile).isGreaterThan(100);
        assertThat(cpuNs).isLessThan(30_000_000L);
        assertThat(get(waiting)).isEqualTo(SendResult.SENT);
        router.close(Duration.ZERO);
        busy.close(Duration.ZERO);
        assertThat(get(sending)).isEqualTo(SendResult.CLOSED);
        assertThat(get(receiving)).isTrue();
    }

    private static SocketOptions withId(final SocketOptions options, final String routingId) {
        return options.toBuilder()
                .routingId(routingId.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    @OverAllTransports
    void shouldDropAndCountForAFullPeerByDefault(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router(marks(2, 2), RouterOptions.DEFAULTS);
        final SocketOptions small = marks(2, 2).toBuilder()
                .routingId("a".getBytes(StandardCharsets.UTF_8))
                .build();
        final DealerSocket dealer = context.dealer(small, DealerOptions.DEFAULTS);
        join(medium, router, dealer);
        final Message message = Message.of("a".getBytes(StandardCharsets.UTF_8), new byte[64 << 10]);

        final int count = 500;
        for (int i = 0; i < count; i++) {
            assertThat(router.send(new Message().copyOf(message))).isEqualTo(SendResult.SENT);
        }

        int received = 0;
        while (dealer.receiveMessage(MOMENT.multipliedBy(5)) != null) {
            received++;
        }
        assertThat(received + router.stats().dropped(DropCause.HIGH_WATER_MARK)).isEqualTo(count);
        assertThat(router.stats().dropped(DropCause.HIGH_WATER_MARK)).isPositive();
    }

    @OverAllTransports
    void shouldKeepTheOldPeerOfAnIdWithoutHandover(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router();
        final DealerSocket old = dealer("x");
        final String endpoint = join(medium, router, old);

        final DealerSocket other = dealer("x");
        other.connect(endpoint);
        other.trySend(Message.of("unheard"));
        assertSilent(router);
        old.send("heard");

        assertThat(receiveFrames(router)).containsExactly("x", "heard");
        router.send(Message.of("x", "to the old"));
        assertThat(receiveText(old)).isEqualTo("to the old");
    }

    @OverAllTransports
    void shouldGiveTheIdToTheNewPeerWithHandover(final Medium medium) throws InterruptedException {
        final SocketOptions once =
                named("x").toBuilder().reconnect(Duration.ZERO, Duration.ZERO).build();
        final RouterSocket router = context.router(SocketOptions.DEFAULTS, HANDOVER);
        final DealerSocket old = context.dealer(once, DealerOptions.DEFAULTS);
        final String endpoint = join(medium, router, old);
        final DealerSocket other = dealer("x");
        other.connect(endpoint);
        Await.until(LIMIT, () -> old.peers().isEmpty(), "the old peer is put out");

        other.send("new");
        assertThat(receiveFrames(router)).containsExactly("x", "new");
        router.send(Message.of("x", "to the new"));

        assertThat(receiveText(other)).isEqualTo("to the new");
        assertSilent(old);
    }

    @OverAllTransports
    void shouldAnnounceItselfByAProbe(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router();
        final DealerSocket dealer =
                context.dealer(named("p"), DealerOptions.builder().probe(true).build());

        join(medium, router, dealer);

        assertThat(receiveFrames(router)).containsExactly("p", "");
        router.send(Message.of("p", "found you"));
        assertThat(receiveText(dealer)).isEqualTo("found you");
    }

    @OverAllTransports
    void shouldProbeFromRouterToRouter(final Medium medium) throws InterruptedException {
        final RouterSocket bound = router("b", MANDATORY);
        final RouterSocket connected =
                router("c", RouterOptions.builder().mandatory(true).probe(true).build());
        join(medium, bound, connected);

        assertThat(receiveFrames(bound)).containsExactly("c", "");
        assertThat(bound.send(Message.of("c", "to c"))).isEqualTo(SendResult.SENT);
        assertThat(receiveFrames(connected)).containsExactly("b", "to c");
        assertThat(connected.send(Message.of("b", "to b"))).isEqualTo(SendResult.SENT);
        assertThat(receiveFrames(bound)).containsExactly("c", "to b");
    }

    @OverAllTransports
    void shouldNameTheSenderOfWhatWaitsWhenThePeerIsGone(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router();
        final DealerSocket dealer = dealer("late");
        join(medium, router, dealer);
        for (int i = 0; i < 10; i++) {
            dealer.send("n" + i);
        }
        dealer.close();
        Await.until(LIMIT, () -> router.peers().isEmpty(), "peer is gone");

        for (int i = 0; i < 10; i++) {
            assertThat(receiveFrames(router)).containsExactly("late", "n" + i);
        }
    }

    @OverNetworks
    void shouldKnowAPeerByItsIdAfterAReconnect(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router(SocketOptions.DEFAULTS, MANDATORY);
        final SocketOptions quick = named("r").toBuilder()
                .reconnect(Duration.ofMillis(10), Duration.ZERO)
                .build();
        final DealerSocket dealer = context.dealer(quick, DealerOptions.DEFAULTS);
        join(medium, router, dealer);

        for (int i = 0; i < 5; i++) {
            final int before = router.peers().get(0).id();
            router.disconnectPeer(before);
            Await.until(
                    LIMIT,
                    () -> router.peers().stream().anyMatch(peer -> peer.id() != before && peer.connected()),
                    "reconnected");

            assertThat(router.send(Message.of("r", "n" + i))).isEqualTo(SendResult.SENT);
            assertThat(receiveText(dealer)).isEqualTo("n" + i);
        }
    }

    @OverAllTransports
    void shouldRefuseAMessageWithoutAnAddress(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router();
        join(medium, router, context.dealer());

        assertThatThrownBy(() -> router.send("no address"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit=2");
    }

    @OverAllTransports
    void shouldShareTheWorkOfADealerAmongItsPeers(final Medium medium) throws InterruptedException {
        final DealerSocket dealer = context.dealer();
        final DealerSocket[] peers = {context.dealer(), context.dealer()};
        join(medium, dealer, peers[0]);
        join(medium, dealer, peers[1]);

        for (int i = 0; i < 6; i++) {
            dealer.send("n" + i);
        }

        for (int i = 0; i < 6; i++) {
            assertThat(receiveText(peers[i % 2])).isEqualTo("n" + i);
        }
        peers[0].send("back");
        assertThat(receiveText(dealer)).isEqualTo("back");
    }
}
