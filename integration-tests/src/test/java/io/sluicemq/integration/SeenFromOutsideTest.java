package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.stat.PeerStat;
import io.sluicemq.stat.PeerState;
import io.sluicemq.stat.SocketStat;
import io.sluicemq.stat.StatReader;
import io.sluicemq.stat.StatSnapshot;
import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What another process reads in the statistics file. */
@Timeout(60)
class SeenFromOutsideTest extends SocketTestBase {
    /** Queues are looked at once a second, and the machine may be busy. */
    private static final Duration SHOWN_LIMIT = Duration.ofSeconds(30);

    @OverKinds
    void shouldShowWhatWaitsForAPeerThatIsNotThereYet(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final String endpoint = medium.freshResolved();
        push.connect(endpoint);

        for (int i = 0; i < 5; i++) {
            push.send("n");
        }

        awaitPeer(
                peer -> peer.state() == PeerState.CONNECTING && peer.endpoint().equals(endpoint) && peer.queued() == 5);
    }

    @OverKinds
    void shouldShowWhatWaitsForAPeerThatTakesNothing(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(marks(100, 1));
        final PullSocket pull = context.pull(marks(1, 1));
        join(medium, pull, push);

        long accepted = 0;
        // Large, so that the operating system's buffers are full soon.
        while (push.send(Message.of(new byte[10_000]), MOMENT) == SendResult.SENT) {
            accepted++;
        }

        final long sent = accepted;
        awaitPeer(peer -> peer.socketType().equals("PULL")
                && peer.state() == PeerState.READY
                && peer.queued() > 0
                && peer.queued() == sent - peer.sent());
    }

    @OverKinds
    void shouldShowThatNothingWaitsAnyMore(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        final String endpoint = medium.freshResolved();
        push.connect(endpoint);
        push.send("n");
        awaitPeer(peer -> peer.queued() == 1);

        pull.bind(endpoint);
        receiveText(pull);

        awaitPeer(peer -> peer.socketType().equals("PULL") && peer.queued() == 0 && peer.sent() == 1);
    }

    @Test
    void shouldShowAPeerThatDoesNotShakeHands() throws IOException, InterruptedException {
        final PullSocket pull = context.pull();
        final String endpoint = pull.bind("tcp://127.0.0.1:0");
        final int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        try (SocketChannel silent = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            final int ownPort = ((InetSocketAddress) silent.getLocalAddress()).getPort();

            awaitPeer(peer ->
                    peer.state() == PeerState.HANDSHAKING && peer.endpoint().equals("tcp://127.0.0.1:" + ownPort));
        }
    }

    @OverAllTransports
    void shouldShowAllEndpointsOfASocket(final Medium medium) {
        final DealerSocket dealer = context.dealer();
        final String bound = dealer.bind(medium.fresh());
        final String other = dealer.bind(medium.fresh());
        final String connected = medium.freshResolved();
        dealer.connect(connected);
        assertThat(socket().endpoints()).containsExactly(bound, other, connected);

        dealer.unbind(bound);

        assertThat(socket().endpoints()).containsExactly(other, connected);
    }

    @OverAllTransports
    void shouldNotShowAnEndpointThatWasDisconnected(final Medium medium) throws InterruptedException {
        final DealerSocket dealer = context.dealer();
        final String bound = dealer.bind(medium.fresh());
        final String connected = medium.freshResolved();
        dealer.connect(connected);

        dealer.disconnect(connected);

        Await.until(LIMIT, () -> socket().endpoints().equals(List.of(bound)), "only " + bound);
    }

    private void awaitPeer(final Predicate<PeerStat> condition) throws InterruptedException {
        Await.until(
                SHOWN_LIMIT,
                () -> snapshot().peers().stream().anyMatch(condition),
                "peers=" + snapshot().peers());
    }

    private SocketStat socket() {
        return snapshot().sockets().get(0);
    }

    private StatSnapshot snapshot() {
        try {
            return StatReader.open(context.statFile().orElseThrow());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
