package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.Proxy;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.XPubSocket;
import io.sluicemq.XSubSocket;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.transport.quic.QuicOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Publishers whose messages go as datagrams over a quic link that loses and reorders. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class QuicDatagramsTest extends SocketTestBase {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int MESSAGES = Boolean.getBoolean("sluicemq.long") ? 200_000 : 4_000;
    private static final long SEED = Long.getLong("sluicemq.seed", System.nanoTime());
    private static final LinkConditions BAD =
            LinkConditions.CLEAR.delayedBy(Duration.ofMillis(2)).losing(0.02).reordering(0.05, Duration.ofMillis(3));

    private UdpProxy proxy;

    @AfterEach
    void closeProxy() {
        if (proxy != null) {
            proxy.close();
        }
    }

    private static SocketOptions.Builder datagrams() {
        return SocketOptions.builder()
                .transport(QuicOptions.builder().datagrams(true).build());
    }

    /** Binds, and returns the endpoint of a link to there. */
    private String link(final Socket bound) throws IOException {
        final String endpoint = bound.bind(Medium.QUIC.fresh());
        final int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SEED);
        return "quic://127.0.0.1:" + proxy.address().getPort();
    }

    private SubSocket subscriber(final SocketOptions options) {
        final SubSocket sub = context.sub(options, SubscriberOptions.DEFAULTS);
        sub.subscribe("");
        return sub;
    }

    /** Receives rising numbers up to the last one, or until nothing more comes. */
    private static long receiveRising(final SubSocket sub, final int last) throws InterruptedException {
        long count = 0;
        int before = -1;
        while (before < last) {
            final Message message = sub.receiveMessage(before < 0 ? LONG : Duration.ofSeconds(1));
            if (message == null) {
                return count;
            }
            final int number = Integer.parseInt(message.text());
            assertThat(number).isGreaterThan(before);
            before = number;
            count++;
        }
        return count;
    }

    @Test
    void shouldReceiveOrCountAllThatWasSentWhenTheLinkLosesAndReorders() throws Exception {
        final PubSocket pub = context.pub(datagrams().build(), PublisherOptions.DEFAULTS);
        final SubSocket sub = subscriber(datagrams().build());
        sub.connect(link(pub));
        assertThat(pub.awaitSubscribers("", 1, LONG)).isTrue();
        proxy.bothWays(BAD);

        final Future<Long> receiving = start(() -> receiveRising(sub, Integer.MAX_VALUE));
        for (int i = 0; i < MESSAGES; i++) {
            pub.send(Integer.toString(i));
            if (i % 20 == 19) {
                LockSupport.parkNanos(200_000);
            }
        }
        pub.close(LONG);
        final long received = receiving.get(1, TimeUnit.MINUTES);

        Await.until(
                LONG,
                () -> received
                                + sub.stats().dropped().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()
                                + pub.stats().dropped().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()
                        == MESSAGES,
                "all accounted for, received=" + received + " sub=" + sub.stats() + " pub=" + pub.stats() + " seed="
                        + SEED);
        assertThat(sub.stats().dropped(DropCause.LOST_ON_THE_WAY)).isPositive();
        assertThat(pub.stats().dropped(DropCause.IN_FLIGHT_UNKNOWN)).isZero();
        assertThat(pub.stats().dropped(DropCause.RECONNECT_IN_FLIGHT)).isZero();
    }

    @Test
    void shouldBringTheNewestInTheEndWhenConflating() throws Exception {
        final PubSocket pub = context.pub(datagrams().conflate(true).build(), PublisherOptions.DEFAULTS);
        final SubSocket sub = subscriber(datagrams().build());
        sub.connect(link(pub));
        assertThat(pub.awaitSubscribers("", 1, LONG)).isTrue();
        proxy.bothWays(BAD.losing(0.3));

        for (int round = 0; round < 5; round++) {
            final int last = (round + 1) * 100 - 1;
            for (int i = round * 100; i <= last; i++) {
                pub.send(Integer.toString(i));
            }
            int newest = -1;
            while (newest < last) {
                final Message message = sub.receiveMessage(LONG);
                assertThat(message).as("newest=%d seed=%d", newest, SEED).isNotNull();
                final int number = Integer.parseInt(message.text());
                assertThat(number).isGreaterThan(newest);
                newest = number;
            }
        }
    }

    @Test
    void shouldLoseNothingWhenNoDropIsSet() throws Exception {
        final PubSocket pub = context.pub(
                datagrams().build(), PublisherOptions.builder().noDrop(true).build());
        final SubSocket sub = subscriber(datagrams().build());
        sub.connect(link(pub));
        assertThat(pub.awaitSubscribers("", 1, LONG)).isTrue();
        proxy.bothWays(BAD);

        final Future<Long> receiving = start(() -> receiveRising(sub, 499));
        for (int i = 0; i < 500; i++) {
            pub.send(Integer.toString(i));
        }

        assertThat(receiving.get(1, TimeUnit.MINUTES)).isEqualTo(500);
    }

    @Test
    void shouldWelcomeEachSubscriber() throws Exception {
        final XPubSocket xpub = context.xpub(
                datagrams().build(),
                PublisherOptions.builder().welcomeMessage(Message.of("W")).build());
        final String endpoint = xpub.bind(Medium.QUIC.fresh());

        for (int i = 0; i < 20; i++) {
            final SubSocket sub = subscriber(datagrams().build());
            sub.connect(endpoint);
            assertThat(sub.receiveMessage(LONG)).as("welcome of %d", i).isNotNull();
        }
    }

    @Test
    void shouldPassThroughAForwarder() throws Exception {
        final XSubSocket frontend = context.xsub(datagrams().build(), SubscriberOptions.DEFAULTS);
        final XPubSocket backend = context.xpub(datagrams().build(), PublisherOptions.DEFAULTS);
        final String front = frontend.bind(Medium.QUIC.fresh());
        final String back = link(backend);
        final Proxy forwarder = Proxy.builder(frontend, backend).build();
        final Future<Void> running = start(() -> {
            forwarder.run();
            return null;
        });
        final PubSocket pub = context.pub(datagrams().build(), PublisherOptions.DEFAULTS);
        pub.connect(front);
        final SubSocket sub = subscriber(datagrams().build());
        sub.connect(back);
        assertThat(pub.awaitSubscribers("", 1, LONG)).isTrue();
        proxy.bothWays(BAD);

        final Future<Long> receiving = start(() -> receiveRising(sub, 199));
        for (int i = 0; i < 200; i++) {
            pub.send(Integer.toString(i));
            LockSupport.parkNanos(100_000);
        }
        final long received = receiving.get(1, TimeUnit.MINUTES);

        assertThat(received).isBetween(100L, 200L);
        forwarder.stop();
        get(running);
    }
}
