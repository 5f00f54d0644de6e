package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.XPubSocket;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.testkit.udp.UdpRecord;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a subscriber that comes over {@code quic://} waits for its first message, in round trips. */
@Timeout(60)
class QuicFirstMessageTest extends SocketTestBase {
    /** Long beside what a loaded machine adds. */
    private static final long ROUND_TRIP_NS = 200_000_000L;

    private static final long SHORT_ROUND_TRIP_NS = 60_000_000L;
    private static final System.Logger LOG = System.getLogger(QuicFirstMessageTest.class.getName());
    private static final int MAX_ATTEMPTS = 8;
    private static final int REPLAYS = Boolean.getBoolean("sluicemq.long") ? 100 : 2;

    private UdpProxy proxy;

    @AfterEach
    void closeProxy() {
        if (proxy != null) {
            proxy.close();
        }
    }

    private String through(final String bound) {
        return through(bound, ROUND_TRIP_NS);
    }

    private String through(final String bound, final long roundTripNs) {
        final int port = Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1));
        proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
        proxy.bothWays(LinkConditions.CLEAR.delayedBy(Duration.ofNanos(roundTripNs / 2)));
        return "quic://127.0.0.1:" + proxy.address().getPort();
    }

    private Future<Boolean> publishAllTheTime(final PubSocket pub) {
        return start(() -> {
            while (pub.send("now") == SendResult.SENT) {
                LockSupport.parkNanos(1_000_000L);
            }
            return true;
        });
    }

    /** From the call of connect to the first message. */
    private double roundTrips(final String endpoint, final SocketOptions options) throws InterruptedException {
        try (SubSocket sub = context.sub(options, SubscriberOptions.DEFAULTS)) {
            sub.subscribe("");
            final Message message = new Message();
            final long startNs = System.nanoTime();
            sub.connect(endpoint);
            assertThat(sub.receive(message, LIMIT)).as("first message").isTrue();
            return (System.nanoTime() - startNs) / (double) ROUND_TRIP_NS;
        }
    }

    /** Whatever else the machine does makes it longer, never shorter. */
    private double fewestRoundTrips(final String endpoint, final SocketOptions options, final double enough)
            throws InterruptedException {
        double fewest = Double.MAX_VALUE;
        for (int i = 0; i < MAX_ATTEMPTS && fewest >= enough; i++) {
            final double counted = roundTrips(endpoint, options);
            LOG.log(System.Logger.Level.INFO, "roundTrips={0}", String.valueOf(counted));
            fewest = Math.min(fewest, counted);
        }
        return fewest;
    }

    @Test
    void shouldBringTheFirstMessageAfterTwoRoundTrips() throws InterruptedException {
        final PubSocket pub = context.pub();
        final String endpoint = through(pub.bind(Medium.QUIC.fresh()));
        final Future<Boolean> publishing = publishAllTheTime(pub);

        assertThat(fewestRoundTrips(endpoint, SocketOptions.DEFAULTS, 2.6)).isBetween(1.9, 2.6);
        pub.close();
        assertThat(get(publishing)).isTrue();
    }

    @Test
    void shouldTellEachSubscriptionOnceWheneverItIsMade() throws InterruptedException {
        final XPubSocket xpub = context.xpub(
                SocketOptions.DEFAULTS,
                PublisherOptions.builder().verboser(true).build());
        final String endpoint = through(xpub.bind(Medium.QUIC.fresh()), SHORT_ROUND_TRIP_NS);
        for (int delayMs = 0; delayMs <= 150; delayMs += 30) {
            try (SubSocket sub = context.sub()) {
                sub.subscribe("before" + delayMs);
                sub.connect(endpoint);
                // The change meets the connection at another step of its way each time.
                final long changeNs = System.nanoTime() + delayMs * 1_000_000L;
                Await.until(LIMIT, () -> System.nanoTime() - changeNs >= 0, "time of the change");
                sub.subscribe("after" + delayMs);
                assertThat(new String[] {receiveText(xpub), receiveText(xpub)})
                        .containsExactlyInAnyOrder("\1before" + delayMs, "\1after" + delayMs);
                sub.unsubscribe("before" + delayMs);
                assertThat(receiveText(xpub)).isEqualTo("\0before" + delayMs);
            }
            assertThat(receiveText(xpub)).isEqualTo("\0after" + delayMs);
        }
    }

    // Subscribers that come back.

    private static final TlsIdentity SERVER = new TestCertificates().server();
    private static final TlsOptions LISTENING =
            TlsOptions.builder().identity(SERVER).build();
    private static final TlsOptions DIALING =
            TlsOptions.builder().pinnedFingerprint(SERVER.fingerprint()).build();
    private static final QuicOptions EARLY =
            QuicOptions.builder().earlyData(true).build();

    private static SocketOptions with(final TlsOptions tls, final QuicOptions quic) {
        return SocketOptions.builder()
                .transport(tls)
                .transport(quic)
                .handshakeTimeout(Duration.ofMillis(500))
                .build();
    }

    private static boolean isEarlyData(final UdpRecord datagram) {
        return datagram.toServer() && (datagram.bytes()[0] & 0xF0) == 0xD0;
    }

    private static boolean isInitial(final UdpRecord datagram) {
        return datagram.toServer() && (datagram.bytes()[0] & 0xF0) == 0xC0;
    }

    private long earlyDatagrams() {
        return proxy.records().stream()
                .filter(QuicFirstMessageTest::isEarlyData)
                .count();
    }

    @Test
    void shouldBringTheFirstMessageAfterOneRoundTripToASubscriberThatComesBack() throws InterruptedException {
        final PubSocket pub = context.pub(with(LISTENING, EARLY), PublisherOptions.DEFAULTS);
        final String endpoint = through(pub.bind(Medium.QUIC.fresh()));
        final Future<Boolean> publishing = publishAllTheTime(pub);
        roundTrips(endpoint, with(DIALING, EARLY));
        proxy.record();

        assertThat(fewestRoundTrips(endpoint, with(DIALING, EARLY), 1.6)).isBetween(0.9, 1.6);
        assertThat(earlyDatagrams()).isPositive();
        pub.close();
        assertThat(get(publishing)).isTrue();
    }

    @Test
    void shouldTakeTwoRoundTripsWhereThePublisherDoesNotWantEarlyData() throws InterruptedException {
        final PubSocket pub = context.pub(with(LISTENING, QuicOptions.DEFAULTS), PublisherOptions.DEFAULTS);
        final String endpoint = through(pub.bind(Medium.QUIC.fresh()));
        final Future<Boolean> publishing = publishAllTheTime(pub);
        roundTrips(endpoint, with(DIALING, EARLY));
        proxy.record();

        assertThat(fewestRoundTrips(endpoint, with(DIALING, EARLY), 2.6)).isBetween(1.9, 2.6);
        assertThat(earlyDatagrams()).isZero();
        pub.close();
        assertThat(get(publishing)).isTrue();
    }

    private XPubSocket publisher(final Context of) {
        return of.xpub(
                with(LISTENING, EARLY),
                PublisherOptions.builder().verboser(true).build());
    }

    /** Comes, waits for a message and goes, so that it can come back. */
    private void visit(final XPubSocket xpub, final String endpoint) throws InterruptedException {
        try (SubSocket sub = context.sub(with(DIALING, EARLY), SubscriberOptions.DEFAULTS)) {
            sub.subscribe("topic");
            sub.connect(endpoint);
            assertThat(receiveText(xpub)).isEqualTo("\1topic");
            assertThat(xpub.send("topic 1")).isEqualTo(SendResult.SENT);
            assertThat(receiveText(sub)).isEqualTo("topic 1");
        }
        assertThat(receiveText(xpub)).isEqualTo("\0topic");
    }

    private static boolean send(final DatagramSocket from, final List<UdpRecord> flight, final int port) {
        try {
            for (final UdpRecord datagram : flight) {
                final byte[] bytes = datagram.bytes();
                from.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
            }
            return true;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldDeliverNothingOfARecordedFirstFlight() throws Exception {
        final XPubSocket xpub = publisher(context);
        final String bound = xpub.bind(Medium.QUIC.fresh());
        final String endpoint = through(bound, SHORT_ROUND_TRIP_NS);
        visit(xpub, endpoint);
        proxy.record();
        visit(xpub, endpoint);
        final List<UdpRecord> flight = proxy.records().stream()
                .takeWhile(UdpRecord::toServer)
                .filter(datagram -> isInitial(datagram) || isEarlyData(datagram))
                .toList();
        assertThat(flight).anyMatch(QuicFirstMessageTest::isInitial).anyMatch(QuicFirstMessageTest::isEarlyData);

        final int port = Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1));
        try (DatagramSocket recorder = new DatagramSocket()) {
            for (int i = 0; i < REPLAYS; i++) {
                // Of no effect while a connection is there that was begun by the same datagrams.
                final Message notice = new Message();
                Await.until(LIMIT, () -> send(recorder, flight, port) && xpub.tryReceive(notice), "replay is read");
                assertThat(notice.text()).isEqualTo("\1topic");
                // It is taken for a subscriber, no longer than a handshake may take.
                assertThat(xpub.send("topic for nobody")).isEqualTo(SendResult.SENT);
                assertThat(receiveText(xpub)).isEqualTo("\0topic");
                Await.until(LIMIT, () -> xpub.peers().isEmpty(), "nobody there");
            }
        }
        visit(xpub, endpoint);
    }

    @Test
    void shouldSubscribeOnceWhereThePublisherCannotReadTheFirstWords() throws Exception {
        final String bound;
        final String endpoint;
        try (Context first = Medium.context()) {
            final XPubSocket before = publisher(first);
            bound = before.bind(Medium.QUIC.fresh());
            endpoint = through(bound, SHORT_ROUND_TRIP_NS);
            visit(before, endpoint);
        }
        proxy.record();

        // Another process, as it were: it has other keys.
        try (Context second = Medium.context()) {
            final XPubSocket after = publisher(second);
            after.bind(bound);
            visit(after, endpoint);
            assertThat(earlyDatagrams()).isPositive();
        }
    }
}
