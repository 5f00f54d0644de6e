package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.transport.CloseReason;
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
        final PullSocket pull =
                context.pull(SocketOptions.builder().transport(server).build());
        final PushSocket push = context.push(telling(client));

        push.connect(pull.bind(Medium.QUIC.fresh()));
        Await.until(LIMIT, () -> !delaysNs.isEmpty(), "a retry is planned");
        assertThat(push.awaitPeers(1, MOMENT)).isFalse();

        assertThat(failures).hasSize(1);
        assertThat(failures.peek()).startsWith("HANDSHAKE_FAILED").contains(why);
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
}
