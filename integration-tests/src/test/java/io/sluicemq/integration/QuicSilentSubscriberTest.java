package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is gone without a word, and there again at the same port, with a subscriber that says nothing by itself. */
@Timeout(60)
class QuicSilentSubscriberTest extends SocketTestBase {
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");
    private static final long WANTED_NS = 1_000_000_000L;
    private static final Duration INTERVAL = Duration.ofMillis(200);

    /** Beyond all that QUIC waits with, and less than the interval. */
    private static final long SILENCE_NS = 120_000_000L;

    private static final Duration BETWEEN_PUBLICATIONS = Duration.ofMillis(5);

    private static SocketOptions beating() {
        return SocketOptions.builder()
                .heartbeat(INTERVAL, Duration.ofSeconds(30), Duration.ZERO)
                .build();
    }

    /** What was under way would be sent again, and find the next server without a heartbeat. */
    private static void awaitSilence(final UdpProxy proxy) {
        final long[] passed = {-1, 0};
        Await.until(
                LIMIT,
                () -> {
                    final long nowNs = System.nanoTime();
                    if (proxy.passed() != passed[0]) {
                        passed[0] = proxy.passed();
                        passed[1] = nowNs;
                    }
                    return nowNs - passed[1] > SILENCE_NS;
                },
                "nothing is under way");
    }

    /** As if its process was killed: what it says at its end reaches nobody. */
    private static void kill(final Context server, final UdpProxy proxy) {
        proxy.bothWays(LinkConditions.SILENT);
        server.close(Duration.ZERO);
    }

    @Test
    void shouldFindAServerThatWasStartedAgainByHeartbeatsAlone() throws InterruptedException {
        final Context first = Medium.context();
        final PubSocket before = first.pub();
        final String bound = before.bind(Medium.QUIC.fresh());
        final int port = Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1));
        try (UdpProxy proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1)) {
            final SubSocket sub = context.sub(beating(), SubscriberOptions.DEFAULTS);
            sub.subscribe("");
            sub.connect("quic://127.0.0.1:" + proxy.address().getPort());
            assertThat(before.awaitSubscribers("a", 1, LIMIT)).isTrue();
            before.send("a: before");
            assertThat(receiveText(sub)).isEqualTo("a: before");

            awaitSilence(proxy);
            kill(first, proxy);
            try (Context second = Medium.context()) {
                final PubSocket after = second.pub(SocketOptions.DEFAULTS, PublisherOptions.DEFAULTS);
                after.bind(bound);
                proxy.bothWays(LinkConditions.CLEAR);
                final long startNs = System.nanoTime();
                String text = null;
                while (text == null && System.nanoTime() - startNs < LIMIT.toNanos()) {
                    after.send("a: after");
                    final var message = sub.receiveMessage(BETWEEN_PUBLICATIONS);
                    text = message == null ? null : message.text();
                }
                final long tookNs = System.nanoTime() - startNs;

                System.getLogger(QuicSilentSubscriberTest.class.getName())
                        .log(System.Logger.Level.INFO, "found and subscribed again in {0} ms", tookNs / 1e6);
                assertThat(text).isEqualTo("a: after");
                assertThat(!LONG || tookNs < WANTED_NS)
                        .as("within a second, tookNs=%d", tookNs)
                        .isTrue();
            }
        }
    }
}
