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
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.udp.UdpRecord;
import io.sluicemq.transport.quic.QuicOptions;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a subscriber that comes over {@code quic://} waits for its first message, in round trips. */
@Timeout(60)
class QuicFirstMessageTest extends QuicFirstFlightBase {
    private static final int FLIGHTS = 3;
    private static final int REPLAYS = Boolean.getBoolean("sluicemq.long") ? 100 : 2;

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

    @Test
    void shouldBringTheFirstMessageAfterTwoRoundTrips() throws Exception {
        final PubSocket pub = context.pub();
        final String endpoint = through(pub.bind(Medium.QUIC.fresh()));
        final Future<Boolean> publishing = publishAllTheTime(pub);

        assertThat(fewestRoundTrips(2.6, () -> roundTrips(endpoint, SocketOptions.DEFAULTS)))
                .isBetween(1.9, 2.6);
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

    @Test
    void shouldBringTheFirstMessageAfterOneRoundTripToASubscriberThatComesBack() throws Exception {
        final PubSocket pub = context.pub(with(LISTENING, EARLY), PublisherOptions.DEFAULTS);
        final String endpoint = through(pub.bind(Medium.QUIC.fresh()));
        final Future<Boolean> publishing = publishAllTheTime(pub);
        roundTrips(endpoint, with(DIALING, EARLY));
        proxy.record();

        assertThat(fewestRoundTrips(1.6, () -> roundTrips(endpoint, with(DIALING, EARLY))))
                .isBetween(0.9, 1.6);
        assertThat(earlyDatagrams()).isPositive();
        pub.close();
        assertThat(get(publishing)).isTrue();
    }

    @Test
    void shouldTakeTwoRoundTripsWhereThePublisherDoesNotWantEarlyData() throws Exception {
        final PubSocket pub = context.pub(with(LISTENING, QuicOptions.DEFAULTS), PublisherOptions.DEFAULTS);
        final String endpoint = through(pub.bind(Medium.QUIC.fresh()));
        final Future<Boolean> publishing = publishAllTheTime(pub);
        roundTrips(endpoint, with(DIALING, EARLY));
        proxy.record();

        assertThat(fewestRoundTrips(2.6, () -> roundTrips(endpoint, with(DIALING, EARLY))))
                .isBetween(1.9, 2.6);
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

    /** How often a subscriber came, less how often one went. */
    private static int takeNotices(final XPubSocket xpub) {
        final Message notice = new Message();
        int balance = 0;
        while (xpub.tryReceive(notice)) {
            assertThat(notice.text()).isIn("\1topic", "\0topic");
            balance += notice.text().charAt(0) == 1 ? 1 : -1;
        }
        return balance;
    }

    @Test
    void shouldDeliverNothingOfRecordedFirstFlights() throws Exception {
        final XPubSocket xpub = publisher(context);
        final String bound = xpub.bind(Medium.QUIC.fresh());
        final String endpoint = through(bound, SHORT_ROUND_TRIP_NS);
        visit(xpub, endpoint);
        proxy.record();
        final List<List<UdpRecord>> flights = new ArrayList<>();
        for (int i = 0; i < FLIGHTS; i++) {
            final int behind = proxy.records().size();
            visit(xpub, endpoint);
            flights.add(firstFlight(behind));
        }

        for (int i = 0; i < REPLAYS; i++) {
            try (DatagramSocket recorder = new DatagramSocket()) {
                // Each is taken for a subscriber, no longer than a handshake may take.
                Await.until(
                        LIMIT,
                        () -> {
                            flights.forEach(flight -> send(recorder, flight, portOf(bound)));
                            return xpub.peers().size() == FLIGHTS;
                        },
                        "all are read");
                assertThat(xpub.send("topic for nobody")).isEqualTo(SendResult.SENT);
                Await.until(LIMIT, () -> xpub.peers().isEmpty(), "nobody there");
                assertThat(takeNotices(xpub)).isZero();
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
