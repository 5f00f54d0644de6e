package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.RawZmtpListener;
import io.sluicemq.testkit.peers.RawZmtpPeer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReconnectTest extends SocketTestBase {
    private static final SocketOptions QUICK = SocketOptions.builder()
            .reconnect(Duration.ofMillis(10), Duration.ZERO)
            .build();

    private static void awaitDisconnected(final PushSocket push) {
        Await.until(LIMIT, () -> push.peers().stream().noneMatch(peer -> peer.connected()), "peer is gone");
    }

    @OverAllFamilies
    void shouldDeliverWhatWasSentWhileThePeerWasAway(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(QUICK);
        final PullSocket first = context.pull();
        final String endpoint = join(medium, first, push);
        push.send("before");
        assertThat(receiveText(first)).isEqualTo("before");
        first.close();
        awaitDisconnected(push);

        for (int i = 0; i < 10; i++) {
            assertThat(push.send("n" + i)).isEqualTo(SendResult.SENT);
        }
        final PullSocket second = context.pull();
        second.bind(endpoint);

        for (int i = 0; i < 10; i++) {
            assertThat(receiveText(second)).isEqualTo("n" + i);
        }
    }

    @OverAllFamilies
    void shouldConnectAgainAfterEachOfManyLosses(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(QUICK);
        PullSocket pull = context.pull();
        final String endpoint = join(medium, pull, push);
        for (int i = 0; i < 5; i++) {
            pull.close();
            awaitDisconnected(push);
            pull = context.pull();
            pull.bind(endpoint);
            awaitPeers(push, 1);
            push.send("n" + i);
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }
    }

    @OverAllFamilies
    void shouldConnectAgainAfterAPeerWasDisconnectedByHand(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(QUICK);
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        final int onPull = pull.peers().get(0).id();

        assertThat(pull.disconnectPeer(onPull)).isTrue();
        Await.until(
                LIMIT,
                () -> pull.peers().stream().anyMatch(peer -> peer.id() != onPull && peer.connected()),
                "a new connection");
        awaitPeers(push, 1);
        push.send("again");

        assertThat(receiveText(pull)).isEqualTo("again");
        assertThat(pull.disconnectPeer(onPull)).isFalse();
    }

    @OverAllFamilies
    void shouldNotConnectAgainWithAnIntervalOfZero(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(
                SocketOptions.builder().reconnect(Duration.ZERO, Duration.ZERO).build());
        final PullSocket pull = context.pull();
        join(medium, pull, push);

        pull.disconnectPeer(pull.peers().get(0).id());

        Await.until(LIMIT, () -> push.peers().isEmpty() && pull.peers().isEmpty(), "no peers");
        assertThat(pull.awaitPeers(1, MOMENT)).isFalse();
        assertThat(push.trySend(Message.of("x"))).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @OverAllFamilies
    void shouldGiveMessagesToCompleteConnectionsOnlyWhenImmediate(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(QUICK.toBuilder().immediate(true).build());
        push.connect(medium.freshResolved());
        assertThat(push.trySend(Message.of("nobody"))).isEqualTo(SendResult.NOT_CONNECTED);
        final PullSocket pull = context.pull();
        push.connect(pull.bind(medium.fresh()));
        awaitPeers(push, 1);

        for (int i = 0; i < 10; i++) {
            push.send("n" + i);
        }

        for (int i = 0; i < 10; i++) {
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }
        pull.close();
        awaitDisconnected(push);
        assertThat(push.trySend(Message.of("nobody"))).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @OverAllFamilies
    void shouldShareWithPeersStillBeingConnectedToByDefault(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(QUICK);
        final String absent = medium.freshResolved();
        push.connect(absent);
        final PullSocket pull = context.pull();
        push.connect(pull.bind(medium.fresh()));
        awaitPeers(push, 1);

        for (int i = 0; i < 10; i++) {
            push.send("n" + i);
        }

        final Set<String> seen = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            seen.add(receiveText(pull));
        }
        assertSilent(pull);
        final PullSocket late = context.pull();
        late.bind(absent);
        for (int i = 0; i < 5; i++) {
            seen.add(receiveText(late));
        }
        assertThat(seen).hasSize(10).doesNotContainNull();
    }

    @Test
    void shouldConnectAgainAfterAReset() throws InterruptedException {
        try (RawZmtpListener listener = RawZmtpListener.open()) {
            final PushSocket push = context.push(QUICK);
            push.connect(listener.endpoint());
            for (int i = 0; i < 3; i++) {
                try (RawZmtpPeer peer = listener.accept(LIMIT)) {
                    peer.handshake("PULL");
                    awaitPeers(push, 1);
                    push.send("n" + i);
                    assertThat(peer.receiveFrame().body()).asString().isEqualTo("n" + i);
                    peer.reset();
                    awaitDisconnected(push);
                }
            }
        }
    }

    @Test
    void shouldSendAMessageAgainThatABrokenConnectionDidNotTake() throws InterruptedException {
        try (RawZmtpListener listener = RawZmtpListener.open(8 << 10)) {
            final PushSocket push = context.push(QUICK);
            push.connect(listener.endpoint());
            try (RawZmtpPeer peer = listener.accept(LIMIT)) {
                peer.handshake("PULL");
                awaitPeers(push, 1);
                push.send(new byte[20 << 20]);
                push.send("behind");
                peer.receive(1_000);
                peer.reset();
            }
            try (RawZmtpPeer peer = listener.accept(LIMIT)) {
                peer.handshake("PULL");

                assertThat(peer.receiveFrame().body()).hasSize(20 << 20);
                assertThat(peer.receiveFrame().body()).asString().isEqualTo("behind");
            }
        }
    }
}
