package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.PeerOption;
import io.sluicemq.testkit.peers.PeerSocket;
import io.sluicemq.testkit.peers.PeerSocketType;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routing ids and request envelopes (RFC 28) as the other side sees them. */
@Timeout(60)
class RoutingInteropTest extends InteropTestBase {

    private static final RouterOptions MANDATORY =
            RouterOptions.builder().mandatory(true).build();
    private static final byte[] DELIMITER = {};

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldKnowPeersByTheirRoutingIds(final String peer) throws InterruptedException {
        try (RouterSocket router = context.router(options().build(), MANDATORY);
                PeerSocket first = open(peer, PeerSocketType.DEALER).option(PeerOption.IDENTITY, utf8("first"));
                PeerSocket second = open(peer, PeerSocketType.DEALER).option(PeerOption.IDENTITY, utf8("second"))) {
            final OurSocket ours = OurSocket.of(router);
            final String endpoint = router.bind(ANY_PORT);
            first.connect(endpoint);
            second.connect(endpoint);
            awaitPeers(router, 2);

            ours.sendText("first", "for the first");
            ours.sendText("second", "for the second");
            assertThat(first.receiveText(LIMIT)).containsExactly("for the first");
            assertThat(second.receiveText(LIMIT)).containsExactly("for the second");
            first.sendText(LIMIT, "from the first");
            assertThat(ours.receiveText(LIMIT)).containsExactly("first", "from the first");

            assertThat(ours.sendText("nobody", "lost")).isEqualTo(SendResult.UNROUTABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldMakeUpRoutingIdsOfAnonymousPeers(final String peer) throws InterruptedException {
        try (RouterSocket router = context.router(options().build(), MANDATORY);
                PeerSocket first = open(peer, PeerSocketType.DEALER);
                PeerSocket second = open(peer, PeerSocketType.DEALER)) {
            final OurSocket ours = OurSocket.of(router);
            final String endpoint = router.bind(ANY_PORT);
            first.connect(endpoint);
            second.connect(endpoint);
            first.sendText(LIMIT, "1");
            second.sendText(LIMIT, "2");

            final List<byte[]> one = ours.receive(LIMIT);
            final List<byte[]> other = ours.receive(LIMIT);

            assertThat(one.get(0)).hasSize(5).startsWith(0).isNotEqualTo(other.get(0));
            assertThat(other.get(0)).hasSize(5).startsWith(0);
            ours.send(one);
            ours.send(other);
            assertThat(first.receiveText(LIMIT)).containsExactly("1");
            assertThat(second.receiveText(LIMIT)).containsExactly("2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldBeKnownByOurRoutingId(final String peer) throws InterruptedException {
        final SocketOptions named = options().routingId(utf8("ours")).build();
        try (PeerSocket router = open(peer, PeerSocketType.ROUTER);
                DealerSocket known = context.dealer(named, DealerOptions.DEFAULTS);
                DealerSocket anonymous = context.dealer()) {
            final String endpoint = router.bind(THEIR_ANY_PORT);
            known.connect(endpoint);
            OurSocket.of(known).sendText("hello");
            assertThat(router.receiveText(LIMIT)).containsExactly("ours", "hello");
            anonymous.connect(endpoint);
            OurSocket.of(anonymous).sendText("who am I");
            final List<byte[]> question = router.receive(LIMIT);
            assertThat(question.get(0)).hasSize(5).startsWith(0);

            router.send(LIMIT, question.toArray(byte[][]::new));
            router.sendText(LIMIT, "ours", "to you");

            assertThat(OurSocket.of(anonymous).receiveText(LIMIT)).containsExactly("who am I");
            assertThat(OurSocket.of(known).receiveText(LIMIT)).containsExactly("to you");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldIgnoreLateReplyOfPeerWhenRelaxedAndCorrelated(final String peer) throws InterruptedException {
        final ReqOptions relaxed =
                ReqOptions.builder().relaxed(true).correlate(true).build();
        try (PeerSocket router = open(peer, PeerSocketType.ROUTER);
                ReqSocket req = context.req(options().build(), relaxed)) {
            final OurSocket ours = OurSocket.of(req);
            req.connect(router.bind(THEIR_ANY_PORT));
            ours.sendText("first");
            final List<byte[]> first = router.receive(LIMIT);
            ours.sendText("second");
            final List<byte[]> second = router.receive(LIMIT);
            // Routing id, request number, delimiter, body.
            assertThat(first).hasSize(4);
            assertThat(first.get(1)).hasSize(4).isNotEqualTo(second.get(1));

            router.send(LIMIT, first.get(0), first.get(1), DELIMITER, utf8("late"));
            router.send(LIMIT, second.get(0), second.get(1), DELIMITER, utf8("in time"));

            assertThat(ours.receiveText(LIMIT)).containsExactly("in time");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldGiveBackRequestNumberOfPeer(final String peer) throws InterruptedException {
        try (RepSocket rep = context.rep(options().build());
                PeerSocket req = open(peer, PeerSocketType.REQ)) {
            req.option(PeerOption.REQ_CORRELATE, 1).option(PeerOption.REQ_RELAXED, 1);
            final OurSocket ours = OurSocket.of(rep);
            req.connect(rep.bind(ANY_PORT));

            req.sendText(LIMIT, "first");
            assertThat(ours.receiveText(LIMIT)).containsExactly("first");
            ours.sendText("late");
            req.sendText(LIMIT, "second");
            assertThat(ours.receiveText(LIMIT)).containsExactly("second");
            ours.sendText("in time");

            assertThat(req.receiveText(LIMIT)).containsExactly("in time");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldCorrelateWithReplyingPeer(final String peer) throws InterruptedException {
        final ReqOptions correlated = ReqOptions.builder().correlate(true).build();
        try (PeerSocket rep = open(peer, PeerSocketType.REP);
                ReqSocket req = context.req(options().build(), correlated)) {
            req.connect(rep.bind(THEIR_ANY_PORT));
            rep.echo(1, LIMIT);

            final Message reply = req.request("ping", LIMIT);

            assertThat(reply.text()).isEqualTo("ping");
        }
    }
}
