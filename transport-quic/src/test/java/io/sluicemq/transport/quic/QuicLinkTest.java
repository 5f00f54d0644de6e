package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection makes of a bad link. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class QuicLinkTest {
    private static final TlsOptions BOTH_SIDES = TestCertificates.bothSides();
    private static final long SEED = Long.getLong("sluicemq.seed", System.nanoTime());
    private static final int MESSAGE_BYTES = 500;
    private static final int LINGERING = 200;

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private UdpProxy proxy;
    private TransportDriver.Dialing dialing;

    @BeforeEach
    void listen() throws IOException {
        System.getLogger(QuicLinkTest.class.getName()).log(System.Logger.Level.INFO, "seed={0}", Long.toString(SEED));
        final Endpoint bound = driver.listen(Endpoint.parse("quic://127.0.0.1:0"), new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        accepted.add(end(PipeOptions.HeartbeatOptions.OFF));
                        return accepted.get(accepted.size() - 1);
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type == TlsOptions.class ? type.cast(BOTH_SIDES) : defaults;
                    }
                })
                .endpoint();
        final int port =
                Integer.parseInt(bound.address().substring(bound.address().lastIndexOf(':') + 1));
        proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SEED);
    }

    @AfterEach
    void close() {
        agent.close();
        proxy.close();
    }

    private TestPipeEnd end(final PipeOptions.HeartbeatOptions heartbeat) {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        return new TestPipeEnd(
                agent,
                HandshakeConfig.builder(SocketType.PAIR).build(),
                new PipeOptions(
                        base.maxMessageBytes(),
                        base.maxFrames(),
                        0,
                        base.handshakeTimeoutNs(),
                        heartbeat,
                        Map.of(TlsOptions.class, BOTH_SIDES)));
    }

    private TestPipeEnd dial(final PipeOptions.HeartbeatOptions heartbeat) {
        final TestPipeEnd client = end(heartbeat);
        dialing =
                driver.dial(Endpoint.parse("quic://127.0.0.1:" + proxy.address().getPort()), client);
        return client;
    }

    private TestPipeEnd connect() {
        final TestPipeEnd client = dial(PipeOptions.HeartbeatOptions.OFF);
        agent.await("open", () -> client.isOpen() && !accepted.isEmpty() && server().isOpen());
        return client;
    }

    private TestPipeEnd server() {
        return accepted.get(accepted.size() - 1);
    }

    /** Each message is its number. */
    private void send(final TestPipeEnd from, final int first, final int count) {
        final UnsafeBuffer number = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
        for (int i = first; i < first + count; i++) {
            number.putInt(0, i, ByteOrder.BIG_ENDIAN);
            agent.await("room", () -> from.send(MessageKind.SINGLE, number, MESSAGE_BYTES));
            from.flush();
            agent.turn();
        }
    }

    private void assertNumbers(final TestPipeEnd to, final int count) {
        agent.await("all messages", () -> to.received().size() >= count);
        for (int i = 0; i < count; i++) {
            assertThat(to.received().get(i).bytes().getInt(0)).as("message").isEqualTo(i);
        }
        assertThat(to.received()).hasSize(count);
    }

    /** With a probe due in an unfinished handshake, quiche did not come back from a close. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void shouldEndAnAttemptWhoseServerFellSilentInTheHandshake(final int datagrams) {
        proxy.toClient(LinkConditions.CLEAR.thenSilentAfter(datagrams));
        final TestPipeEnd client = dial(PipeOptions.HeartbeatOptions.OFF);
        agent.await("silence", () -> proxy.lost() > 1);
        agent.settle(300);

        dialing.close();
        agent.await("closed", () -> client.closedCount() == 1);

        assertThat(client.closeReason()).isEqualTo(CloseReason.CLOSED_LOCALLY);
    }

    @Test
    void shouldDeliverAllOnceAndInOrderOverALinkThatLosesAndReorders() {
        final LinkConditions bad = LinkConditions.CLEAR
                .delayedBy(Duration.ofMillis(1))
                .losing(0.05)
                .reordering(0.05, Duration.ofMillis(3));
        proxy.bothWays(bad);
        final TestPipeEnd client = connect();

        send(client, 0, 1_000);
        send(server(), 0, 1_000);

        assertNumbers(server(), 1_000);
        assertNumbers(client, 1_000);
        assertThat(proxy.lost()).isPositive();
    }

    @Test
    void shouldEndInOrderOverALinkThatLosesMuch() {
        for (int i = 1; i <= 10; i++) {
            proxy.bothWays(LinkConditions.CLEAR);
            final int before = accepted.size();
            final TestPipeEnd client = dial(PipeOptions.HeartbeatOptions.OFF);
            agent.await("open", () -> client.isOpen() && accepted.size() > before && server().isOpen());
            send(client, 0, 3);
            assertNumbers(server(), 3);
            proxy.bothWays(LinkConditions.CLEAR.losing(0.3));

            client.carrier().finish(agent.nowNs() + 10 * TestAgent.AWAIT_LIMIT_NS);
            agent.await("end of " + i, () -> client.closedCount() == 1 && server().closedCount() == 1);

            assertThat(client.closeReason()).isEqualTo(CloseReason.CLOSED_LOCALLY);
            assertThat(server().closeReason()).isEqualTo(CloseReason.CLOSED_BY_PEER);
        }
    }

    @Test
    void shouldDeliverAllThatWasSentBeforeTheEndOverALinkThatLosesMuch() {
        final TestPipeEnd client = connect();
        proxy.bothWays(LinkConditions.CLEAR.losing(0.2));
        final UnsafeBuffer number = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
        for (int i = 0; i < LINGERING; i++) {
            number.putInt(0, i, ByteOrder.BIG_ENDIAN);
            assertThat(client.send(MessageKind.SINGLE, number, MESSAGE_BYTES)).isTrue();
        }
        client.flush();

        client.carrier().finish(agent.nowNs() + 10 * TestAgent.AWAIT_LIMIT_NS);
        final int cameBefore = server().received().size();
        agent.await("end of the client", () -> client.closedCount() == 1);
        final int cameWhenClosed = server().received().size();
        agent.await("end of the server", () -> server().closedCount() == 1);

        assertThat(cameBefore).isLessThan(LINGERING);
        assertThat(cameWhenClosed).as("the client waits for the peer").isEqualTo(LINGERING);
        assertNumbers(server(), LINGERING);
        assertThat(client.closeReason()).isEqualTo(CloseReason.CLOSED_LOCALLY);
        assertThat(server().closeReason()).isEqualTo(CloseReason.CLOSED_BY_PEER);
        assertThat(client.unsent()).isZero();
        assertThat(proxy.lost()).isPositive();
    }

    @Test
    void shouldFindAPeerThatFellSilentByHeartbeat() {
        final TestPipeEnd client = dial(new PipeOptions.HeartbeatOptions(50_000_000L, 200_000_000L, 0));
        agent.await("open", client::isOpen);

        proxy.bothWays(LinkConditions.SILENT);
        agent.await("found", () -> client.closedCount() == 1);

        assertThat(client.closeReason()).isEqualTo(CloseReason.HEARTBEAT_TIMED_OUT);
    }
}
