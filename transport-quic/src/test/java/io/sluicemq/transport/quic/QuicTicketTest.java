package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
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
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that keeps session tickets, as ours do not, gets nothing by them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // the listener's side is looked at
final class QuicTicketTest {
    /** For the ticket to come behind the handshake. */
    private static final int TURNS_FOR_A_TICKET = 100;

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final TestCertificates certificates = new TestCertificates();
    private final Identity identity = new Identity(certificates.client("CN=was here"));
    private final QuicSslContext tls = QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .keyManager(identity, null)
            .applicationProtocols(QuicTls.ALPN)
            .earlyData(true)
            .build();
    private final RawQuicPeer peer = new RawQuicPeer(tls);
    private final List<TestPipeEnd> accepted = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        agent.close();
        peer.close();
    }

    /** Shows a certificate as long as it is told to. */
    private static final class Identity extends X509ExtendedKeyManager {
        private final TlsIdentity own;
        private volatile boolean shown = true;

        Identity(final TlsIdentity own) {
            this.own = own;
        }

        @Override
        public String chooseEngineClientAlias(final String[] types, final Principal[] issuers, final SSLEngine engine) {
            return shown ? "own" : null;
        }

        @Override
        public String chooseClientAlias(final String[] types, final Principal[] issuers, final Socket socket) {
            return shown ? "own" : null;
        }

        @Override
        public String[] getClientAliases(final String type, final Principal[] issuers) {
            return new String[] {"own"};
        }

        @Override
        public X509Certificate[] getCertificateChain(final String alias) {
            return own.chain().toArray(new X509Certificate[0]);
        }

        @Override
        public PrivateKey getPrivateKey(final String alias) {
            return own.privateKey();
        }

        @Override
        public String[] getServerAliases(final String type, final Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(final String type, final Principal[] issuers, final Socket socket) {
            return null;
        }
    }

    private int listen(final TlsOptions.ClientAuthentication authentication, final boolean earlyData)
            throws IOException {
        final TlsOptions options = TlsOptions.builder()
                .identity(certificates.server())
                .trust(certificates.trustFile(folder))
                .clientAuthentication(authentication)
                .build();
        final PipeOptions base = TestPipeEnd.OPTIONS;
        final Endpoint bound = driver.listen(Endpoint.parse("quic://127.0.0.1:0"), new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        accepted.add(new TestPipeEnd(
                                agent,
                                HandshakeConfig.builder(SocketType.PAIR).build(),
                                new PipeOptions(
                                        base.maxMessageBytes(),
                                        base.maxFrames(),
                                        0,
                                        base.handshakeTimeoutNs(),
                                        base.heartbeat(),
                                        Map.of(TlsOptions.class, options))));
                        return accepted.get(accepted.size() - 1);
                    }

                    @Override
                    public boolean takesEarly() {
                        return true;
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type.cast(
                                type == TlsOptions.class
                                        ? options
                                        : QuicOptions.builder()
                                                .earlyData(earlyData)
                                                .build());
                    }
                })
                .endpoint();
        return Integer.parseInt(bound.address().substring(bound.address().lastIndexOf(':') + 1));
    }

    private void connectAndGetATicket(final int port) throws InterruptedException {
        final Future<QuicChannel> connecting = peer.connect(port);
        agent.await("connected", connecting::isDone);
        assertThat(connecting.isSuccess()).isTrue();
        agent.settle(TURNS_FOR_A_TICKET);
        assertThat(accepted.get(0).closedCount()).isZero();
        connecting.getNow().close();
        agent.await("gone", () -> accepted.get(0).closedCount() == 1);
    }

    private void assertRefused(final int port) throws InterruptedException {
        peer.connect(port);
        agent.await("refused", () -> accepted.size() == 2 && accepted.get(1).closedCount() == 1);

        assertThat(accepted.get(1).closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(accepted.get(1).closeDetail()).contains("clientAuthentication=REQUIRED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotTakeATicketInPlaceOfACertificate(final boolean earlyData) throws Exception {
        final int port = listen(TlsOptions.ClientAuthentication.REQUIRED, earlyData);
        connectAndGetATicket(port);

        identity.shown = false;

        assertRefused(port);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotTakeTheTicketOfAListenerThatAsksForNoCertificate(final boolean earlyData) throws Exception {
        final int open = listen(TlsOptions.ClientAuthentication.NONE, earlyData);
        final int guarded = listen(TlsOptions.ClientAuthentication.REQUIRED, earlyData);
        identity.shown = false;
        connectAndGetATicket(open);

        assertRefused(guarded);
    }
}
