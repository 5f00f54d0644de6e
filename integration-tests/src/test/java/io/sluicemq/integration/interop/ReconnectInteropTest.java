package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.testkit.peers.BulkLoad;
import io.sluicemq.testkit.peers.LibzmqPeer;
import io.sluicemq.testkit.peers.PeerAssumptions;
import io.sluicemq.testkit.peers.PeerOption;
import io.sluicemq.testkit.peers.PeerSocket;
import io.sluicemq.testkit.peers.PeerSocketType;
import io.sluicemq.testkit.peers.PeerTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that are killed or closed and come back at the same place. */
@Timeout(60)
class ReconnectInteropTest extends InteropTestBase {

    private static final BulkLoad LOAD = BulkLoad.of(500, 100);

    @Test
    void shouldReachPeerThatWasKilledAndStartedAgain() throws InterruptedException {
        PeerAssumptions.requireLibzmq();
        try (PushSocket push = context.push(options().build())) {
            final String endpoint;
            try (LibzmqPeer first = LibzmqPeer.start()) {
                final PeerSocket pull = first.open(PeerSocketType.PULL);
                endpoint = pull.bind(THEIR_ANY_PORT);
                push.connect(endpoint);
                awaitPeers(push, 1);
                push.send("one");
                assertThat(pull.receiveText(LIMIT)).containsExactly("one");

                first.kill();
            }
            events.awaitDisconnected();
            try (LibzmqPeer second = LibzmqPeer.start()) {
                final PeerSocket pull = second.open(PeerSocketType.PULL);
                pull.bind(endpoint);
                awaitPeers(push, 1);
                final PeerTask received = pull.receiveBulk(LOAD, LIMIT);
                OurSocket.of(push).sendBulk(LOAD);

                assertThat(received.await()).isEqualTo(LOAD.count());
            }
        }
    }

    @Test
    void shouldHearPeerThatWasKilledAndStartedAgain() throws InterruptedException {
        PeerAssumptions.requireLibzmq();
        try (PullSocket pull = context.pull(options().build())) {
            final String endpoint = pull.bind(ANY_PORT);
            for (int i = 0; i < 2; i++) {
                try (LibzmqPeer peer = LibzmqPeer.start()) {
                    final PeerSocket push = peer.open(PeerSocketType.PUSH);
                    push.connect(endpoint);
                    push.sendBulk(LOAD, LIMIT);
                    OurSocket.of(pull).receiveBulk(LOAD);

                    peer.kill();
                }
                events.awaitDisconnected();
            }

            assertThat(pull.stats().messagesReceived()).isEqualTo(2 * LOAD.count());
        }
    }

    @Test
    void shouldServeRequestsAgainAfterServerWasKilled() throws InterruptedException {
        PeerAssumptions.requireLibzmq();
        try (ReqSocket req = context.req(
                options().build(),
                ReqOptions.builder().relaxed(true).correlate(true).build())) {
            final String endpoint;
            try (LibzmqPeer first = LibzmqPeer.start()) {
                final PeerSocket rep = first.open(PeerSocketType.REP);
                endpoint = rep.bind(THEIR_ANY_PORT);
                req.connect(endpoint);
                awaitPeers(req, 1);
                // Taken and never answered.
                assertThat(req.request("lost", MOMENT)).isNull();

                first.kill();
            }
            events.awaitDisconnected();
            try (LibzmqPeer second = LibzmqPeer.start()) {
                final PeerSocket rep = second.open(PeerSocketType.REP);
                rep.bind(endpoint);
                awaitPeers(req, 1);
                final PeerTask echoed = rep.echo(1, LIMIT);

                final Message reply = req.request("again", LIMIT);

                assertThat(reply.text()).isEqualTo("again");
                assertThat(echoed.await()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldBeFoundAgainByPeerWhenBoundAnew(final String peer) throws InterruptedException {
        try (PeerSocket push = open(peer, PeerSocketType.PUSH)) {
            push.option(PeerOption.RECONNECT_INTERVAL_MS, 20);
            final String endpoint;
            try (PullSocket first = context.pull(options().build())) {
                endpoint = first.bind(ANY_PORT);
                push.connect(endpoint);
                push.sendText(LIMIT, "one");
                assertThat(OurSocket.of(first).receiveText(LIMIT)).containsExactly("one");
            }
            try (PullSocket second = context.pull(options().build())) {
                second.bind(endpoint);
                awaitPeers(second, 1);
                push.sendBulk(LOAD, LIMIT);

                OurSocket.of(second).receiveBulk(LOAD);

                assertThat(second.stats().messagesReceived()).isEqualTo(LOAD.count());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldFindPeerAgainThatBindsAnew(final String peer) throws InterruptedException {
        try (PushSocket push = context.push(options().build())) {
            final String endpoint;
            try (PeerSocket first = open(peer, PeerSocketType.PULL)) {
                endpoint = first.bind(THEIR_ANY_PORT);
                push.connect(endpoint);
                push.send("one");
                assertThat(first.receiveText(LIMIT)).containsExactly("one");
            }
            events.awaitDisconnected();
            try (PeerSocket second = open(peer, PeerSocketType.PULL)) {
                second.bind(endpoint);
                awaitPeers(push, 1);
                final PeerTask received = second.receiveBulk(LOAD, LIMIT);
                OurSocket.of(push).sendBulk(LOAD);

                assertThat(received.await()).isEqualTo(LOAD.count());
            }
        }
    }
}
