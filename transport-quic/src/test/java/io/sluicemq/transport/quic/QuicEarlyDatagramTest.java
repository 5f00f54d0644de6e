package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.codec.quic.SslEarlyDataReadyEvent;
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
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams in packets of 0-RTT, which could be a recording. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // the listener's side is looked at
final class QuicEarlyDatagramTest {
    private static final int TURNS_FOR_A_TICKET = 100;
    private static final int TURNS_TO_READ_ON = 100;

    private static final HandshakeConfig SUBSCRIBER =
            HandshakeConfig.builder(SocketType.SUB).countsId(1).build();

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private final RawQuicPeer peer = new RawQuicPeer(QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(QuicTls.ALPN)
            .earlyData(true)
            .build());

    /** A publisher that sends a message as a datagram with its first words. */
    private static final class Publisher extends RawQuicPeer.Ignorer {
        @Override
        public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
            if (event instanceof SslEarlyDataReadyEvent) {
                context.executor().execute(() -> talk((QuicChannel) context.channel()));
            }
        }

        private static void talk(final QuicChannel channel) {
            sendEarly(channel, DatagramsHostilePeerTest.datagram(1, 0, 0, 1, 'a'));
            // With which both go.
            channel.createStream(QuicStreamType.BIDIRECTIONAL, new RawQuicPeer.Ignorer())
                    .addListener(done -> ((QuicStreamChannel) done.get())
                            .writeAndFlush(Unpooled.wrappedBuffer(
                                    QuicEarlyDataTest.GREETING, DatagramsHostilePeerTest.ready("PUB", true))));
        }

        /** Past Netty, which sends no datagram before the handshake is done, where its QUIC would. */
        private static void sendEarly(final QuicChannel channel, final byte[] datagram) {
            final ByteBuf memory = Unpooled.directBuffer().writeBytes(datagram);
            try {
                final Method address = channel.getClass()
                        .getDeclaredMethod(
                                "connectionAddressChecked", connection(channel).getClass());
                address.setAccessible(true);
                final Method send = Class.forName("io.netty.handler.codec.quic.Quiche")
                        .getDeclaredMethod("quiche_conn_dgram_send", long.class, long.class, int.class);
                send.setAccessible(true);
                final Object sent = send.invoke(
                        null, address.invoke(null, connection(channel)), memory.memoryAddress(), datagram.length);
                assertThat(sent).isEqualTo(datagram.length);
            } catch (final ReflectiveOperationException e) {
                throw new LinkageError("Netty's inside has changed", e);
            } finally {
                memory.release();
            }
        }

        private static Object connection(final QuicChannel channel) throws ReflectiveOperationException {
            final Field field = channel.getClass().getDeclaredField("connection");
            field.setAccessible(true);
            return field.get(channel);
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
        final QuicOptions quic =
                QuicOptions.builder().earlyData(true).datagrams(true).build();
        agent.transportOptions(Map.of(TlsOptions.class, tls, QuicOptions.class, quic));
        final String bound = driver.listen(Endpoint.parse("quic://127.0.0.1:0"), new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        accepted.add(new TestPipeEnd(agent, SUBSCRIBER, TestPipeEnd.OPTIONS));
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
    void shouldHandOverADatagramOnlyWhenTheHandshakeIsDone() throws Exception {
        final int port = listen();
        connectAndGetATicket(port);
        try (UdpProxy proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1)) {
            proxy.toClient(LinkConditions.SILENT);

            final Future<QuicChannel> connecting = peer.connect(proxy.address().getPort(), new Publisher());
            agent.await("open", () -> accepted.size() == 2 && last().isOpen());
            agent.settle(TURNS_TO_READ_ON);
            final long handedOver = last().count();
            final boolean wasEarly = !connecting.isDone();
            proxy.toClient(LinkConditions.CLEAR);
            agent.await("message", () -> last().count() == 1);

            assertThat(wasEarly).isTrue();
            assertThat(handedOver).isZero();
        }
    }
}
