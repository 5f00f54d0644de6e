package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsAttributes;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class QuicErrorsTest {
    /** After so long they are looked at again. */
    private static final long FILES_ARE_OLD_NS = 2_000_000_000L;

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final TestCertificates certificates = new TestCertificates();
    private QuicOptions quicOptions = QuicOptions.DEFAULTS;
    private final List<TestPipeEnd> accepted = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        agent.close();
    }

    private TestPipeEnd end(final TlsOptions options) {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        return new TestPipeEnd(
                agent,
                HandshakeConfig.builder(SocketType.PAIR).build(),
                new PipeOptions(
                        base.maxMessageBytes(),
                        base.maxFrames(),
                        0,
                        base.handshakeTimeoutNs(),
                        base.heartbeat(),
                        Map.of(TlsOptions.class, options, QuicOptions.class, quicOptions)));
    }

    private Endpoint listen(final TlsOptions options) throws IOException {
        final PipeAcceptor acceptor = new PipeAcceptor() {
            @Override
            public TestPipeEnd accept(final String remoteAddress) {
                accepted.add(end(options));
                return accepted.get(accepted.size() - 1);
            }

            @Override
            public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                return type.cast(type == TlsOptions.class ? options : quicOptions);
            }
        };
        return driver.listen(Endpoint.parse("quic://127.0.0.1:0"), acceptor).endpoint();
    }

    private TestPipeEnd dial(final Endpoint endpoint, final TlsOptions options) {
        final TestPipeEnd client = end(options);
        driver.dial(endpoint, client);
        return client;
    }

    private TlsOptions.Builder server(final TlsIdentity identity) {
        return TlsOptions.builder().identity(identity);
    }

    private TlsOptions.Builder trusting() {
        return TlsOptions.builder().trust(certificates.trustFile(folder));
    }

    @Test
    void shouldVouchForThePrincipalOfBothSides() throws IOException {
        final Endpoint endpoint = listen(server(certificates.server())
                .trust(certificates.trustFile(folder))
                .clientAuthentication(TlsOptions.ClientAuthentication.REQUIRED)
                .build());

        final TestPipeEnd client = dial(
                endpoint, trusting().identity(certificates.client("CN=orders")).build());
        agent.await("open", () -> client.isOpen() && accepted.get(0).isOpen());

        assertThat(client.peer().attributes())
                .containsEntry(TlsAttributes.PRINCIPAL, "CN=Test server")
                .containsEntry(TlsAttributes.PROTOCOL, "TLSv1.3");
        assertThat(accepted.get(0).peer().attributes()).containsEntry(TlsAttributes.PRINCIPAL, "CN=orders");
    }

    @Test
    void shouldKeepAConnectionThatHasNothingToSay() throws IOException {
        quicOptions = QuicOptions.builder().idleTimeoutNs(1_500_000_000L).build();
        final Endpoint endpoint = listen(server(certificates.server()).build());
        final TestPipeEnd client = dial(endpoint, trusting().build());
        agent.await("open", () -> client.isOpen() && accepted.get(0).isOpen());

        agent.settle(3_500);

        assertThat(client.closeDetail()).isNull();
        assertThat(accepted.get(0).closedCount()).isZero();
    }

    @Test
    void shouldSayThatTheHandshakeWasNotDoneWhereNobodyAnswers() throws IOException {
        quicOptions = QuicOptions.builder().connectTimeoutNs(200_000_000L).build();
        try (DatagramChannel silent = DatagramChannel.open()) {
            silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            final int port = ((InetSocketAddress) silent.getLocalAddress()).getPort();

            final TestPipeEnd client =
                    dial(Endpoint.parse("quic://127.0.0.1:" + port), trusting().build());
            agent.await("closed", () -> client.closedCount() > 0);

            assertThat(client.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
            assertThat(client.closeDetail())
                    .contains("handshake=not done, limit=connectTimeoutNs=200000000", "UDP gets through");
        }
    }

    @Test
    void shouldRefuseAServerOfAnotherName() throws IOException {
        final Endpoint endpoint =
                listen(server(certificates.named("elsewhere.example")).build());

        final TestPipeEnd client = dial(endpoint, trusting().build());
        agent.await("failure", () -> client.closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(client.closeDetail())
                .contains("serverName=127.0.0.1, limit=")
                .contains("elsewhere.example");
        assertThatTheListenerIsToldOfTheRefusal();
    }

    @Test
    void shouldRefuseAServerThatIsNotPinned() throws IOException {
        final Endpoint endpoint = listen(server(certificates.server()).build());

        final TestPipeEnd client = dial(
                endpoint, TlsOptions.builder().pinnedFingerprint("0".repeat(64)).build());
        agent.await("failure", () -> client.closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(client.closeDetail()).contains("is not one of those pinned");
        assertThatTheListenerIsToldOfTheRefusal();
    }

    @Test
    void shouldRefuseAServerOfAnotherAuthority() throws IOException {
        final Endpoint endpoint = listen(server(new TestCertificates().server()).build());

        final TestPipeEnd client = dial(endpoint, trusting().build());
        agent.await("failure", () -> client.closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(client.closeDetail()).contains("limit=authorities that are trusted");
        assertThatTheListenerIsToldOfTheRefusal();
    }

    @Test
    void shouldTellTheListenerThatItsCertificateHasExpired() throws IOException {
        final Endpoint endpoint = listen(server(certificates.expired()).build());

        final TestPipeEnd client = dial(endpoint, trusting().build());
        agent.await("failure", () -> client.closedCount() > 0);

        assertThat(client.closeDetail()).contains("validity=").contains("out of date, renew it");
        assertThatTheListenerIsTold("certificate_expired");
    }

    private void assertThatTheListenerIsToldOfTheRefusal() {
        assertThatTheListenerIsTold("bad_certificate");
    }

    /** At once, not when the time for the handshake is over. */
    private void assertThatTheListenerIsTold(final String alert) {
        agent.await("end of the attempt", () -> accepted.get(0).closedCount() > 0);
        assertThat(accepted.get(0).closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(accepted.get(0).closeDetail())
                .contains("certificate=ours, limit=one that the peer trusts, it answered alert=" + alert);
    }

    @Test
    void shouldTellBothSidesThatTheListenerRefusesTheCertificate() throws IOException {
        final Endpoint endpoint = listen(server(certificates.server())
                .trust(certificates.trustFile(folder))
                .clientAuthentication(TlsOptions.ClientAuthentication.REQUIRED)
                .build());

        final TestPipeEnd client = dial(
                endpoint,
                trusting().identity(new TestCertificates().client("CN=orders")).build());
        agent.await("failure", () -> client.closedCount() > 0 && accepted.get(0).closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(client.closeDetail()).contains("it answered alert=bad_certificate");
        assertThat(accepted.get(0).closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(accepted.get(0).closeDetail()).contains("limit=authorities that are trusted");
    }

    @Test
    void shouldTellBothSidesThatACertificateIsMissing() throws IOException {
        final Endpoint endpoint = listen(server(certificates.server())
                .trust(certificates.trustFile(folder))
                .clientAuthentication(TlsOptions.ClientAuthentication.REQUIRED)
                .build());

        final TestPipeEnd client = dial(endpoint, trusting().build());
        agent.await("failure", () -> client.closedCount() > 0 && accepted.get(0).closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(client.closeDetail()).contains("certificate=none, limit=one that the peer trusts");
        assertThat(client.openCount()).isZero();
        assertThat(accepted.get(0).closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(accepted.get(0).closeDetail()).contains("clientAuthentication=REQUIRED");
        assertThat(accepted.get(0).openCount()).isZero();
    }

    @Test
    void shouldNotListenWithoutACertificate() {
        assertThatThrownBy(() -> listen(TlsOptions.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificate=none, limit=one to listen");
    }

    @Test
    void shouldSayThatThePortIsTaken() throws IOException {
        final TlsOptions options = server(certificates.server()).build();
        final Endpoint endpoint = listen(options);

        assertThatThrownBy(() -> driver.listen(endpoint, new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        return null;
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type == TlsOptions.class ? type.cast(options) : defaults;
                    }
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot bind endpoint=" + endpoint);
    }

    @Test
    void shouldUseAChangedCertificateForNewConnectionsOnly() throws IOException {
        final TlsIdentity old = certificates.server();
        final Path certificate = TestCertificates.certificateFile(folder, old);
        final Path key = TestCertificates.keyFile(folder, old);
        final Endpoint endpoint =
                listen(TlsOptions.builder().certificate(certificate, key).build());
        final TlsOptions trust = trusting().build();
        final TestPipeEnd first = open(endpoint, trust);
        final TlsIdentity renewed = certificates.server();

        TestCertificates.certificateFile(folder, renewed);
        TestCertificates.keyFile(folder, renewed);
        setLater(certificate);
        agent.advance(FILES_ARE_OLD_NS);
        // Who comes first makes the listener look, and is still shown the old one.
        open(endpoint, trust);
        final TestPipeEnd second = open(endpoint, trust);
        Files.writeString(certificate, "not a certificate");
        agent.advance(FILES_ARE_OLD_NS);
        open(endpoint, trust);
        final TestPipeEnd third = open(endpoint, trust);

        assertThat(fingerprintOf(first)).isEqualTo(old.fingerprint());
        assertThat(fingerprintOf(second)).isEqualTo(renewed.fingerprint());
        assertThat(fingerprintOf(third)).isEqualTo(renewed.fingerprint());
        assertThat(first.closedCount()).as("the old connection lives").isZero();
        assertThat(accepted.get(0).closedCount()).isZero();
    }

    private TestPipeEnd open(final Endpoint endpoint, final TlsOptions options) {
        final TestPipeEnd client = dial(endpoint, options);
        agent.await("open", client::isOpen);
        return client;
    }

    private static String fingerprintOf(final TestPipeEnd client) {
        return client.peer().attributes().get(TlsAttributes.FINGERPRINT);
    }

    /** Some file systems know a time to the second only. */
    private static void setLater(final Path file) throws IOException {
        Files.setLastModifiedTime(
                file, FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 5_000));
    }

    @Test
    void shouldSayThatThePeerSpeaksSomethingElse() throws Exception {
        final MultiThreadIoEventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            final Channel other = otherProtocol(threads);
            final int port = ((InetSocketAddress) other.localAddress()).getPort();

            final TestPipeEnd client =
                    dial(Endpoint.parse("quic://127.0.0.1:" + port), trusting().build());
            agent.await("failure", () -> client.closedCount() > 0);

            assertThat(client.closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
            assertThat(client.closeDetail()).contains("alpn=sluicemq/1, limit=what the peer speaks");
        } finally {
            threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
        }
    }

    private Channel otherProtocol(final MultiThreadIoEventLoopGroup threads) throws InterruptedException {
        final TlsIdentity own = certificates.server();
        return new Bootstrap()
                .group(threads)
                .channel(NioDatagramChannel.class)
                .handler(new QuicServerCodecBuilder()
                        .sslContext(QuicSslContextBuilder.forServer(
                                        own.privateKey(), null, own.chain().toArray(new X509Certificate[0]))
                                .applicationProtocols("h3")
                                .build())
                        .handler(new ChannelInboundHandlerAdapter() {
                            @Override
                            public boolean isSharable() {
                                return true;
                            }
                        })
                        .streamHandler(new ChannelInboundHandlerAdapter())
                        .build())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }
}
