package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PeerInfo;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpRecord;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.quic.QuicOptions.Ordering;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over {@code quic://} that may be done twice, from a REQ that comes back. */
@Timeout(60)
class QuicEarlyRequestTest extends QuicFirstFlightBase {
    private static final int DELAYS = Boolean.getBoolean("sluicemq.long") ? 1_000 : 8;
    private static final long OLD_NS = 65_000_000_000L;
    private static final String PLAIN = "plain";
    private static final int REPLAYS = Boolean.getBoolean("sluicemq.long") ? 100 : 1;
    private static final long VERY_SHORT_ROUND_TRIP_NS = 20_000_000L;
    private static final ReqOptions IDEMPOTENT =
            ReqOptions.builder().idempotent(true).build();
    private static final SocketOptions SERVING = options(LISTENING, EARLY).build();
    private static final SocketOptions ASKING = options(DIALING, EARLY).build();

    private final AtomicInteger plainRequests = new AtomicInteger();
    private final AtomicInteger echoed = new AtomicInteger();

    private static QuicOptions early(final Ordering ordering) {
        return QuicOptions.builder().earlyData(true).ordering(ordering).build();
    }

    private Future<Integer> echo(final RepSocket rep) {
        return start(() -> {
            final Message message = new Message();
            int requests = 0;
            while (rep.receive(message)) {
                requests++;
                echoed.set(requests);
                plainRequests.addAndGet(PLAIN.equals(message.text()) ? 1 : 0);
                assertThat(rep.send(message)).isIn(SendResult.SENT, SendResult.UNROUTABLE, SendResult.CLOSED);
            }
            return requests;
        });
    }

    /** Comes, asks one thing and goes; from the call of connect to the reply. */
    private double roundTrips(final String endpoint, final SocketOptions options, final ReqOptions reqOptions)
            throws InterruptedException {
        try (ReqSocket req = context.req(options, reqOptions)) {
            final long startNs = System.nanoTime();
            req.connect(endpoint);
            final String request = reqOptions.idempotent() ? "marked" : PLAIN;
            assertThat(req.request(request, LIMIT).text()).isEqualTo(request);
            final double counted = (System.nanoTime() - startNs) / (double) ROUND_TRIP_NS;
            awaitPeers(req, 1);
            return counted;
        }
    }

    private void visit(final String endpoint) throws InterruptedException {
        roundTrips(endpoint, ASKING, IDEMPOTENT);
    }

    private static void assertNothingLost(final ReqSocket req) {
        assertThat(req.stats().dropped()).isEmpty();
    }

    @Test
    void shouldBringTheReplyAfterOneRoundTripToARequesterThatComesBack() throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);
        takes(ROUND_TRIP_NS);
        proxy.record();

        assertThat(fewestRoundTrips(1.5, () -> roundTrips(endpoint, ASKING, IDEMPOTENT)))
                .isBetween(0.9, 1.5);
        assertThat(earlyDatagrams()).isPositive();
        rep.close();
        assertThat(get(echoing)).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true"})
    void shouldTakeTwoRoundTripsWithoutTheMarkOrWhereTheReplierDoesNotTakeIt(final boolean early, final boolean marked)
            throws Exception {
        final RepSocket rep = context.rep(
                early ? SERVING : options(LISTENING, QuicOptions.DEFAULTS).build());
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);
        takes(ROUND_TRIP_NS);
        final ReqOptions options = marked ? IDEMPOTENT : ReqOptions.DEFAULTS;

        assertThat(fewestRoundTrips(2.6, () -> roundTrips(endpoint, ASKING, options)))
                .isBetween(1.9, 2.6);
        rep.close();
        assertThat(get(echoing)).isPositive();
    }

    @Test
    void shouldSendEarlyWhatIsAskedDuringTheHandshake() throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);
        takes(ROUND_TRIP_NS);

        final double counted = fewestRoundTrips(1.5, () -> {
            proxy.record();
            final long before = earlyDatagrams();
            try (ReqSocket req = context.req(ASKING, IDEMPOTENT)) {
                req.connect(endpoint);
                // Its first words are under way.
                Await.until(LIMIT, () -> earlyDatagrams() > before, "begun");
                final long startNs = System.nanoTime();
                assertThat(req.request("late", LIMIT).text()).isEqualTo("late");
                return (System.nanoTime() - startNs) / (double) ROUND_TRIP_NS;
            }
        });

        assertThat(counted).isBetween(0.9, 1.5);
        rep.close();
        assertThat(get(echoing)).isPositive();
    }

    @Test
    @Timeout(120)
    void shouldBringTheReplyWheneverItIsAskedFor() throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);

        for (int i = 0; i < DELAYS; i++) {
            try (ReqSocket req = context.req(ASKING, IDEMPOTENT)) {
                final long startNs = System.nanoTime();
                final long delayNs = 2L * VERY_SHORT_ROUND_TRIP_NS * i / DELAYS;
                req.connect(endpoint);
                // The request meets the handshake at another step each time.
                Await.until(LIMIT, () -> System.nanoTime() - startNs >= delayNs, "time of the request");
                assertThat(req.request("request " + i, LIMIT)).as("reply %d", i).isNotNull();
                assertNothingLost(req);
            }
        }

        rep.close();
        assertThat(get(echoing)).isEqualTo(1 + DELAYS);
    }

    @ParameterizedTest
    @CsvSource({"PIPE, LANE", "LANE, PIPE"})
    void shouldSendItBesideLanes(final Ordering serving, final Ordering asking) throws Exception {
        final RepSocket rep = context.rep(options(LISTENING, early(serving)).build());
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);
        proxy.record();

        try (ReqSocket req = context.req(options(DIALING, early(asking)).build(), IDEMPOTENT)) {
            req.connect(endpoint);
            for (int i = 0; i < 3; i++) {
                assertThat(req.request("request " + i, LIMIT).text()).isEqualTo("request " + i);
            }
            assertThat(req.stats().messagesSent()).isEqualTo(3);
            assertNothingLost(req);
        }
        assertThat(earlyDatagrams()).isPositive();
        rep.close();
        assertThat(get(echoing)).isEqualTo(4);
    }

    @Test
    void shouldLetALargeRequestWaitForTheHandshake() throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);
        proxy.record();

        try (ReqSocket req = context.req(ASKING, IDEMPOTENT)) {
            req.connect(endpoint);
            assertThat(req.request("x".repeat(17 * 1024), LIMIT).text()).hasSize(17 * 1024);
        }
        assertThat(proxy.records().stream()
                        .filter(QuicFirstFlightBase::isEarlyData)
                        .mapToInt(datagram -> datagram.bytes().length)
                        .sum())
                .isBetween(1, 2 * 1024);
        rep.close();
        assertThat(get(echoing)).isEqualTo(2);
    }

    // Recordings.

    private List<UdpRecord> record(final String endpoint, final ReqOptions options) throws InterruptedException {
        final int behind = proxy.records().size();
        roundTrips(endpoint, ASKING, options);
        return firstFlight(behind);
    }

    @Test
    void shouldDeliverARecordedRequestOncePerReplayIfItIsMarkedAndGoOn() throws Exception {
        final AtomicInteger came = new AtomicInteger();
        final RepSocket rep = context.rep(options(LISTENING, EARLY)
                .handshakeTimeout(HANDSHAKE_TIMEOUT)
                .listener(new SocketListener() {
                    @Override
                    public void onConnected(final PeerInfo peer) {
                        came.incrementAndGet();
                    }
                })
                .build());
        final String bound = rep.bind(Medium.QUIC.fresh());
        final String endpoint = through(bound, SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);
        proxy.record();
        final List<List<UdpRecord>> flights = List.of(
                record(endpoint, IDEMPOTENT), record(endpoint, IDEMPOTENT), record(endpoint, ReqOptions.DEFAULTS));
        final int marked = flights.size() - 1;
        Await.until(LIMIT, () -> rep.peers().isEmpty(), "nobody there");
        assertThat(came).hasValue(1 + flights.size());

        for (int i = 0; i < REPLAYS; i++) {
            try (DatagramSocket recorder = new DatagramSocket()) {
                Await.until(
                        LIMIT,
                        () -> {
                            flights.forEach(flight -> send(recorder, flight, portOf(bound)));
                            return rep.peers().size() == flights.size();
                        },
                        "all are read");
                // Others are served beside those that nobody made.
                visit(endpoint);
                Await.until(LIMIT, () -> rep.peers().isEmpty(), "nobody there");
            }
        }
        visit(endpoint);

        rep.close();
        assertThat(get(echoing)).isBetween(2 + flights.size() + REPLAYS * (1 + marked), came.get() - REPLAYS);
        assertThat(plainRequests).hasValue(1);
    }

    @Test
    @Timeout(200)
    @EnabledIfSystemProperty(named = "sluicemq.long", matches = "true")
    void shouldTakeNoRecordingOfMoreThanAMinuteAgo() throws Exception {
        final RepSocket rep = context.rep(with(LISTENING, EARLY));
        final String bound = rep.bind(Medium.QUIC.fresh());
        final String endpoint = through(bound, VERY_SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);
        proxy.record();
        final List<UdpRecord> flight = record(endpoint, IDEMPOTENT);
        final long recordedNs = System.nanoTime();
        try (DatagramSocket recorder = new DatagramSocket()) {
            Await.until(LIMIT, () -> send(recorder, flight, portOf(bound)) && echoed.get() == 3, "replay is read");
            Await.until(
                    Duration.ofMinutes(2), () -> System.nanoTime() - recordedNs > OLD_NS && echoed.get() == 3, "old");
            for (int i = 0; i < 100; i++) {
                assertThat(send(recorder, flight, portOf(bound))).isTrue();
                // Behind which that was read.
                visit(endpoint);
            }
        }

        rep.close();
        assertThat(get(echoing)).isEqualTo(103);
    }

    // Servers that do not take it.

    @Test
    void shouldDeliverOnceWhereTheReplierCannotReadTheFirstWords() throws Exception {
        final String bound;
        final String endpoint;
        try (Context first = Medium.context()) {
            final RepSocket before = first.rep(SERVING);
            bound = before.bind(Medium.QUIC.fresh());
            endpoint = through(bound, VERY_SHORT_ROUND_TRIP_NS);
            final Future<Integer> echoing = echo(before);
            visit(endpoint);
            before.close();
            assertThat(get(echoing)).isEqualTo(1);
        }
        proxy.record();

        // Another process, as it were: it has other keys.
        try (Context second = Medium.context();
                ReqSocket req = context.req(ASKING, IDEMPOTENT)) {
            final RepSocket after = second.rep(SERVING);
            after.bind(bound);
            final Future<Integer> echoing = echo(after);
            req.connect(endpoint);
            assertThat(req.request("once", LIMIT).text()).isEqualTo("once");
            assertThat(earlyDatagrams()).isPositive();
            assertNothingLost(req);
            after.close();
            assertThat(get(echoing)).isEqualTo(1);
        }
    }

    @Test
    void shouldDeliverOnceToARouterThatCameInThePlaceOfAReplier() throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String bound = rep.bind(Medium.QUIC.fresh());
        final String endpoint = through(bound, VERY_SHORT_ROUND_TRIP_NS);
        final Future<Integer> before = echo(rep);
        visit(endpoint);
        rep.close();
        assertThat(get(before)).isEqualTo(1);
        proxy.record();

        final RouterSocket router = context.router(SERVING, RouterOptions.DEFAULTS);
        router.bind(bound);
        final Future<Integer> echoing = start(() -> {
            final Message message = new Message();
            int requests = 0;
            while (router.receive(message) && router.send(message) == SendResult.SENT) {
                requests++;
            }
            return requests;
        });
        visit(endpoint);

        assertThat(earlyDatagrams()).isPositive();
        router.close();
        assertThat(get(echoing)).isEqualTo(1);
    }

    // Connections that do not come to be, or break.

    @Test
    void shouldAskAgainWhereTheAnswerToTheFirstWordsIsLost() throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        visitAndReply(rep, endpoint);
        proxy.toClient(LinkConditions.SILENT);

        try (ReqSocket req = context.req(with(DIALING, EARLY), IDEMPOTENT)) {
            req.connect(endpoint);
            assertThat(req.send("again")).isEqualTo(SendResult.SENT);
            assertThat(receiveText(rep)).isEqualTo("again");
            assertThat(rep.send("to nobody")).isEqualTo(SendResult.SENT);
            // The next attempt comes from another port.
            proxy.forget();
            takes(VERY_SHORT_ROUND_TRIP_NS);

            final Future<Integer> echoing = echo(rep);
            assertThat(receiveText(req)).isEqualTo("again");
            assertNothingLost(req);
            assertThat(req.stats().messagesSent()).isEqualTo(1);
            // What nobody hears would linger.
            rep.close(Duration.ZERO);
            assertThat(get(echoing)).isPositive();
        }
    }

    private void visitAndReply(final RepSocket rep, final String endpoint) throws InterruptedException {
        try (ReqSocket req = context.req(ASKING, IDEMPOTENT)) {
            req.connect(endpoint);
            assertThat(req.send("first")).isEqualTo(SendResult.SENT);
            assertThat(receiveText(rep)).isEqualTo("first");
            assertThat(rep.send("reply")).isEqualTo(SendResult.SENT);
            assertThat(receiveText(req)).isEqualTo("reply");
        }
        Await.until(LIMIT, () -> rep.peers().isEmpty(), "gone");
    }

    @Test
    void shouldAskAnewWhenTheConnectionBreaksBehindAnEarlyRequest() throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        visitAndReply(rep, endpoint);

        try (ReqSocket req = context.req(ASKING, IDEMPOTENT)) {
            req.connect(endpoint);
            assertThat(req.send("lost")).isEqualTo(SendResult.SENT);
            assertThat(receiveText(rep)).isEqualTo("lost");
            awaitPeers(req, 1);
            assertThat(rep.disconnectPeer(rep.peers().get(0).id())).isTrue();
            Await.until(LIMIT, () -> !req.peers().get(0).connected(), "lost");
            assertThat(rep.send("to nobody")).isEqualTo(SendResult.UNROUTABLE);

            assertThat(req.send("next")).isEqualTo(SendResult.SENT);
            assertThat(receiveText(rep)).isEqualTo("next");
            assertThat(rep.send("reply")).isEqualTo(SendResult.SENT);
            assertThat(receiveText(req)).isEqualTo("reply");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveUpAnEarlyRequestForTheNextOne(final boolean correlate) throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), SHORT_ROUND_TRIP_NS);
        final Future<Integer> echoing = echo(rep);
        visit(endpoint);
        final ReqOptions options = ReqOptions.builder()
                .idempotent(true)
                .relaxed(true)
                .correlate(correlate)
                .build();

        proxy.record();
        try (ReqSocket req = context.req(ASKING, options)) {
            req.connect(endpoint);
            assertThat(req.send("first")).isEqualTo(SendResult.SENT);
            Await.until(LIMIT, () -> earlyDatagrams() > 0, "under way");
            assertThat(req.send("second")).isEqualTo(SendResult.SENT);
            assertThat(receiveText(req)).isEqualTo("second");
            assertThat(req.request("third", LIMIT).text()).isEqualTo("third");
            assertThat(req.stats().dropped(DropCause.EXPIRED)).isLessThanOrEqualTo(1);
        }
        rep.close();
        assertThat(get(echoing)).isBetween(3, 4);
    }
}
