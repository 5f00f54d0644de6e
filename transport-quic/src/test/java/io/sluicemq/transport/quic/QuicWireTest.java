package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client of another make, that says what the wire allows in other ways than ours does, or just what it does not allow. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // the listener's side is looked at
final class QuicWireTest {
    private static final int TURNS_FOR_A_FRAME = 50;
    static final byte[] GREETING =
            Arrays.copyOf("\377\0\0\0\0\0\0\0\001\177\003\001NULL".getBytes(StandardCharsets.ISO_8859_1), 64);
    private static final byte[] FILLER = {0};

    /** Of QUIC itself (RFC 9000, 20.1). */
    static final int FLOW_CONTROL_ERROR = 3;

    private final RawQuicPeer peer = new RawQuicPeer(QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(QuicTls.ALPN)
            .build());
    private ProxiedPair pair;
    private QuicChannel quic;
    private TestPipeEnd server;

    @BeforeEach
    void connect() throws Exception {
        final ProxiedPair.Side side = new ProxiedPair.Side(
                SocketType.PAIR,
                QuicOptions.DEFAULTS,
                TlsOptions.builder().identity(new TestCertificates().server()).build());
        pair = new ProxiedPair(1, side, side);
        final Future<QuicChannel> connecting = peer.connect(pair.server.getPort());
        pair.agent.await("connected", () -> connecting.isSuccess() && !pair.accepted.isEmpty());
        quic = connecting.getNow();
        server = pair.accepted.get(0);
    }

    @AfterEach
    void close() {
        peer.close();
        pair.close();
    }

    /** Of a PAIR with one lane, which it wants to be used or not, and so much credit on each of ours. */
    static byte[] ready(final boolean lanes, final int window) {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("\005READY".getBytes(StandardCharsets.US_ASCII));
        property(body, "Socket-Type", "PAIR".getBytes(StandardCharsets.US_ASCII));
        property(
                body,
                LaneTerms.PROPERTY,
                ByteBuffer.allocate(7)
                        .put((byte) 1)
                        .put((byte) (lanes ? 1 : 0))
                        .putInt(window)
                        .put((byte) 4)
                        .array());
        property(body, HandshakeConfig.COUNTS_PROPERTY, new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
        return concat(new byte[] {4, (byte) body.size()}, body.toByteArray());
    }

    private static void property(final ByteArrayOutputStream body, final String name, final byte[] value) {
        body.write(name.length());
        body.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
        body.writeBytes(value);
    }

    private static byte[] concat(final byte[]... parts) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] credit(final int lane, final long total) {
        final ByteBuffer all = ByteBuffer.allocate(CreditCommand.BYTES);
        CreditCommand.put(all, lane, total);
        return all.array();
    }

    /** The same command in a frame with a length of 8 bytes. */
    private static byte[] inLongFrame(final byte[] command) {
        return concat(new byte[] {6, 0, 0, 0, 0, 0, 0, 0, command[1]}, Arrays.copyOfRange(command, 2, command.length));
    }

    private QuicStreamChannel say(final QuicStreamType type, final byte[]... parts) {
        final Future<QuicStreamChannel> opening = quic.createStream(type, new RawQuicPeer.Ignorer());
        pair.agent.await("stream", opening::isSuccess);
        opening.getNow().writeAndFlush(Unpooled.wrappedBuffer(parts));
        return opening.getNow();
    }

    private void awaitOpen() {
        pair.agent.await("open", server::isOpen);
    }

    /** The filler, and then the end in a frame of its own. */
    private void endBare(final QuicStreamChannel stream) {
        stream.writeAndFlush(Unpooled.wrappedBuffer(FILLER));
        pair.agent.settle(TURNS_FOR_A_FRAME);
        stream.shutdownOutput();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeTheLastByteOfAStreamForItsFillerHoweverItIsFramed(final boolean lanes) {
        final QuicStreamChannel control = say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(lanes, 1 << 20));
        awaitOpen();
        final QuicStreamChannel main = say(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofMain());
        final QuicStreamChannel messages = lanes ? say(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofLane(0)) : main;
        messages.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {0, 1, 'a'}));
        pair.agent.await("message", () -> server.count() == 1);

        if (lanes) {
            endBare(messages);
        }
        endBare(main);
        endBare(control);
        pair.agent.await("closed", () -> server.closedCount() == 1);

        assertThat(server.closeReason()).as(server.closeDetail()).isEqualTo(CloseReason.CLOSED_BY_PEER);
        assertThat(server.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseAnEndWithoutAFiller(final boolean lanes) {
        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(lanes, 1 << 20));
        awaitOpen();
        final QuicStreamChannel messages =
                say(QuicStreamType.UNIDIRECTIONAL, lanes ? StreamHeader.ofLane(0) : StreamHeader.ofMain(), new byte[] {
                    0, 1, 'a'
                });
        pair.agent.await("message", () -> server.count() == 1);

        messages.shutdownOutput();
        pair.agent.await("closed", () -> server.closedCount() == 1);

        assertThat(server.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(server.closeDetail()).contains("endOfStream=");
    }

    /** The end comes with the message, whose last byte is none for the end. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseAMessageThatEndsAStreamWithoutAFiller(final boolean lanes) {
        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(lanes, 1 << 20));
        awaitOpen();

        say(QuicStreamType.UNIDIRECTIONAL, lanes ? StreamHeader.ofLane(0) : StreamHeader.ofMain())
                .writeAndFlush(new DefaultQuicStreamFrame(Unpooled.wrappedBuffer(new byte[] {0, 1, 'a'}), true));
        pair.agent.await("closed", () -> server.closedCount() == 1);

        assertThat(server.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(server.closeDetail()).contains("endOfStream=");
        assertThat(server.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeCreditThatComesRightBehindTheHandshakeInAnyFrame(final boolean isLong) {
        final byte[] command = credit(0, 1_000);
        final byte[] more = concat(
                new byte[] {4, (byte) (command[1] + 1)}, Arrays.copyOfRange(command, 2, command.length), new byte[1]);

        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(true, 0), isLong ? inLongFrame(command) : more);
        awaitOpen();
        server.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[100]), 100);
        server.flush();

        pair.agent.await("sent", () -> server.carrier().isDrained());
    }

    @Test
    void shouldSendNothingOnALaneWithoutCredit() {
        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(true, 0));
        awaitOpen();

        server.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[100]), 100);
        server.flush();
        pair.agent.settle(TURNS_FOR_A_FRAME);

        assertThat(server.carrier().isDrained()).isFalse();
    }

    private static Stream<Arguments> brokenCredit() {
        final byte[] shorter = credit(0, 1_000);
        shorter[1]--;
        return Stream.of(
                Arguments.of("creditForLane=1, limit=0 to 0", true, credit(1, 1_000)),
                Arguments.of("creditForLane=0, limit=none", false, credit(0, 1_000)),
                Arguments.of("command=X-CREDIT", true, Arrays.copyOf(shorter, shorter.length - 1)));
    }

    @ParameterizedTest
    @MethodSource("brokenCredit")
    void shouldRefuseCreditThatCannotBe(final String said, final boolean lanes, final byte[] command) {
        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(lanes, 1 << 20), command);
        pair.agent.await("refused", () -> server.closedCount() == 1);

        assertThat(server.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(server.closeDetail()).contains(said);
    }

    @Test
    void shouldRefuseCreditOnTheMainStream() {
        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(true, 1 << 20));
        awaitOpen();

        say(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofMain(), credit(0, 1_000));
        pair.agent.await("refused", () -> server.closedCount() == 1);

        assertThat(server.closeDetail()).contains("command=X-CREDIT");
    }

    @Test
    void shouldHoldBackTheEndInALongFrameUntilAllLanesHaveEnded() {
        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(true, 1 << 20));
        awaitOpen();
        final byte[] begin = concat(new byte[] {4, 16, 7}, "X-BEGIN".getBytes(StandardCharsets.US_ASCII), new byte[8]);
        final byte[] end = concat(new byte[] {4, 6, 5}, "X-END".getBytes(StandardCharsets.US_ASCII));

        say(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofMain(), begin, inLongFrame(end));
        final QuicStreamChannel lane = say(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofLane(0));
        pair.agent.settle(TURNS_FOR_A_FRAME);
        lane.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {0, 1, 'a'}));

        pair.agent.await("message", () -> server.count() == 1);
        assertThat(server.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7})
    void shouldTakeAnEndOfTheConnectionWithoutAReason(final int code) {
        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(false, 1 << 20));
        awaitOpen();

        quic.close(true, code, Unpooled.EMPTY_BUFFER);
        pair.agent.await("closed", () -> server.closedCount() == 1);

        assertThat(server.closeReason()).isEqualTo(code == 0 ? CloseReason.CLOSED_BY_PEER : CloseReason.PROTOCOL_ERROR);
        assertThat(server.closeDetail()).doesNotContain("Exception");
    }

    @Test
    void shouldTakeAnErrorOfThePeersQuicForALossOfTheConnection() {
        say(QuicStreamType.BIDIRECTIONAL, GREETING, ready(false, 1 << 20));
        awaitOpen();

        quic.close(false, FLOW_CONTROL_ERROR, Unpooled.copiedBuffer("too much on a stream", StandardCharsets.US_ASCII));
        pair.agent.await("closed", () -> server.closedCount() == 1);

        assertThat(server.closeReason()).as(server.closeDetail()).isEqualTo(CloseReason.IO_ERROR);
        assertThat(server.closeDetail()).contains("quicError=3, limit=").contains("too much on a stream");
    }
}
