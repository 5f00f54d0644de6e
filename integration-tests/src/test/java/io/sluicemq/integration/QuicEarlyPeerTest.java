package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.DropCause;
import io.sluicemq.Receiver;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.RouterOptions;
import io.sluicemq.SendResult;
import io.sluicemq.Sender;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.SocketStats;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.quic.QuicOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over {@code quic://} that may be done twice, and servers that are not wanted, are others than before, or are not heard. */
@Timeout(60)
class QuicEarlyPeerTest extends QuicFirstFlightBase {
    private static final long VERY_SHORT_ROUND_TRIP_NS = 20_000_000L;

    /** QUIC waits twice as long each time for an answer that does not come. */
    private static final Duration LATE = Duration.ofSeconds(20);

    private static final ReqOptions IDEMPOTENT =
            ReqOptions.builder().idempotent(true).build();
    private static final SocketOptions SERVING = options(LISTENING, EARLY).build();
    private static final SocketOptions ASKING = options(DIALING, EARLY).build();

    private static void ask(final ReqSocket req, final RepSocket rep, final String text) throws InterruptedException {
        assertThat(req.send(text)).isEqualTo(SendResult.SENT);
        assertThat(receiveText(rep)).isEqualTo(text);
        assertThat(rep.send("reply")).isEqualTo(SendResult.SENT);
        assertThat(receiveText(req)).isEqualTo("reply");
    }

    /** Gets a ticket. */
    private void visit(final RepSocket rep, final String endpoint) throws InterruptedException {
        try (ReqSocket req = context.req(ASKING, IDEMPOTENT)) {
            req.connect(endpoint);
            ask(req, rep, "visit");
        }
        Await.until(LIMIT, () -> rep.peers().isEmpty(), "gone");
    }

    // Checks of peers.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAskNothingOfAServerThatIsRefused(final boolean cameBack) throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        if (cameBack) {
            visit(rep, endpoint);
        }
        final RecordingListener listener = new RecordingListener();
        final SocketOptions refusing = options(DIALING, EARLY)
                .peerCheck(peer -> "not wanted")
                .listener(listener)
                .build();

        try (ReqSocket req = context.req(refusing, IDEMPOTENT)) {
            req.connect(endpoint);
            assertThat(req.send("secret")).isEqualTo(SendResult.SENT);
            listener.await("failed REFUSED");
            assertThat(req.close(Duration.ZERO)).isEqualTo(1);
            assertThat(req.stats().messagesSent()).isZero();
        }

        // Behind which the other would be.
        visit(rep, endpoint);
        assertSilent(rep);
    }

    @Test
    void shouldAskAServerThatPassesTheCheckOnceItHasSaidWhoItIs() throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        visit(rep, endpoint);
        final SocketOptions checking =
                options(DIALING, EARLY).peerCheck(peer -> null).build();

        try (ReqSocket req = context.req(checking, IDEMPOTENT)) {
            req.connect(endpoint);
            ask(req, rep, "checked");
            assertThat(req.stats().messagesSent()).isEqualTo(1);
        }
    }

    // Requests that are given up.

    private static void assertUnknown(final ReqSocket req) {
        final SocketStats stats = req.stats();
        assertThat(stats.messagesSent()).isEqualTo(1);
        assertThat(stats.dropped(DropCause.IN_FLIGHT_UNKNOWN)).isEqualTo(1);
        assertThat(stats.dropped(DropCause.EXPIRED)).isZero();
        assertThat(stats.dropped(DropCause.LINGER_EXPIRED)).isZero();
    }

    /** A server that hears, and is not heard. */
    private RepSocket deafen() throws InterruptedException {
        final RepSocket rep = context.rep(SERVING);
        final String endpoint = through(rep.bind(Medium.QUIC.fresh()), VERY_SHORT_ROUND_TRIP_NS);
        visit(rep, endpoint);
        proxy.toClient(LinkConditions.SILENT);
        return rep;
    }

    private void sendEarly(final ReqSocket req, final RepSocket rep) throws InterruptedException {
        req.connect("quic://127.0.0.1:" + proxy.address().getPort());
        assertThat(req.send("early")).isEqualTo(SendResult.SENT);
        assertThat(receiveText(rep)).isEqualTo("early");
    }

    @Test
    void shouldCountAnEarlyRequestThatIsGivenUpAsSentAndUnknown() throws Exception {
        final RepSocket rep = deafen();
        final ReqOptions relaxed =
                ReqOptions.builder().idempotent(true).relaxed(true).build();

        try (ReqSocket req = context.req(ASKING, relaxed)) {
            sendEarly(req, rep);
            assertThat(req.send("next")).isEqualTo(SendResult.SENT);

            assertUnknown(req);
            assertThat(req.close(Duration.ZERO)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountAnEarlyRequestThatIsLeftBehindAsSentAndUnknown(final boolean gone) throws Exception {
        final RepSocket rep = deafen();
        final RecordingListener listener = new RecordingListener();
        final SocketOptions options = options(DIALING, EARLY)
                .handshakeTimeout(gone ? HANDSHAKE_TIMEOUT : LATE)
                .listener(listener)
                .build();

        try (ReqSocket req = context.req(options, IDEMPOTENT)) {
            sendEarly(req, rep);
            if (gone) {
                listener.await("retry");
            }

            assertThat(req.close(Duration.ZERO)).isZero();
            assertUnknown(req);
        }
    }

    // Servers that do not take early data any more.

    private void visitAnother(final String address, final String endpoint) throws InterruptedException {
        try (Context server = Medium.context()) {
            final RepSocket rep = server.rep(SERVING);
            rep.bind(address);
            visit(rep, endpoint);
        }
    }

    /** From the call of connect to the reply. */
    private double roundTrips(final String address, final String endpoint, final QuicOptions quic)
            throws InterruptedException {
        // Another process, as it were: it has other keys.
        try (Context server = Medium.context();
                ReqSocket req = context.req(ASKING, IDEMPOTENT)) {
            final RepSocket rep = server.rep(options(LISTENING, quic).build());
            rep.bind(address);
            final long startNs = System.nanoTime();
            req.connect(endpoint);
            ask(req, rep, "refused");
            return (System.nanoTime() - startNs) / (double) ROUND_TRIP_NS;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBringTheReplyAfterThreeRoundTripsWhereEarlyDataIsRefused(final boolean earlyData) throws Exception {
        final RepSocket reserving = context.rep(SERVING);
        final String address = reserving.bind(Medium.QUIC.fresh());
        reserving.close();
        final String endpoint = through(address);
        final QuicOptions quic = QuicOptions.builder().earlyData(earlyData).build();
        proxy.record();

        assertThat(fewestRoundTrips(3.6, () -> {
                    takes(VERY_SHORT_ROUND_TRIP_NS);
                    visitAnother(address, endpoint);
                    takes(ROUND_TRIP_NS);
                    return roundTrips(address, endpoint, quic);
                }))
                .isBetween(2.9, 3.6);
        assertThat(earlyDatagrams()).isPositive();
    }

    // Servers of another type than before.

    private Socket bindable(final SocketType type) {
        return switch (type) {
            case PULL -> context.pull(SERVING);
            case DEALER -> context.dealer(SERVING, DealerOptions.DEFAULTS);
            default -> context.router(SERVING, RouterOptions.DEFAULTS);
        };
    }

    private Socket peerOf(final SocketType type, final QuicOptions quic) {
        final SocketOptions options = options(DIALING, quic).build();
        return switch (type) {
            case PULL -> context.push(options);
            case DEALER -> context.dealer(options, DealerOptions.DEFAULTS);
            default -> context.req(options, IDEMPOTENT);
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = SocketType.class,
            names = {"PULL", "DEALER", "ROUTER"})
    void shouldLetNobodyInEarlyWhereAnotherTypeCameInThePlaceOfAReplier(final SocketType type) throws Exception {
        final RepSocket rep = context.rep(SERVING);
        final String address = rep.bind(Medium.QUIC.fresh());
        final String endpoint = through(address, VERY_SHORT_ROUND_TRIP_NS);
        visit(rep, endpoint);
        rep.close();
        final Socket bound = bindable(type);
        bound.bind(address);
        proxy.record();
        proxy.toClient(LinkConditions.SILENT);

        try (Socket early = peerOf(type, EARLY);
                Socket other = peerOf(type, QuicOptions.DEFAULTS)) {
            early.connect(endpoint);
            assertThat(((Sender) early).send("early")).isEqualTo(SendResult.SENT);
            Await.until(LIMIT, () -> earlyDatagrams() > 0 && answers() > 0, "early data is there");
            // Behind which the server has read it.
            other.connect(address);
            awaitPeers(other, 1);
            awaitPeers(bound, 1);
            assertThat(bound.peers()).hasSize(1);
            assertSilent((Receiver) bound);

            takes(VERY_SHORT_ROUND_TRIP_NS);
            assertThat(bound.awaitPeers(2, LATE)).isTrue();
            assertThat(receiveFrames((Receiver) bound)).endsWith("early");
            assertSilent((Receiver) bound);
        }
    }
}
