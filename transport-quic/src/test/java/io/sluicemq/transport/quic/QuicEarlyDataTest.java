package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.codec.quic.SslEarlyDataReadyEvent;
import io.netty.util.concurrent.Future;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsAttributes;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client of which nothing is known but a ticket says things with its first datagram, good ones and others. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // the listener's side is looked at
final class QuicEarlyDataTest {
    private static final int TURNS_FOR_A_TICKET = 100;
    static final byte[] GREETING =
            Arrays.copyOf("\377\0\0\0\0\0\0\0\001\177\003\001NULL".getBytes(StandardCharsets.ISO_8859_1), 64);
    static final byte[] READY = ready("SUB", "");
    private static final byte[] READY_OF_REQ = ready("REQ", "");
    private static final String SAYS_TWICE =
            (char) EarlyRequests.PROPERTY.length() + EarlyRequests.PROPERTY + "\0\0\0\001\001";
    private static final byte[] READY_OF_IDEMPOTENT_REQ = ready("REQ", SAYS_TWICE);
    static final byte[] SUBSCRIBE = "\004\013\011SUBSCRIBEa".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] MESSAGE = {0, 1, 'm'};
    private static final byte[] LANE_AND_MESSAGE = {1, 0, 0, 1, 'm'};
    private static final byte[] MAIN = StreamHeader.ofMain();
    private static final byte[] REQUEST = {1, 0, 0, 1, 'm'};
    private static final byte[] LARGE_REQUEST = largeRequest();

    private static byte[] largeRequest() {
        final int body = EarlyRequests.MAX_BYTES;
        return Arrays.copyOf(new byte[] {1, 0, 2, 0, 0, 0, 0, 0, 0, (byte) (body >> 8), 0}, 11 + body);
    }

    private static byte[] ready(final String type, final String property) {
        final byte[] terms = LaneTerms.of(QuicOptions.DEFAULTS).encode();
        final String body = "\005READY\013Socket-Type\0\0\0\003" + type + property
                + (char) LaneTerms.PROPERTY.length() + LaneTerms.PROPERTY + "\0\0\0" + (char) terms.length
                + new String(terms, StandardCharsets.ISO_8859_1);
        return ("\004" + (char) body.length() + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final Verifier verifier = new Verifier();
    private final QuicSslContext tls = QuicSslContextBuilder.forClient()
            .trustManager(verifier)
            .applicationProtocols(QuicTls.ALPN)
            .earlyData(true)
            .build();
    private final RawQuicPeer peer = new RawQuicPeer(tls);
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private TransportDriver.BoundEndpoint listener;
    private SocketType type = SocketType.XPUB;

    /** Takes all, and counts: a session that is resumed has nothing to be verified. */
    private static final class Verifier extends X509ExtendedTrustManager {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine) {
            count.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket) {
            count.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type) {
            count.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine) {
            throw new AssertionError("not of a client");
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket) {
            throw new AssertionError("not of a client");
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type) {
            throw new AssertionError("not of a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Writes on streams as soon as early data can go, and that is all. */
    static final class Talker extends RawQuicPeer.Ignorer {
        private final List<QuicStreamType> types = new ArrayList<>();
        private final List<byte[]> sayings = new ArrayList<>();
        private final ChannelHandler listening;

        Talker(final ChannelHandler listening) {
            this.listening = listening;
        }

        Talker(final QuicStreamType type, final byte[]... parts) {
            this(new RawQuicPeer.Ignorer());
            and(type, parts);
        }

        Talker and(final QuicStreamType type, final byte[]... parts) {
            types.add(type);
            sayings.add(concatenate(parts));
            return this;
        }

        private static byte[] concatenate(final byte[]... parts) {
            final byte[] all =
                    new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
            int at = 0;
            for (final byte[] part : parts) {
                System.arraycopy(part, 0, all, at, part.length);
                at += part.length;
            }
            return all;
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
            if (event instanceof SslEarlyDataReadyEvent) {
                context.executor().execute(() -> talk((QuicChannel) context.channel()));
            }
        }

        private void talk(final QuicChannel channel) {
            for (int i = 0; i < types.size(); i++) {
                final byte[] bytes = sayings.get(i);
                channel.createStream(types.get(i), listening)
                        .addListener(
                                done -> ((QuicStreamChannel) done.get()).writeAndFlush(Unpooled.wrappedBuffer(bytes)));
            }
        }
    }

    @AfterEach
    void close() {
        agent.close();
        peer.close();
    }

    private int listen(final boolean takesEarly) throws IOException {
        return listen(takesEarly, new TestCertificates().server());
    }

    private int listen(final boolean takesEarly, final TlsIdentity identity) throws IOException {
        final TlsOptions options = TlsOptions.builder().identity(identity).build();
        final QuicOptions quic = QuicOptions.builder().earlyData(true).build();
        final PipeOptions base = TestPipeEnd.OPTIONS;
        listener = driver.listen(Endpoint.parse("quic://127.0.0.1:0"), new PipeAcceptor() {
            @Override
            public TestPipeEnd accept(final String remoteAddress) {
                accepted.add(new TestPipeEnd(
                        agent,
                        HandshakeConfig.builder(type).build(),
                        new PipeOptions(
                                base.maxMessageBytes(),
                                base.maxFrames(),
                                0,
                                base.handshakeTimeoutNs(),
                                base.heartbeat(),
                                Map.of(TlsOptions.class, options, QuicOptions.class, quic))));
                return last();
            }

            @Override
            public boolean takesEarly() {
                return takesEarly;
            }

            @Override
            public boolean takesEarlyMessages() {
                return type == SocketType.REP;
            }

            @Override
            public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                return type.cast(type == TlsOptions.class ? options : quic);
            }
        });
        final Endpoint bound = listener.endpoint();
        return Integer.parseInt(bound.address().substring(bound.address().lastIndexOf(':') + 1));
    }

    private TestPipeEnd last() {
        return accepted.get(accepted.size() - 1);
    }

    private void connectAndGetATicket(final int port) throws InterruptedException {
        final Future<QuicChannel> connecting = peer.connect(port);
        agent.await("connected", connecting::isDone);
        assertThat(connecting.isSuccess()).isTrue();
        agent.settle(TURNS_FOR_A_TICKET);
        connecting.getNow().close();
        agent.await("gone", () -> last().closedCount() == 1);
    }

    private TestPipeEnd comeBack(final int port, final Talker talker) throws InterruptedException {
        final int before = accepted.size();
        peer.connect(port, talker);
        agent.await("come back", () -> accepted.size() > before);
        return last();
    }

    @Test
    void shouldReadSubscriptionsOfAClientThatComesBack() throws Exception {
        final int port = listen(true);
        connectAndGetATicket(port);

        final TestPipeEnd end = comeBack(port, new Talker(QuicStreamType.BIDIRECTIONAL, GREETING, READY, SUBSCRIBE));
        agent.await("subscription", () -> end.subscriptions().size() == 1);

        assertThat(end.subscriptions()).containsExactly("+a");
        assertThat(end.peer().attributes()).containsEntry("tls.protocol", "TLSv1.3");
        assertThat(verifier.count).hasValue(1);
    }

    @Test
    void shouldRefuseALaneBeforeTheEndOfTheHandshake() throws Exception {
        final int port = listen(true);
        connectAndGetATicket(port);

        final TestPipeEnd end = replayUntilRefused(port, new Talker(QuicStreamType.UNIDIRECTIONAL, LANE_AND_MESSAGE));

        assertThat(end.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(end.closeDetail()).contains("before the end of the handshake");
        assertThat(end.count()).isZero();
    }

    private int listenForRequests() throws IOException {
        type = SocketType.REP;
        return listen(true);
    }

    /** As {@link #comeBack}, of a client that is not there any more when it is answered, so that its handshake is never done. */
    private TestPipeEnd replay(final int port, final Talker talker) throws InterruptedException {
        return replay(port, talker, TestPipeEnd::isOpen);
    }

    private TestPipeEnd replay(final int port, final Talker talker, final Predicate<TestPipeEnd> until)
            throws InterruptedException {
        try (UdpProxy proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1)) {
            proxy.toClient(LinkConditions.SILENT);
            final TestPipeEnd end = comeBack(proxy.address().getPort(), talker);
            agent.await("until", () -> until.test(end));
            agent.settle(TURNS_FOR_A_TICKET);
            return end;
        }
    }

    private TestPipeEnd replayUntilRefused(final int port, final Talker talker) throws InterruptedException {
        return replay(port, talker, end -> end.closedCount() == 1);
    }

    @Test
    void shouldReadOneRequestOfARecordingThatSaysItMayBeDoneTwice() throws Exception {
        final int port = listenForRequests();
        connectAndGetATicket(port);

        final TestPipeEnd end = replay(
                port,
                new Talker(QuicStreamType.UNIDIRECTIONAL, MAIN, REQUEST, REQUEST)
                        .and(QuicStreamType.BIDIRECTIONAL, GREETING, READY_OF_IDEMPOTENT_REQ));

        assertThat(end.count()).isEqualTo(1);
        assertThat(end.closedCount()).isZero();
    }

    @Test
    void shouldReadNoLargeRequestOfARecording() throws Exception {
        final int port = listenForRequests();
        connectAndGetATicket(port);

        final TestPipeEnd end = replay(
                port,
                new Talker(QuicStreamType.BIDIRECTIONAL, GREETING, READY_OF_IDEMPOTENT_REQ)
                        .and(QuicStreamType.UNIDIRECTIONAL, MAIN, LARGE_REQUEST));

        assertThat(end.count()).isZero();
        assertThat(end.closedCount()).isZero();
    }

    @Test
    void shouldReadWhatIsBehindAnEarlyRequestWhenTheHandshakeIsDone() throws Exception {
        final int port = listenForRequests();
        connectAndGetATicket(port);

        final TestPipeEnd end = comeBack(
                port,
                new Talker(QuicStreamType.BIDIRECTIONAL, GREETING, READY_OF_IDEMPOTENT_REQ)
                        .and(QuicStreamType.UNIDIRECTIONAL, MAIN, REQUEST, LARGE_REQUEST, REQUEST));
        agent.await("all of them", () -> end.count() == 3);

        assertThat(end.closedCount()).isZero();
        assertThat(verifier.count).hasValue(1);
    }

    @Test
    void shouldRefuseARequestOfWhoDoesNotSayThatItMayBeDoneTwice() throws Exception {
        final int port = listenForRequests();
        connectAndGetATicket(port);

        for (final Talker talker : List.of(
                new Talker(QuicStreamType.UNIDIRECTIONAL, MAIN, REQUEST)
                        .and(QuicStreamType.BIDIRECTIONAL, GREETING, READY_OF_REQ),
                new Talker(QuicStreamType.BIDIRECTIONAL, GREETING, READY_OF_REQ)
                        .and(QuicStreamType.UNIDIRECTIONAL, MAIN, REQUEST))) {
            final TestPipeEnd end = replayUntilRefused(port, talker);

            assertThat(end.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
            assertThat(end.closeDetail()).contains("before the end of the handshake");
            assertThat(end.count()).isZero();
            connectAndGetATicket(port);
        }
    }

    @Test
    void shouldRefuseARequestWhereTheSocketTakesNone() throws Exception {
        final int port = listen(true);
        connectAndGetATicket(port);

        final TestPipeEnd end = replayUntilRefused(
                port,
                new Talker(QuicStreamType.UNIDIRECTIONAL, MAIN, REQUEST)
                        .and(QuicStreamType.BIDIRECTIONAL, GREETING, ready("SUB", SAYS_TWICE)));

        assertThat(end.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(end.closeDetail()).contains("before the end of the handshake");
        assertThat(end.count()).isZero();
    }

    @Test
    void shouldRefuseALaneOfAnIdempotentClientBeforeTheEndOfTheHandshake() throws Exception {
        final int port = listenForRequests();
        connectAndGetATicket(port);

        final TestPipeEnd end = replay(
                port,
                new Talker(QuicStreamType.BIDIRECTIONAL, GREETING, READY_OF_IDEMPOTENT_REQ)
                        .and(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofLane(0), REQUEST));
        agent.await("refused", () -> end.closedCount() == 1);

        assertThat(end.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(end.count()).isZero();
    }

    @Test
    void shouldRefuseAMessageOnTheControlStream() throws Exception {
        final int port = listen(true);
        connectAndGetATicket(port);

        final TestPipeEnd end = comeBack(port, new Talker(QuicStreamType.BIDIRECTIONAL, GREETING, READY, MESSAGE));
        agent.await("refused", () -> end.closedCount() == 1);

        assertThat(end.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(end.closeDetail()).contains("commands on the control stream");
        assertThat(end.count()).isZero();
    }

    @Test
    void shouldResumeNoSessionAtASocketThatDoesNotTakeEarlyData() throws Exception {
        final int port = listen(false);
        connectAndGetATicket(port);

        final TestPipeEnd end = comeBack(port, new Talker(QuicStreamType.BIDIRECTIONAL, GREETING, READY, SUBSCRIBE));
        agent.settle(TURNS_FOR_A_TICKET);

        assertThat(end.subscriptions()).isEmpty();
        assertThat(verifier.count).hasValue(2);
    }

    @Test
    void shouldNotTakeTheTicketOfAnotherListener() throws Exception {
        final int one = listen(true);
        final int other = listen(true);
        connectAndGetATicket(one);

        connectAndGetATicket(other);

        assertThat(verifier.count).hasValue(2);
    }

    /** Each time as a client of ours. */
    private TestPipeEnd dial(final int port, final TlsOptions options) {
        final QuicOptions quic = QuicOptions.builder().earlyData(true).build();
        final PipeOptions base = TestPipeEnd.OPTIONS;
        final TestPipeEnd client = new TestPipeEnd(
                agent,
                HandshakeConfig.builder(SocketType.SUB).build(),
                new PipeOptions(
                        base.maxMessageBytes(),
                        base.maxFrames(),
                        0,
                        base.handshakeTimeoutNs(),
                        base.heartbeat(),
                        Map.of(TlsOptions.class, options, QuicOptions.class, quic)));
        driver.dial(Endpoint.parse("quic://127.0.0.1:" + port), client);
        agent.await("open or closed", () -> client.isOpen() || client.closedCount() == 1);
        return client;
    }

    private void leave(final TestPipeEnd client) {
        agent.settle(TURNS_FOR_A_TICKET);
        client.carrier().finish(agent.nowNs() + 5_000_000_000L);
        agent.await("closed", () -> client.closedCount() == 1 && last().closedCount() == 1);
    }

    @Test
    void shouldKnowTheServerWhoseSessionIsResumedAndTellWhenItIsGone() throws Exception {
        final TlsIdentity identity = new TestCertificates().server();
        final TlsOptions options =
                TlsOptions.builder().pinnedFingerprint(identity.fingerprint()).build();
        final int port = listen(true, identity);
        leave(dial(port, options));

        final TestPipeEnd back = dial(port, options);
        assertThat(back.peer().attributes()).containsEntry(TlsAttributes.FINGERPRINT, identity.fingerprint());
        leave(back);
        listener.close();
        final TestPipeEnd late = dial(port, options);

        assertThat(late.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(late.closedCount()).isEqualTo(1);
    }

    @Test
    void shouldVerifyCertificatesAgainAfterAnHour() throws Exception {
        final TlsOptions options =
                TlsOptions.builder().identity(new TestCertificates().server()).build();
        final QuicTls own = new QuicTls();
        final long startNs = System.nanoTime();
        final long laterNs = startNs + TlsContext.SESSION_LIFETIME_NS;

        final TlsContext dialing = own.context(options, true, true, startNs);
        assertThat(own.context(options, true, true, laterNs - 1)).isSameAs(dialing);
        assertThat(own.context(options, true, true, laterNs)).isNotSameAs(dialing);
        assertThat(own.context(options, true, false, startNs)).isNotSameAs(dialing);

        final TlsContext listening = own.context(options, false, true, startNs);
        listening.accept(null, laterNs - 1);
        assertThat(listening.keysAgeNs(laterNs)).isEqualTo(TlsContext.SESSION_LIFETIME_NS);
        listening.accept(null, laterNs);
        assertThat(listening.keysAgeNs(laterNs)).isZero();
    }
}
