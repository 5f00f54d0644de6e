package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that exchange counts, and whose terms of lanes are missing or wrong. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // the listener's side is looked at
final class LanedEndTest {
    private static final String GREETING = "\377\0\0\0\0\0\0\0\001\177\003\001NULL" + "\0".repeat(16 + 32);
    private static final String COUNTS = "\021X-Received-Counts\0\0\0\010\0\0\0\0\0\0\0\011";

    private final TlsOptions tls = TlsOptions.builder()
            .identity(new TestCertificates().server())
            .insecureAcceptAnyCertificate()
            .build();
    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private TestPipeEnd end;

    @BeforeEach
    void makeEnd() {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        end = new TestPipeEnd(
                agent,
                HandshakeConfig.builder(SocketType.PAIR).countsId(8).build(),
                new PipeOptions(
                        base.maxMessageBytes(),
                        base.maxFrames(),
                        0,
                        base.handshakeTimeoutNs(),
                        base.heartbeat(),
                        Map.of(TlsOptions.class, tls)));
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private int listen() throws IOException {
        final Endpoint bound = driver.listen(Endpoint.parse("quic://127.0.0.1:0"), new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        return end;
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type == TlsOptions.class ? type.cast(tls) : defaults;
                    }
                })
                .endpoint();
        return Integer.parseInt(bound.address().substring(bound.address().lastIndexOf(':') + 1));
    }

    private static byte[] firstWords(final String terms) {
        final String ready = "\005READY\013Socket-Type\0\0\0\004PAIR" + COUNTS + terms;
        return (GREETING + "\004" + (char) ready.length() + ready).getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\007X-Lanes\0\0\0\001\001"})
    void shouldRefuseThePeerAndAccountForNothing(final String terms) throws Exception {
        final int port = listen();
        try (RawQuicPeer peer = new RawQuicPeer(QuicSslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .applicationProtocols(QuicTls.ALPN)
                .build())) {
            final Future<QuicChannel> connecting = peer.connect(port);
            agent.await("connected", connecting::isSuccess);
            final Future<QuicStreamChannel> opening =
                    connecting.getNow().createStream(QuicStreamType.BIDIRECTIONAL, new RawQuicPeer.Ignorer());
            agent.await("stream", opening::isSuccess);
            opening.getNow().writeAndFlush(Unpooled.wrappedBuffer(firstWords(terms)));

            agent.await("refused", () -> end.closedCount() == 1);
        }

        assertThat(end.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(end.closeDetail()).contains("property=X-Lanes missing or wrong");
        assertThat(end.openCount()).isZero();
        assertThat(end.account()).isNull();
    }

    @Test
    void shouldLeaveToTheSocketWhatWasOfferedBeforeItHadTheConnection() {
        final QuicConnection connection =
                new QuicConnection((QuicDriver) driver, true, "quic://test", ConnectionSettings.of(end), gone -> {});
        final LanedEnd laned = new LanedEnd(connection, end, LaneTerms.of(QuicOptions.DEFAULTS));

        laned.onAccount(new ConnectionAccount(5, 1, 0, false, false, 0, 0, false, 0));
        laned.onClosed(CloseReason.PROTOCOL_ERROR, "refused", 1);

        assertThat(end.account()).isNull();
        assertThat(end.closedCount()).isEqualTo(1);
        assertThat(end.unsent()).isZero();
    }
}
