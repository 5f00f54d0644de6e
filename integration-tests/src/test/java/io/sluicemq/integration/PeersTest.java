package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.PeerInfo;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RouterSocket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.RawZmtpListener;
import io.sluicemq.testkit.peers.RawZmtpPeer;
import io.sluicemq.transport.SocketType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeersTest extends SocketTestBase {
    private static SocketOptions.Builder heard(final SocketListener listener) {
        return SocketOptions.builder().listener(listener).reconnect(Duration.ofMillis(10), Duration.ZERO);
    }

    @OverAllFamilies
    void shouldTellWhoThePeersAre(final Medium medium) throws InterruptedException {
        final SocketOptions options = SocketOptions.builder()
                .routingId("me".getBytes(StandardCharsets.UTF_8))
                .property("X-Rack", "r7")
                .property("X-Empty", "")
                .build();
        final RouterSocket router = context.router();
        final DealerSocket dealer = context.dealer(options, DealerOptions.DEFAULTS);
        assertThat(router.peers()).isEmpty();
        final String endpoint = join(medium, router, dealer);

        final PeerInfo onRouter = router.peers().get(0);
        final PeerInfo onDealer = dealer.peers().get(0);

        assertThat(onRouter.connected()).isTrue();
        assertThat(onRouter.metadata().socketType()).isEqualTo(SocketType.DEALER);
        assertThat(onRouter.metadata().routingId()).asString().isEqualTo("me");
        assertThat(onRouter.metadata().property("x-rack")).isEqualTo("r7");
        assertThat(onRouter.metadata().property("X-Empty")).isEmpty();
        assertThat(onRouter.metadata().property("X-Other")).isNull();
        assertThat(onDealer.metadata().socketType()).isEqualTo(SocketType.ROUTER);
        assertThat(onDealer.endpoint()).isEqualTo(endpoint);
    }

    @OverAllFamilies
    void shouldListAPeerThatIsStillBeingConnectedTo(final Medium medium) throws InterruptedException {
        final String endpoint = medium.freshResolved();
        final PushSocket push = context.push();
        push.connect(endpoint);

        final PeerInfo peer = push.peers().get(0);

        assertThat(peer.connected()).isFalse();
        assertThat(peer.endpoint()).isEqualTo(endpoint);
        assertThat(peer.metadata()).isNull();
        assertThat(push.awaitPeers(1, MOMENT)).isFalse();
    }

    @OverAllFamilies
    void shouldWaitForSeveralPeers(final Medium medium) throws Exception {
        final PullSocket pull = context.pull();
        final String endpoint = pull.bind(medium.fresh());
        final Future<Boolean> awaiting = start(() -> pull.awaitPeers(3, LIMIT));
        assertThat(pull.awaitPeers(0, Duration.ZERO)).isTrue();
        assertThat(pull.awaitPeers(1, Duration.ZERO)).isFalse();

        for (int i = 0; i < 3; i++) {
            context.push().connect(endpoint);
        }

        assertThat(get(awaiting)).isTrue();
    }

    @OverAllFamilies
    void shouldRefuseAPeerAndTellBothSidesWhy(final Medium medium) throws InterruptedException {
        final RecordingListener onPull = new RecordingListener();
        final RecordingListener onPush = new RecordingListener();
        final PullSocket pull = context.pull(heard(onPull)
                .peerCheck(peer -> "good".equals(peer.property("X-Badge")) ? null : "wrong badge")
                .build());
        final String endpoint = pull.bind(medium.fresh());
        final PushSocket refused =
                context.push(heard(onPush).property("X-Badge", "bad").build());
        refused.connect(endpoint);

        onPush.await("failed REFUSED");
        onPull.await("failed REFUSED");

        assertThat(onPush.details().toString()).contains("wrong badge");
        assertThat(onPull.details().toString()).contains("wrong badge");
        assertThat(onPush.events()).doesNotContain("connected");
        assertThat(onPull.events()).doesNotContain("connected");
        final PushSocket accepted =
                context.push(SocketOptions.builder().property("X-Badge", "good").build());
        accepted.connect(endpoint);
        accepted.send("let in");
        assertThat(receiveText(pull)).isEqualTo("let in");
        assertThat(pull.peers()).hasSize(1);
    }

    @OverAllFamilies
    void shouldRefuseAPeerOfTheWrongType(final Medium medium) throws InterruptedException {
        final RecordingListener onPush = new RecordingListener();
        final PullSocket pull = context.pull();
        final DealerSocket dealer = context.dealer(heard(onPush).build(), DealerOptions.DEFAULTS);
        dealer.connect(pull.bind(medium.fresh()));

        onPush.await("failed REFUSED");

        assertThat(onPush.details().toString()).contains("PULL").contains("DEALER");
        assertThat(pull.peers()).isEmpty();
        assertSilent(pull);
    }

    @OverAllFamilies
    void shouldTellOfEachStepInOrder(final Medium medium) throws InterruptedException {
        final RecordingListener onPull = new RecordingListener();
        final RecordingListener onPush = new RecordingListener();
        final PullSocket pull = context.pull(heard(onPull).build());
        final PushSocket push = context.push(heard(onPush).build());
        final String endpoint = join(medium, pull, push);
        onPush.await("connected");

        pull.close();
        onPush.await("retry");
        push.disconnect(endpoint);
        Await.until(LIMIT, () -> push.peers().isEmpty(), "no peers");

        assertThat(onPull.events()).startsWith("listening", "connected").hasSize(3);
        assertThat(onPull.events().get(2)).startsWith("disconnected CLOSED_LOCALLY");
        assertThat(onPull.details()).startsWith(endpoint, "PUSH");
        assertThat(onPush.events()).startsWith("connected", "disconnected CLOSED_BY_PEER", "retry");
        assertThat(onPush.details().get(0)).isEqualTo("PULL");
    }

    @Test
    void shouldTellOfEachFailedAttempt() {
        final RecordingListener onPush = new RecordingListener();
        final PushSocket push = context.push(heard(onPush).build());
        push.connect(Medium.TCP.freshResolved());

        Await.until(LIMIT, () -> onPush.events().size() >= 6, "three attempts");

        assertThat(onPush.events().subList(0, 6))
                .containsExactly(
                        "failed CONNECT_FAILED",
                        "retry",
                        "failed CONNECT_FAILED",
                        "retry",
                        "failed CONNECT_FAILED",
                        "retry");
    }

    @OverAllFamilies
    void shouldNotMindAListenerThatFails(final Medium medium) throws InterruptedException {
        final SocketListener failing = new SocketListener() {
            @Override
            public void onConnected(final PeerInfo peer) {
                throw new IllegalStateException("on purpose, for a test");
            }
        };
        final PullSocket pull = context.pull(heard(failing).build());
        final PushSocket push = context.push(heard(failing).build());
        join(medium, pull, push);

        push.send("all the same");

        assertThat(receiveText(pull)).isEqualTo("all the same");
    }

    @OverAllFamilies
    void shouldSendInsideAListener(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket[] self = new PushSocket[1];
        final SocketListener greeting = new SocketListener() {
            @Override
            public void onConnected(final PeerInfo peer) {
                self[0].trySend(Message.of("hello"));
            }
        };
        self[0] = context.push(heard(greeting).build());

        self[0].connect(pull.bind(medium.fresh()));

        assertThat(receiveText(pull)).isEqualTo("hello");
    }

    @Test
    void shouldEndTheConnectionOfASilentPeer() throws InterruptedException {
        final RecordingListener onPush = new RecordingListener();
        final PushSocket push = context.push(heard(onPush)
                .heartbeat(Duration.ofMillis(40), Duration.ofMillis(80), Duration.ofSeconds(1))
                .build());
        try (RawZmtpListener listener = RawZmtpListener.open()) {
            push.connect(listener.endpoint());
            try (RawZmtpPeer peer = listener.accept(LIMIT)) {
                peer.handshake("PULL");
                awaitPeers(push, 1);

                assertThat(peer.receiveFrame().commandName()).isEqualTo("PING");
                peer.expectClosed(LIMIT);
            }
            onPush.await("disconnected HEARTBEAT_TIMED_OUT");
            try (RawZmtpPeer peer = listener.accept(LIMIT)) {
                peer.handshake("PULL");
                awaitPeers(push, 1);
                for (int i = 0; i < 5; i++) {
                    assertThat(peer.receiveFrame().commandName()).isEqualTo("PING");
                    peer.sendHex("04 05 04 50 4F 4E 47");
                }
                push.send("alive");
                assertThat(peer.receiveFrame()).isNotNull();
            }
        }
    }

    @OverNetworkFamilies
    void shouldKeepAQuietConnectionByHeartbeats(final Medium medium) throws InterruptedException {
        final RecordingListener onPull = new RecordingListener();
        final Duration interval = Duration.ofMillis(20);
        final PullSocket pull = context.pull(heard(onPull)
                .heartbeat(interval, Duration.ofMillis(500), Duration.ZERO)
                .build());
        final PushSocket push = context.push();
        join(medium, pull, push);

        assertThat(pull.awaitPeers(2, Duration.ofMillis(700))).isFalse();
        push.send("still here");

        assertThat(receiveText(pull)).isEqualTo("still here");
        assertThat(onPull.events()).containsExactly("listening", "connected");
    }
}
