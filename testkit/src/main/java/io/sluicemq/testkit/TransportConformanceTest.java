package io.sluicemq.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluicemq.testkit.TestMessages.TestMessage;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.wire.HandshakeConfig;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every transport must do. A transport's test module extends this class and says in its hooks what is peculiar to the
 * medium. Everything runs on the test's thread, in one agent that is stepped. Here: endpoints, opening, refusing, closing.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class TransportConformanceTest extends TransportMessagesTest {
    /** For subclasses. */
    protected TransportConformanceTest() {
        // Nothing to set up.
    }

    @Test
    void shouldResolveTheEndpointThatWasBound() {
        final Endpoint first = listen(acceptor(SocketType.PAIR));
        final Endpoint second = listen(acceptor(SocketType.PAIR));
        final TestPipeEnd client = new TestPipeEnd(agent, SocketType.PAIR);

        driver.dial(second, client);
        agent.await("open", client::isOpen);

        assertThat(first).isNotEqualTo(second);
        assertThat(first.address()).doesNotContain("*");
    }

    @Test
    void shouldSayThatNobodyListens() {
        assumeTrue(deadEndpoint() != null, "this medium waits for the listener");
        final TestPipeEnd client = new TestPipeEnd(agent, SocketType.PAIR);

        driver.dial(deadEndpoint(), client);
        agent.await("failure", () -> client.closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(client.closeDetail()).contains(deadEndpoint().toString());
        assertThat(client.openCount()).isZero();
    }

    @Test
    void shouldShowTheGrammarWhenAnEndpointIsWrong() {
        final String scheme = transport().scheme();

        for (final String address : malformedAddresses()) {
            assertThatThrownBy(() -> driver.validate(new Endpoint(scheme, address)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("endpoint=" + scheme + "://" + address)
                    .hasMessageContaining(", limit=");
            assertThatThrownBy(
                            () -> driver.dial(new Endpoint(scheme, address), new TestPipeEnd(agent, SocketType.PAIR)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldTellBothSidesWhenTheirTypesDoNotFit() {
        final Endpoint endpoint = listen(acceptor(SocketType.PUB));
        final TestPipeEnd client = new TestPipeEnd(agent, SocketType.REQ);

        driver.dial(endpoint, client);
        agent.await("client told", () -> client.closedCount() > 0);
        agent.await("server told", () -> accepted.isEmpty() || lastAccepted().closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.REFUSED);
        assertThat(client.closeDetail()).contains("REQ").contains("PUB");
        assertThat(accepted).allSatisfy(end -> assertThat(end.closeReason()).isEqualTo(CloseReason.REFUSED));
    }

    @Test
    void shouldTellThePeerWhenTheCheckRefusesIt() {
        final HandshakeConfig picky = HandshakeConfig.builder(SocketType.PAIR)
                .peerCheck(peer -> "not on the list")
                .build();
        final Endpoint endpoint = listen(acceptor(picky, TestPipeEnd.OPTIONS));
        final TestPipeEnd client = new TestPipeEnd(agent, SocketType.PAIR);

        driver.dial(endpoint, client);
        agent.await("client told", () -> client.closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.REFUSED);
        assertThat(client.closeDetail()).contains("not on the list");
    }

    @Test
    void shouldGiveUpAHandshakeThatStopsHalfWay() throws Exception {
        final Endpoint endpoint = listen(acceptor(SocketType.PAIR));
        final byte[] half = {(byte) 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3};

        try (AutoCloseable peer = connectRaw(endpoint, half)) {
            assumeTrue(peer != null, "this medium has no bytes");
            agent.await("accepted", () -> !accepted.isEmpty());
            agent.settle(5);
            final int closedBefore = lastAccepted().closedCount();
            agent.advance(31 * SECOND_NS);
            agent.await("given up", () -> lastAccepted().closedCount() > 0);

            assertThat(closedBefore).isZero();
            assertThat(lastAccepted().closeReason()).isEqualTo(CloseReason.HANDSHAKE_TIMED_OUT);
            assertThat(lastAccepted().openCount()).isZero();
        }
    }

    @Test
    void shouldDeliverTheTailWhenFinished() {
        assumeTrue(hasCarrier(), "no carrier");
        final Pair pair = connect(SocketType.PAIR, SocketType.PAIR, tight());
        final List<TestMessage> messages = TestMessages.mixed(random, 200, 10_000);
        // The peer talks too, so that there is unread input where a plain close would reset.
        sendAll(pair.server(), messages.subList(0, 50));

        sendAll(pair.client(), messages);
        pair.client().carrier().finish(agent.nowNs() + 10 * SECOND_NS);
        agent.await(
                "both closed", () -> pair.client().closedCount() + pair.server().closedCount() == 2);

        assertArrived(pair.server(), messages);
        assertThat(pair.client().closeReason()).isEqualTo(CloseReason.CLOSED_LOCALLY);
        assertThat(pair.client().unsent()).isZero();
        assertThat(pair.server().closeReason()).isEqualTo(CloseReason.CLOSED_BY_PEER);
    }

    @Test
    void shouldEndBeforeTheDeadlineWhenBothTellWhatTheyReceived() {
        assumeTrue(hasCarrier(), "no carrier");
        final HandshakeConfig counting =
                HandshakeConfig.builder(SocketType.PAIR).countsId(7).build();
        final Endpoint endpoint = listen(acceptor(counting, TestPipeEnd.OPTIONS));
        final TestPipeEnd client = new TestPipeEnd(agent, counting, TestPipeEnd.OPTIONS);
        driver.dial(endpoint, client);
        agent.await(
                "both ends open",
                () -> client.isOpen() && !accepted.isEmpty() && lastAccepted().isOpen());
        sendAll(client, TestMessages.mixed(random, 3, 100));

        client.carrier().finish(agent.nowNs() + 15 * SECOND_NS);
        agent.await("both closed", () -> client.closedCount() + lastAccepted().closedCount() == 2);

        assertThat(client.closeReason()).isEqualTo(CloseReason.CLOSED_LOCALLY);
        assertThat(client.closeDetail()).doesNotContain("in time");
        assertThat(lastAccepted().closeReason()).isEqualTo(CloseReason.CLOSED_BY_PEER);
        assertThat(lastAccepted().closeDetail()).doesNotContain("in time");
    }

    @Test
    void shouldEndAFinishAtItsDeadlineWhenThePeerTakesNothing() {
        assumeTrue(hasCarrier() && !deliversAfterTheEnd(), "an end waits for nobody");
        final Pair pair = connect(SocketType.PAIR, SocketType.PAIR, tight());
        pair.server().room(0);
        final UnsafeBuffer message = new UnsafeBuffer(new byte[1_000]);
        for (int i = 0; i < 20_000 && pair.client().send(MessageKind.SINGLE, message, 1_000); i++) {
            agent.turn();
        }
        pair.client().flush();

        pair.client().carrier().finish(agent.nowNs() + SECOND_NS);
        agent.settle(5);
        final int closedBefore = pair.client().closedCount();
        agent.advance(2 * SECOND_NS);
        agent.await("given up", () -> pair.client().closedCount() == 1);

        assertThat(closedBefore).isZero();
        assertThat(pair.client().unsent()).isPositive();
    }

    @Test
    void shouldTellBothEndsOnceWhenOneAborts() {
        assumeTrue(hasCarrier(), "no carrier");
        final Pair pair = connect();

        pair.server().carrier().abort(CloseReason.CLOSED_LOCALLY, "for the test");
        pair.server().carrier().abort(CloseReason.CLOSED_LOCALLY, "again");
        agent.await("peer told", () -> pair.client().closedCount() > 0);
        agent.settle(3);

        assertThat(pair.server().closedCount()).isEqualTo(1);
        assertThat(pair.server().closeDetail()).isEqualTo("for the test");
        assertThat(pair.client().closedCount()).isEqualTo(1);
        assertThat(pair.client().closeReason()).isIn(CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR);
        assertThat(pair.client().send(MessageKind.SINGLE, new UnsafeBuffer(new byte[1]), 1))
                .isFalse();
    }

    @Test
    void shouldBearAnAbortFromWithinAMessage() {
        assumeTrue(hasCarrier(), "no carrier");
        final Pair pair = connect();
        pair.server().onEach(() -> pair.server().carrier().abort(CloseReason.CLOSED_LOCALLY, "enough"));

        sendAll(pair.client(), TestMessages.mixed(random, 50, 100));
        agent.await(
                "both told", () -> pair.client().closedCount() + pair.server().closedCount() == 2);

        if (deliversAfterTheEnd()) {
            agent.await("the rest", () -> pair.server().count() == 50);
        } else {
            assertThat(pair.server().count()).isEqualTo(1);
        }
    }

    @Test
    void shouldCloseTheConnectionThroughItsDialingHandle() throws Exception {
        final Endpoint endpoint = listen(acceptor(SocketType.PAIR));
        final TestPipeEnd client = new TestPipeEnd(agent, SocketType.PAIR);
        final TransportDriver.Dialing dialing = driver.dial(endpoint, client);
        agent.await(
                "open",
                () -> client.isOpen() && !accepted.isEmpty() && lastAccepted().isOpen());

        dialing.close();
        dialing.close();
        agent.await("peer told", () -> lastAccepted().closedCount() > 0);

        assertThat(client.closedCount()).isEqualTo(1);
    }
}
