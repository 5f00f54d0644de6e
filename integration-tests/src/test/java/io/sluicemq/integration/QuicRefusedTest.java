package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.Future;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.tls.TlsAttributes;
import io.sluicemq.transport.tls.TlsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer that will be refused again is told why, once, and is not tried again at once. */
@Timeout(60)
class QuicRefusedTest extends SocketTestBase {
    private static final long SELDOM_NS = 5_000_000_000L;

    private final TestCertificates certificates = new TestCertificates();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Long> delaysNs = new ConcurrentLinkedQueue<>();

    @TempDir
    Path folder;

    private SocketOptions telling(final TlsOptions tls) {
        return SocketOptions.builder()
                .reconnect(Duration.ofMillis(5), Duration.ZERO)
                .transport(tls)
                .listener(new SocketListener() {
                    @Override
                    public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
                        failures.add(reason + ": " + detail);
                    }

                    @Override
                    public void onConnectRetry(final String endpoint, final long delayNs) {
                        delaysNs.add(delayNs);
                    }
                })
                .build();
    }

    private void assertRefused(final TlsOptions server, final TlsOptions client, final String why)
            throws InterruptedException {
        final RecordingListener onPull = new RecordingListener();
        final PullSocket pull = context.pull(
                SocketOptions.builder().transport(server).listener(onPull).build());
        final PushSocket push = context.push(telling(client));

        push.connect(pull.bind(Medium.QUIC.fresh()));
        assertToldOnce(push, "HANDSHAKE_FAILED", why);
        onPull.await("failed HANDSHAKE_FAILED");
        assertThat(onPull.events()).containsExactly("listening", "failed HANDSHAKE_FAILED");
        assertThat(onPull.details().get(1)).startsWith("quic://127.0.0.1:");
    }

    private void assertToldOnce(final PushSocket push, final String reason, final String why)
            throws InterruptedException {
        Await.until(LIMIT, () -> !delaysNs.isEmpty(), "a retry is planned");
        assertThat(push.awaitPeers(1, MOMENT)).isFalse();

        assertThat(failures).hasSize(1);
        assertThat(failures.peek()).startsWith(reason).contains(why);
        assertThat(List.copyOf(delaysNs)).hasSize(1).allMatch(delayNs -> delayNs >= SELDOM_NS);
    }

    @Test
    void shouldSayOnceThatACertificateIsMissing() throws InterruptedException {
        assertRefused(
                TlsOptions.builder()
                        .identity(certificates.server())
                        .trust(certificates.trustFile(folder))
                        .clientAuthentication(TlsOptions.ClientAuthentication.REQUIRED)
                        .build(),
                TlsOptions.builder().trust(certificates.trustFile(folder)).build(),
                "certificate=none, limit=one that the peer trusts");
    }

    @Test
    void shouldSayOnceThatTheServerHasAnotherName() throws InterruptedException {
        assertRefused(
                TlsOptions.builder()
                        .identity(certificates.named("elsewhere.example"))
                        .build(),
                TlsOptions.builder().trust(certificates.trustFile(folder)).build(),
                "serverName=127.0.0.1, limit=");
    }

    @Test
    void shouldSayOnceThatTheServerIsNotPinned() throws InterruptedException {
        assertRefused(
                TlsOptions.builder().identity(certificates.server()).build(),
                TlsOptions.builder()
                        .pinnedFingerprint(new TestCertificates().server().fingerprint())
                        .build(),
                "is not one of those pinned");
    }

    @Test
    void shouldSayOnceThatTheServerSpeaksAnotherProtocol() throws InterruptedException {
        try (ForeignQuic foreign = new ForeignQuic()) {
            final int port = foreign.listen(certificates.server());
            final PushSocket push = context.push(telling(
                    TlsOptions.builder().trust(certificates.trustFile(folder)).build()));

            push.connect("quic://127.0.0.1:" + port);

            assertToldOnce(push, "HANDSHAKE_FAILED", "alpn=sluicemq/1, limit=what the peer speaks");
            assertThat(foreign.began()).isEqualTo(1);
        }
    }

    @Test
    void shouldSayOnceThatAClientSpeaksAnotherProtocolAndServeOthers() throws InterruptedException {
        final TlsOptions server =
                TlsOptions.builder().identity(certificates.server()).build();
        final RecordingListener onPull = new RecordingListener();
        final PullSocket pull = context.pull(
                SocketOptions.builder().transport(server).listener(onPull).build());
        final String bound = pull.bind(Medium.QUIC.fresh());
        try (ForeignQuic foreign = new ForeignQuic()) {
            final Future<QuicChannel> connecting =
                    foreign.connect(Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1)));
            onPull.await("failed HANDSHAKE_FAILED");
            assertThat(pull.awaitPeers(1, MOMENT)).isFalse();

            assertThat(connecting.isSuccess()).isFalse();
            assertThat(onPull.events()).containsExactly("listening", "failed HANDSHAKE_FAILED");
            assertThat(onPull.details().get(1)).startsWith("quic://127.0.0.1:").contains("alpn sluicemq/1");
        }

        final PushSocket push = context.push(SocketOptions.builder()
                .transport(TlsOptions.builder()
                        .trust(certificates.trustFile(folder))
                        .build())
                .build());
        push.connect(bound);
        push.send("served");
        assertThat(receiveText(pull)).isEqualTo("served");
    }

    @Test
    void shouldLetInByThePrincipalAndSayOnceThatAnotherIsRefused() throws InterruptedException {
        final RecordingListener onPull = new RecordingListener();
        final PullSocket pull = context.pull(SocketOptions.builder()
                .transport(TlsOptions.builder()
                        .identity(certificates.server())
                        .trust(certificates.trustFile(folder))
                        .clientAuthentication(TlsOptions.ClientAuthentication.REQUIRED)
                        .build())
                .peerCheck(peer ->
                        "CN=orders".equals(peer.attributes().get(TlsAttributes.PRINCIPAL)) ? null : "not on the list")
                .listener(onPull)
                .build());
        final String bound = pull.bind(Medium.QUIC.fresh());

        final PushSocket refused = context.push(telling(showing("CN=returns")));
        refused.connect(bound);
        assertToldOnce(refused, "REFUSED", "not on the list");
        onPull.await("failed REFUSED");
        final List<String> seen = onPull.events();
        final PushSocket accepted = context.push(
                SocketOptions.builder().transport(showing("CN=orders")).build());
        accepted.connect(bound);
        accepted.send("let in");

        assertThat(receiveText(pull)).isEqualTo("let in");
        assertThat(seen).containsExactly("listening", "failed REFUSED");
        assertThat(pull.peers()).hasSize(1);
        assertThat(pull.peers().get(0).metadata().attributes()).containsEntry(TlsAttributes.PRINCIPAL, "CN=orders");
    }

    private TlsOptions showing(final String principal) {
        return TlsOptions.builder()
                .trust(certificates.trustFile(folder))
                .identity(certificates.client(principal))
                .build();
    }
}
