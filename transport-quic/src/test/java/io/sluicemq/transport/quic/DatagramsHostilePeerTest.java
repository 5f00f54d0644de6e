package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that use datagrams, and what is said of them, otherwise than they should. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // a hostile peer need not care
final class DatagramsHostilePeerTest {
    private static final long SEED = Long.getLong("sluicemq.seed", System.nanoTime());
    private static final int ROUNDS = Boolean.getBoolean("sluicemq.long") ? 1_000 : 25;
    private static final QuicOptions ON = QuicOptions.builder().datagrams(true).build();
    private static final byte[] GREETING =
            Arrays.copyOf("\377\0\0\0\0\0\0\0\001\177\003\001NULL".getBytes(StandardCharsets.ISO_8859_1), 64);

    private final Random random = new Random(SEED);
    private final RawQuicPeer peer = new RawQuicPeer(QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(QuicTls.ALPN)
            .build());
    private final EscapedExceptions escaped = new EscapedExceptions();
    private ProxiedPair pair;
    private TestPipeEnd subscriber;
    private QuicChannel quic;
    private QuicStreamChannel control;

    @AfterEach
    void close() {
        peer.close();
        escaped.close();
        if (pair != null) {
            pair.close();
            escaped.assertNone(pair.accepted);
        }
    }

    private void listen(final QuicOptions options) throws IOException {
        System.getLogger(DatagramsHostilePeerTest.class.getName())
                .log(System.Logger.Level.INFO, "seed={0}", Long.toString(SEED));
        final ProxiedPair.Side side = new ProxiedPair.Side(
                SocketType.SUB,
                options,
                TlsOptions.builder().identity(new TestCertificates().server()).build());
        pair = new ProxiedPair(SEED, side, side);
    }

    /** A publisher, or what else the type says, that shakes hands as it should. */
    private void connect(final String type, final boolean offers) throws InterruptedException {
        connect();
        shake(ready(type, offers));
    }

    /** QUIC's part of it. */
    private void connect() throws InterruptedException {
        final int before = pair.accepted.size();
        final Future<QuicChannel> connecting = peer.connect(pair.server.getPort());
        pair.agent.await("connected", () -> connecting.isSuccess() && pair.accepted.size() > before);
        quic = connecting.getNow();
        subscriber = pair.accepted.get(before);
    }

    private void shake(final byte[] ready) {
        control = stream(QuicStreamType.BIDIRECTIONAL);
        control.writeAndFlush(Unpooled.wrappedBuffer(GREETING, ready));
        pair.agent.await("open", () -> subscriber.isOpen() || subscriber.closedCount() > 0);
        assertThat(subscriber.closeDetail()).isNull();
    }

    private QuicStreamChannel stream(final QuicStreamType type) {
        final Future<QuicStreamChannel> opening = quic.createStream(type, new RawQuicPeer.Ignorer());
        pair.agent.await("stream", opening::isSuccess);
        return opening.getNow();
    }

    static byte[] ready(final String type, final boolean offers) {
        return ready(type, offers, true);
    }

    private static byte[] ready(final String type, final boolean offers, final boolean counts) {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {5, 'R', 'E', 'A', 'D', 'Y'});
        property(body, "Socket-Type", type.getBytes(StandardCharsets.US_ASCII));
        property(body, LaneTerms.PROPERTY, new byte[] {1, 0, 0, 16, 0, 0, 4});
        if (counts) {
            property(body, HandshakeConfig.COUNTS_PROPERTY, new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
        }
        if (offers) {
            property(body, DatagramTerms.PROPERTY, new byte[] {4, 0});
        }
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(4);
        all.write(body.size());
        all.writeBytes(body.toByteArray());
        return all.toByteArray();
    }

    private static void property(final ByteArrayOutputStream body, final String name, final byte[] value) {
        body.write(name.length());
        body.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
        body.writeBytes(value);
    }

    static byte[] datagram(final int type, final long number, final int... frames) {
        final ByteBuffer all = ByteBuffer.allocate(9 + frames.length);
        all.put((byte) type).putLong(number);
        for (final int each : frames) {
            all.put((byte) each);
        }
        return all.array();
    }

    private static byte[] command(final NumberCommand kind, final long number) {
        final ByteBuffer all = ByteBuffer.allocate(kind.bytes());
        kind.put(all, number);
        return all.array();
    }

    private void send(final byte[] datagram) {
        quic.writeAndFlush(Unpooled.wrappedBuffer(datagram));
    }

    private void assertRefused(final String said) {
        pair.agent.await("refused", () -> subscriber.closedCount() == 1);
        assertThat(subscriber.closeReason()).isIn(CloseReason.PROTOCOL_ERROR, CloseReason.MESSAGE_TOO_LARGE);
        assertThat(subscriber.closeDetail()).contains(said).contains("limit=");
    }

    private static Stream<Arguments> brokenDatagrams() {
        return Stream.of(
                Arguments.of("datagramBytes=8", new byte[8]),
                Arguments.of("datagramType=2", datagram(2, 0, 0, 1, 'a')),
                Arguments.of("number=-1", datagram(1, -1, 0, 1, 'a')),
                Arguments.of("number=" + Long.MAX_VALUE, datagram(1, Long.MAX_VALUE, 0, 1, 'a')),
                Arguments.of("inDatagram=", datagram(1, 0)),
                Arguments.of("inDatagram=", datagram(1, 0, 0, 2, 'a')),
                Arguments.of("inDatagram=", datagram(1, 0, 1, 1, 'a')),
                Arguments.of("inDatagram=", datagram(1, 0, 0, 1, 'a', 0, 1, 'b')),
                Arguments.of("inDatagram=", datagram(1, 0, 4, 7, 4, 'P', 'I', 'N', 'G', 0, 0)),
                Arguments.of("inDatagram", datagram(1, 0, 2, 0x80, 0, 0, 0, 0, 0, 0, 0)),
                Arguments.of("inDatagram", datagram(1, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0)));
    }

    @ParameterizedTest
    @MethodSource("brokenDatagrams")
    void shouldRefuseDatagramsThatCannotBe(final String said, final byte[] bytes) throws Exception {
        listen(ON);
        connect("PUB", true);

        send(bytes);

        assertRefused(said);
    }

    @Test
    void shouldRefuseDatagramsOfAPeerThatDidNotOfferThem() throws Exception {
        listen(ON);
        connect("PUB", false);

        send(datagram(1, 0, 0, 1, 'a'));

        assertRefused("datagram=1");
    }

    @Test
    void shouldRefuseCommandsOfAPeerThatDidNotOfferDatagrams() throws Exception {
        listen(QuicOptions.DEFAULTS);
        connect("PUB", true);

        control.writeAndFlush(Unpooled.wrappedBuffer(command(NumberCommand.HEARD, 0)));

        assertRefused("X-HEARD=0");
    }

    private static Stream<Arguments> brokenTotals() {
        return Stream.of(
                Arguments.of("X-DATAGRAMS=0", command(NumberCommand.DATAGRAMS, 0)),
                Arguments.of("X-DATAGRAMS=-1", command(NumberCommand.DATAGRAMS, -1)),
                Arguments.of(
                        "X-DATAGRAMS=5",
                        concat(command(NumberCommand.DATAGRAMS, 5), command(NumberCommand.DATAGRAMS, 5))),
                Arguments.of("X-NUMBER=-5", command(NumberCommand.NUMBER, -5)),
                Arguments.of("X-NUMBER=8", concat(command(NumberCommand.NUMBER, 7), command(NumberCommand.NUMBER, 8))),
                Arguments.of("command=X-HEARD", command(NumberCommand.HEARD, 0)));
    }

    private static byte[] concat(final byte[] first, final byte[] second) {
        final byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @ParameterizedTest
    @MethodSource("brokenTotals")
    void shouldRefuseTotalsThatCannotBe(final String said, final byte[] commands) throws Exception {
        listen(ON);
        connect("PUB", true);
        send(datagram(1, 0, 0, 1, 'a'));
        pair.agent.await("message", () -> subscriber.count() == 1);

        stream(QuicStreamType.UNIDIRECTIONAL).writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1, 0}, commands));

        assertRefused(said);
    }

    private static final byte[] VALUE_NAME = {7, 'X', '-', 'V', 'A', 'L', 'U', 'E'};

    private static Stream<Arguments> brokenValues() {
        return Stream.of(
                Arguments.of("X-VALUE of 10 bytes", concat(new byte[] {4, 8}, VALUE_NAME)),
                Arguments.of(
                        "X-VALUE of 20 bytes",
                        concat(concat(new byte[] {6, 0, 0, 0, 0, 0, 0, 0, 11}, VALUE_NAME), new byte[3])),
                Arguments.of("X-VALUE of", concat(new byte[] {6, 0, 0, 0, 0, 0, 1, 0, 0}, VALUE_NAME)),
                Arguments.of("X-VALUE of", concat(new byte[] {6, -1, 0, 0, 0, 0, 1, 0, 0}, VALUE_NAME)),
                Arguments.of("inDatagram=", value(1, 0, 9, 'a')),
                Arguments.of("number=-1", value(-1, 0, 1, 'a')));
    }

    private static byte[] value(final long number, final int... frames) {
        final byte[] datagram = datagram(1, number, frames);
        final byte[] rest = Arrays.copyOfRange(datagram, 1, datagram.length);
        return concat(concat(new byte[] {4, (byte) (VALUE_NAME.length + rest.length)}, VALUE_NAME), rest);
    }

    @ParameterizedTest
    @MethodSource("brokenValues")
    void shouldRefuseRepeatedValuesThatCannotBe(final String said, final byte[] command) throws Exception {
        listen(ON);
        connect("PUB", true);

        control.writeAndFlush(Unpooled.wrappedBuffer(command));

        assertRefused(said);
    }

    @Test
    void shouldTakeARepeatedValueOnce() throws Exception {
        listen(ON);
        connect("PUB", true);

        control.writeAndFlush(Unpooled.wrappedBuffer(value(4, 0, 1, 'a'), value(4, 0, 1, 'a')));
        pair.agent.await("value", () -> subscriber.count() == 1);
        send(datagram(1, 4, 0, 1, 'a'));
        send(datagram(1, 5, 0, 1, 'b'));
        pair.agent.await("next", () -> subscriber.count() == 2);

        assertThat(subscriber.dropped(Dropped.LOST)).isEqualTo(4);
        assertThat(subscriber.received().get(1).bytes().get(0)).isEqualTo((byte) 'b');
    }

    @Test
    void shouldTakeARepeatedValueThatComesInPieces() throws Exception {
        listen(ON);
        connect("PUB", true);
        final byte[] value = value(0, 0, 3, 'a', 'b', 'c');

        for (int i = 0; i < value.length; i++) {
            control.writeAndFlush(Unpooled.wrappedBuffer(value, i, 1));
            pair.agent.settle(2);
        }
        pair.agent.await("value", () -> subscriber.count() == 1);

        assertThat(subscriber.received().get(0).bytes().get(2)).isEqualTo((byte) 'c');
    }

    @Test
    void shouldKnowTheNumberOfAMessageThatComesRightBehindTheHandshake() throws Exception {
        listen(ON);
        final Future<QuicChannel> connecting = peer.connect(pair.server.getPort());
        pair.agent.await("connected", () -> connecting.isSuccess() && !pair.accepted.isEmpty());
        quic = connecting.getNow();
        subscriber = pair.accepted.get(0);

        stream(QuicStreamType.BIDIRECTIONAL).write(Unpooled.wrappedBuffer(GREETING, ready("PUB", true)));
        stream(QuicStreamType.UNIDIRECTIONAL)
                .write(Unpooled.wrappedBuffer(
                        new byte[] {1, 0},
                        command(NumberCommand.NUMBER, 2),
                        new byte[] {0, 1, 'a'},
                        command(NumberCommand.NUMBER, 1),
                        new byte[] {0, 1, 'b'},
                        command(NumberCommand.NUMBER, 3),
                        new byte[] {0, 1, 'c'}));
        quic.flush();
        pair.agent.await("messages", () -> subscriber.count() == 2);

        assertThat(subscriber.received().get(1).bytes().get(0)).isEqualTo((byte) 'c');
        assertThat(subscriber.dropped(Dropped.LOST)).isEqualTo(2);
    }

    @Test
    void shouldBelieveAJumpOfTheNumberOnlyAsACount() throws Exception {
        listen(ON);
        connect("PUB", true);

        send(datagram(1, DatagramNumbers.MAX_LOST, 0, 1, 'a'));
        pair.agent.await("message", () -> subscriber.count() == 1);

        assertThat(subscriber.dropped(Dropped.LOST)).isEqualTo(DatagramNumbers.MAX_LOST);
        assertThat(subscriber.closedCount()).isZero();
    }

    @Test
    void shouldRefuseANumberThatWouldPoisonTheCounts() throws Exception {
        listen(ON);
        connect("PUB", true);

        send(datagram(1, DatagramNumbers.MAX_LOST + 1, 0, 1, 'a'));

        assertRefused("number=" + (DatagramNumbers.MAX_LOST + 1));
        assertThat(subscriber.dropped(Dropped.LOST)).isZero();
    }

    @Test
    void shouldRefuseDatagramsOfAPeerThatDoesNotCountWhatItReceives() throws Exception {
        listen(ON);
        connect();
        shake(ready("PUB", true, false));

        send(datagram(1, 0, 0, 1, 'a'));

        assertRefused("datagram=1");
    }

    @Test
    void shouldHandOverInOrderWhatCameBeforeTheHandshake() throws Exception {
        listen(ON);
        connect();

        for (int i = 0; i < 100; i++) {
            send(datagram(1, i, 0, 1, i));
        }
        pair.agent.settle(100);
        shake(ready("PUB", true));
        pair.agent.await("kept", () -> subscriber.count() > 0);
        send(datagram(1, 100, 0, 1, 100));
        pair.agent.await("next", () -> received(subscriber.count() - 1) == 100);

        assertThat(subscriber.count()).isBetween(2L, 65L);
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(101);
        assertThat(received(0)).isLessThan(received(1));
    }

    private int received(final long index) {
        return subscriber.received().get((int) index).bytes().get(0);
    }

    @Test
    void shouldForgetWhatCameBeforeAHandshakeThatFails() throws Exception {
        listen(ON);
        connect();

        send(datagram(1, 0, 0, 1, 'a'));
        pair.agent.settle(20);
        control = stream(QuicStreamType.BIDIRECTIONAL);
        control.writeAndFlush(Unpooled.wrappedBuffer(GREETING, ready("PULL", true)));
        pair.agent.await("closed", () -> subscriber.closedCount() == 1);

        assertThat(subscriber.count()).isZero();
    }

    @Test
    void shouldServeOthersWhateverDatagramsCome() throws Exception {
        listen(ON);
        for (int round = 0; round < ROUNDS; round++) {
            connect(random.nextInt(5) == 0 ? "XPUB" : "PUB", random.nextInt(5) > 0);
            for (int i = random.nextInt(40); i >= 0; i--) {
                send(fuzzed(i));
                pair.agent.turn();
            }
            quic.close();
            pair.agent.await("closed", () -> subscriber.closedCount() == 1);
        }

        connect("PUB", true);
        send(datagram(1, 0, 0, 1, 'a'));

        pair.agent.await("message", () -> subscriber.count() == 1);
    }

    private byte[] fuzzed(final int number) {
        final byte[] good = datagram(1, 40 - number, 1, 2, 'a', 'b', 0, 1, 'c');
        if (random.nextInt(4) == 0) {
            good[random.nextInt(good.length)] = (byte) random.nextInt(256);
        }
        return Arrays.copyOf(good, random.nextInt(8) == 0 ? 1 + random.nextInt(1_000) : good.length);
    }
}
