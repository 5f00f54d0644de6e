package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A heartbeat among the first words of a client that comes back. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // the listener's side is looked at
final class QuicEarlyPingTest {
    private static final int TURNS_FOR_A_TICKET = 100;

    /** Until the client hears of the server: long beside what a loaded machine adds. */
    private static final Duration UNHEARD = Duration.ofMillis(300);

    private static final byte[] PING = {4, 9, 4, 'P', 'I', 'N', 'G', 0, 50, 'h', 'i'};
    private static final String PONG = "\004\007\004PONGhi";

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private final RawQuicPeer peer = new RawQuicPeer(QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(QuicTls.ALPN)
            .earlyData(true)
            .build());

    /** Writes down what the server says. */
    private static final class Hearer extends RawQuicPeer.Ignorer {
        private final Queue<String> parts = new ConcurrentLinkedQueue<>();

        String heard() {
            return String.join("", parts);
        }

        @Override
        public void channelRead(final ChannelHandlerContext context, final Object message) {
            parts.add(((ByteBuf) message).toString(StandardCharsets.ISO_8859_1));
            super.channelRead(context, message);
        }
    }

    @AfterEach
    void close() {
        agent.close();
        peer.close();
    }

    private int listen() throws IOException {
        final TlsOptions tls =
                TlsOptions.builder().identity(new TestCertificates().server()).build();
        final QuicOptions quic = QuicOptions.builder().earlyData(true).build();
        agent.transportOptions(Map.of(TlsOptions.class, tls, QuicOptions.class, quic));
        final String bound = driver.listen(Endpoint.parse("quic://127.0.0.1:0"), new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        accepted.add(new TestPipeEnd(agent, SocketType.XPUB));
                        return last();
                    }

                    @Override
                    public boolean takesEarly() {
                        return true;
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type.cast(type == TlsOptions.class ? tls : quic);
                    }
                })
                .endpoint()
                .address();
        return Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1));
    }

    private TestPipeEnd last() {
        return accepted.get(accepted.size() - 1);
    }

    private void connectAndGetATicket(final int port) throws InterruptedException {
        final Future<QuicChannel> connecting = peer.connect(port);
        agent.await("connected", connecting::isSuccess);
        agent.settle(TURNS_FOR_A_TICKET);
        connecting.getNow().close();
        agent.await("gone", () -> last().closedCount() == 1);
    }

    @Test
    void shouldAnswerAPingThatComesBeforeTheEndOfTheHandshake() throws Exception {
        final int port = listen();
        connectAndGetATicket(port);
        final Hearer hearer = new Hearer();
        final QuicEarlyDataTest.Talker talker = new QuicEarlyDataTest.Talker(hearer)
                .and(
                        QuicStreamType.BIDIRECTIONAL,
                        QuicEarlyDataTest.GREETING,
                        QuicEarlyDataTest.READY,
                        PING,
                        PING,
                        QuicEarlyDataTest.SUBSCRIBE);
        try (UdpProxy proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1)) {
            proxy.toClient(LinkConditions.CLEAR.delayedBy(UNHEARD));

            final Future<QuicChannel> connecting = peer.connect(proxy.address().getPort(), talker);
            agent.await(
                    "what is behind the pings",
                    () -> accepted.size() == 2 && last().subscriptions().size() == 1);
            final boolean wasEarly = !connecting.isDone();
            agent.await("answer", () -> hearer.heard().contains(PONG + PONG));
            agent.await("end of the handshake", connecting::isSuccess);
            agent.settle(TURNS_FOR_A_TICKET);

            assertThat(wasEarly).isTrue();
            assertThat(hearer.heard().split(PONG, -1)).hasSize(3);
            assertThat(last().subscriptions()).containsExactly("+a");
            assertThat(last().isOpen()).isTrue();
            assertThat(last().closedCount()).isZero();
            assertThat(last().count()).isZero();
        }
    }
}
