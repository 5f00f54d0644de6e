package io.sluicemq.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsAttributes;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.transport.tls.TlsOptions.ClientAuthentication;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is let in by whom, what the two sides are told, and certificates that change. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TlsPeersTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final TestCertificates CERTIFICATES = new TestCertificates();
    private static final TlsIdentity SERVER = CERTIFICATES.server();

    @TempDir
    private Path folder;

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new TlsTcpTransport());
    private final List<TestPipeEnd> accepted = new ArrayList<>();

    @AfterEach
    void close() {
        agent.close();
    }

    private TestPipeEnd end(final TlsOptions options) {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        final PipeOptions own = new PipeOptions(
                base.maxMessageBytes(),
                base.maxFrames(),
                0,
                base.handshakeTimeoutNs(),
                base.heartbeat(),
                Map.of(TlsOptions.class, options));
        return new TestPipeEnd(agent, HandshakeConfig.builder(SocketType.PAIR).build(), own);
    }

    private Endpoint listen(final TransportDriver at, final String endpoint, final TlsOptions options)
            throws IOException {
        return at.listen(Endpoint.parse(endpoint), new PipeAcceptor() {
                    @Override
                    public PipeEnd accept(final String remoteAddress) {
                        final TestPipeEnd made = end(options);
                        accepted.add(made);
                        return made;
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type == TlsOptions.class ? type.cast(options) : defaults;
                    }
                })
                .endpoint();
    }

    private Endpoint listen(final TlsOptions options) throws IOException {
        return listen(driver, "tls+tcp://127.0.0.1:0", options);
    }

    private TestPipeEnd dial(final Endpoint endpoint, final TlsOptions options) {
        final TestPipeEnd client = end(options);
        driver.dial(endpoint, client);
        return client;
    }

    private TestPipeEnd lastAccepted() {
        return accepted.get(accepted.size() - 1);
    }

    private void awaitOpen(final TestPipeEnd client) {
        agent.await(
                "both open",
                () -> client.isOpen() && !accepted.isEmpty() && lastAccepted().isOpen());
    }

    private void assertBothTold(final TestPipeEnd client, final String clientText, final String serverText) {
        agent.await(
                "both told", () -> client.closedCount() > 0 && lastAccepted().closedCount() > 0);
        assertThat(client.closeReason()).as(client.closeDetail()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(client.closeDetail()).contains(clientText, "limit=");
        assertThat(lastAccepted().closeReason())
                .as(lastAccepted().closeDetail())
                .isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(lastAccepted().closeDetail()).contains(serverText, "limit=");
        assertThat(client.openCount() + lastAccepted().openCount()).isZero();
        agent.settle(3);
        assertThat(client.closedCount()).isEqualTo(1);
    }

    private TlsOptions.Builder trusting() {
        return TlsOptions.builder().trust(CERTIFICATES.trustFile(folder));
    }

    private static TlsOptions serving(final TlsIdentity identity) {
        return TlsOptions.builder().identity(identity).build();
    }

    private TlsOptions.Builder mutual() {
        return trusting().identity(SERVER).clientAuthentication(ClientAuthentication.REQUIRED);
    }

    @Test
    void shouldShakeHandsWhileNamesTakeLongToResolve() throws IOException {
        final TlsOptions options = TestCertificates.bothSides();
        final CountDownLatch resolved = new CountDownLatch(1);
        agent.blocking().execute(() -> hold(resolved));

        try {
            awaitOpen(dial(listen(options), options));
        } finally {
            resolved.countDown();
        }
    }

    @Test
    void shouldResolveNamesWhileHandshakesTakeLong() {
        final CountDownLatch shaken = new CountDownLatch(1);
        agent.handshakes().execute(() -> hold(shaken));

        try {
            final TestPipeEnd client =
                    dial(Endpoint.parse("tls+tcp://no-such-host.invalid:5555"), TestCertificates.bothSides());
            agent.await("told", () -> client.closedCount() > 0);

            assertThat(client.closeDetail()).contains("host=no-such-host.invalid");
        } finally {
            shaken.countDown();
        }
    }

    private static void hold(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldTellBothSidesWhoThePeerIs() throws IOException {
        final TlsIdentity own = CERTIFICATES.client("CN=orders,O=Example");
        final Endpoint endpoint = listen(mutual().build());

        final TestPipeEnd client = dial(endpoint, trusting().identity(own).build());
        awaitOpen(client);

        assertThat(lastAccepted().peer().attributes())
                .containsEntry(TlsAttributes.PRINCIPAL, "CN=orders,O=Example")
                .containsEntry(TlsAttributes.FINGERPRINT, own.fingerprint());
        assertThat(client.peer().attributes()).containsEntry(TlsAttributes.PRINCIPAL, "CN=Test server");
    }

    @Test
    void shouldRefuseAServerOfAnotherName() throws IOException {
        final Endpoint endpoint = listen(serving(CERTIFICATES.named("other.example")));

        final TestPipeEnd client = dial(endpoint, trusting().build());

        assertBothTold(client, "serverName=127.0.0.1, limit=[DNS:other.example]", "alert=");
    }

    @Test
    void shouldTakeTheNameThatTheOptionsGive() throws IOException {
        final Endpoint endpoint = listen(serving(CERTIFICATES.named("other.example")));

        final TestPipeEnd byName =
                dial(endpoint, trusting().serverName("other.example").build());
        awaitOpen(byName);
        final TestPipeEnd byNoName =
                dial(endpoint, trusting().checkServerName(false).build());
        awaitOpen(byNoName);
    }

    @Test
    void shouldRefuseAServerOfAnUnknownAuthority() throws IOException {
        final Endpoint endpoint = listen(serving(new TestCertificates().server()));

        final TestPipeEnd client = dial(endpoint, trusting().build());

        assertBothTold(client, "issuer=CN=Test authority", "alert=");
    }

    @Test
    void shouldAskTheSystemWhenNothingElseIsSaid() throws IOException {
        final Endpoint endpoint = listen(serving(SERVER));

        final TestPipeEnd client = dial(endpoint, TlsOptions.DEFAULTS);

        assertBothTold(client, "add its authority to the trust files", "alert=");
    }

    @Test
    void shouldRefuseAnExpiredCertificate() throws IOException {
        final Endpoint endpoint = listen(serving(CERTIFICATES.expired()));

        final TestPipeEnd client = dial(endpoint, trusting().build());

        assertBothTold(client, "validity=", "alert=");
    }

    @Test
    void shouldRefuseAClientWithoutACertificate() throws IOException {
        final Endpoint endpoint = listen(mutual().build());

        final TestPipeEnd client = dial(endpoint, trusting().build());

        assertBothTold(client, "certificate=none", "peerCertificate=none, limit=clientAuthentication=REQUIRED");
    }

    @Test
    void shouldRefuseAClientOfAnUnknownAuthority() throws IOException {
        final Endpoint endpoint = listen(mutual().build());
        final TlsIdentity stranger = new TestCertificates().client("CN=stranger");

        final TestPipeEnd client = dial(endpoint, trusting().identity(stranger).build());

        assertBothTold(client, "certificate=ours", "the certificate of CN=stranger leads to none of them");
    }

    @Test
    void shouldLetAClientWithoutACertificateInWhenOneIsOnlyWanted() throws IOException {
        final Endpoint endpoint = listen(
                mutual().clientAuthentication(ClientAuthentication.WANTED).build());

        final TestPipeEnd client = dial(endpoint, trusting().build());
        awaitOpen(client);

        assertThat(lastAccepted().peer().attributes()).doesNotContainKey(TlsAttributes.PRINCIPAL);
    }

    @Test
    void shouldRefuseWhenThereIsNoCommonVersion() throws IOException {
        final Endpoint endpoint = listen(
                TlsOptions.builder().identity(SERVER).protocols("TLSv1.2").build());

        final TestPipeEnd client = dial(endpoint, trusting().build());

        assertBothTold(client, "protocols=[TLSv1.3]", "protocols=[TLSv1.2]");
    }

    @Test
    void shouldSpeakTls12WhenAskedTo() throws IOException {
        final Endpoint endpoint = listen(TlsOptions.builder()
                .identity(SERVER)
                .protocols("TLSv1.3", "TLSv1.2")
                .build());

        final TestPipeEnd client =
                dial(endpoint, trusting().protocols("TLSv1.2").build());
        awaitOpen(client);

        assertThat(client.peer().attributes()).containsEntry(TlsAttributes.PROTOCOL, "TLSv1.2");
    }

    @Test
    void shouldAcceptAnybodyOnlyWhenToldSoAndThenVouchForNobody() throws IOException {
        final Endpoint endpoint = listen(serving(CERTIFICATES.named("other.example")));

        final TestPipeEnd client = dial(
                endpoint, TlsOptions.builder().insecureAcceptAnyCertificate().build());
        awaitOpen(client);

        assertThat(client.peer().attributes())
                .containsKey(TlsAttributes.FINGERPRINT)
                .doesNotContainKey(TlsAttributes.PRINCIPAL);
    }

    @Test
    void shouldRefuseToListenWithoutACertificate() {
        assertThatThrownBy(() -> listen(TlsOptions.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificate=none")
                .hasMessageContaining("endpoint=tls+tcp://127.0.0.1:0")
                .hasMessageContaining("certificate(chain, key)");
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientAuthentication.class,
            names = {"NONE", "WANTED"})
    void shouldRefuseToListenWithPinsThatNobodyMustKeep(final ClientAuthentication mode) {
        final TlsOptions pinned = TlsOptions.builder()
                .identity(SERVER)
                .pinnedFingerprint(SERVER.fingerprint())
                .clientAuthentication(mode)
                .build();

        assertThatThrownBy(() -> listen(pinned))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("clientAuthentication=" + mode + ", limit=REQUIRED")
                .hasMessageContaining("endpoint=tls+tcp://127.0.0.1:0");
    }

    @Test
    void shouldLetInOnlyWhoIsPinned() throws IOException {
        final TlsIdentity known = CERTIFICATES.client("CN=known");
        final Endpoint endpoint = listen(TlsOptions.builder()
                .identity(SERVER)
                .pinnedFingerprint(known.fingerprint())
                .clientAuthentication(ClientAuthentication.REQUIRED)
                .build());

        final TestPipeEnd nobody = dial(endpoint, trusting().build());
        assertBothTold(nobody, "certificate=none", "peerCertificate=none");
        final TestPipeEnd stranger = dial(
                endpoint,
                trusting().identity(CERTIFICATES.client("CN=stranger")).build());
        assertBothTold(stranger, "certificate=ours", "the certificate of CN=stranger is not one of those pinned");

        final TestPipeEnd client = dial(endpoint, trusting().identity(known).build());
        awaitOpen(client);
    }

    @Test
    void shouldSayThatTheListenerDoesNotUseTls() throws IOException {
        final Endpoint plain = listen(agent.open(new TcpTransport()), "tcp://127.0.0.1:0", TlsOptions.DEFAULTS);

        final TestPipeEnd client =
                dial(new Endpoint("tls+tcp", plain.address()), trusting().build());

        assertBothTold(client, "without TLS", "TLS");
    }

    @Test
    void shouldSayThatTheDialerDoesNotUseTls() throws IOException {
        final Endpoint endpoint = listen(serving(SERVER));
        final TestPipeEnd client = end(TlsOptions.DEFAULTS);

        final Transport plain = new TcpTransport();
        agent.open(plain).dial(new Endpoint("tcp", endpoint.address()), client);

        assertBothTold(client, "TLS", "without TLS");
    }

    @Test
    void shouldGiveUpAClientThatStopsInTheMiddleOfItsHello() throws Exception {
        final Endpoint endpoint = listen(serving(SERVER));
        final int port = Integer.parseInt(endpoint.address().substring("127.0.0.1:".length()));

        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
            peer.getOutputStream().write(new byte[] {22, 3, 1, 1, 0, 1, 0, 0, (byte) 0xFC, 3, 3});
            agent.await("accepted", () -> !accepted.isEmpty());
            agent.settle(5);
            final int closedBefore = lastAccepted().closedCount();
            agent.advance(31 * SECOND_NS);
            agent.await("given up", () -> lastAccepted().closedCount() > 0);

            assertThat(closedBefore).isZero();
            assertThat(lastAccepted().closeReason()).isEqualTo(CloseReason.HANDSHAKE_TIMED_OUT);
        }
    }

    @Test
    void shouldUseAChangedCertificateForNewConnectionsOnly() throws IOException {
        final Path certificate = TestCertificates.certificateFile(folder, SERVER);
        final Path key = TestCertificates.keyFile(folder, SERVER);
        final Endpoint endpoint =
                listen(TlsOptions.builder().certificate(certificate, key).build());
        final TlsOptions trust = trusting().build();
        final TestPipeEnd first = dial(endpoint, trust);
        awaitOpen(first);
        final TlsIdentity renewed = CERTIFICATES.server();

        replace(renewed);
        agent.advance(2 * SECOND_NS);
        final TestPipeEnd second = dial(endpoint, trust);
        awaitOpen(second);
        Files.writeString(certificate, "not a certificate");
        agent.advance(2 * SECOND_NS);
        final TestPipeEnd third = dial(endpoint, trust);
        awaitOpen(third);

        assertThat(first.peer().attributes()).containsEntry(TlsAttributes.FINGERPRINT, SERVER.fingerprint());
        assertThat(second.peer().attributes()).containsEntry(TlsAttributes.FINGERPRINT, renewed.fingerprint());
        assertThat(third.peer().attributes()).containsEntry(TlsAttributes.FINGERPRINT, renewed.fingerprint());
        assertThat(first.isOpen()).as("the old connection lives").isTrue();
        assertThat(first.closedCount()).isZero();
    }

    @Test
    void shouldTrustWhomAChangedFileNames() throws IOException {
        final TestCertificates others = new TestCertificates();
        final Endpoint endpoint = listen(serving(others.server()));
        final TlsOptions trust = trusting().build();
        assertBothTold(dial(endpoint, trust), "issuer=CN=Test authority", "alert=");

        setLater(others.trustFile(folder));
        agent.advance(2 * SECOND_NS);

        awaitOpen(dial(endpoint, trust));
    }

    private void replace(final TlsIdentity identity) throws IOException {
        final Path certificate = TestCertificates.certificateFile(folder, identity);
        TestCertificates.keyFile(folder, identity);
        setLater(certificate);
    }

    /** Some file systems know a time to the second only. */
    private static void setLater(final Path file) throws IOException {
        Files.setLastModifiedTime(
                file, FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 5_000));
    }
}
