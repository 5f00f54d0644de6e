package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.testkit.udp.UdpRecord;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

/** Peers that send anything but what they should: whatever escapes a handler is looked for behind each test. */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // a hostile peer need not care
final class QuicHostilePeerTest {
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");
    private static final int DATAGRAMS = LONG ? 200_000 : 3_000;
    private static final int ROUNDS = LONG ? 2_000 : 60;
    private static final int CROWD = QuicPort.MAX_UNVERIFIED + 32;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MAX_LEFT_BYTES = 8 << 20;

    private static final byte[] GREETING =
            Arrays.copyOf("\377\0\0\0\0\0\0\0\001\177\003\001NULL".getBytes(StandardCharsets.ISO_8859_1), 64);
    /** Of a PAIR that has three lanes, with 1 MiB of credit on each and four large messages, and counts. */
    private static final byte[] READY = {
        4, 0x4B, 5, 'R', 'E', 'A', 'D', 'Y', 11, 'S', 'o', 'c', 'k', 'e', 't', '-', 'T', 'y', 'p', 'e', 0, 0, 0, 4, 'P',
        'A', 'I', 'R', 7, 'X', '-', 'L', 'a', 'n', 'e', 's', 0, 0, 0, 7, 3, 1, 0, 16, 0, 0, 4, 17, 'X', '-', 'R', 'e',
        'c', 'e', 'i', 'v', 'e', 'd', '-', 'C', 'o', 'u', 'n', 't', 's', 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8
    };

    /** What streams of one direction begin with that a peer may have. */
    private static final byte[][] HEADS = {
        {1, 0}, {2, 0}, {2, 1}, {2, 2}, {3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, {3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}
    };

    private final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final TlsOptions tls = TlsOptions.builder()
            .identity(new TestCertificates().server())
            .insecureAcceptAnyCertificate()
            .build();
    private final EscapedExceptions escaped = new EscapedExceptions();
    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private int port;
    private UdpProxy proxy;

    @BeforeEach
    void listen() throws IOException {
        System.getLogger(QuicHostilePeerTest.class.getName())
                .log(System.Logger.Level.INFO, "seed={0}", Long.toString(seed));
        final Endpoint bound = driver.listen(Endpoint.parse("quic://127.0.0.1:0"), new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        accepted.add(end());
                        return accepted.get(accepted.size() - 1);
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type == TlsOptions.class ? type.cast(tls) : defaults;
                    }
                })
                .endpoint();
        port = Integer.parseInt(bound.address().substring(bound.address().lastIndexOf(':') + 1));
        proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), seed);
    }

    @AfterEach
    void close() {
        escaped.close();
        agent.close();
        proxy.close();
        escaped.assertNone(accepted);
    }

    private TestPipeEnd end() {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        return new TestPipeEnd(
                agent,
                HandshakeConfig.builder(SocketType.PAIR)
                        .countsId(random.nextLong() | 1)
                        .build(),
                new PipeOptions(
                        base.maxMessageBytes(),
                        base.maxFrames(),
                        0,
                        base.handshakeTimeoutNs(),
                        base.heartbeat(),
                        Map.of(TlsOptions.class, tls)));
    }

    private TestPipeEnd dial() {
        final TestPipeEnd client = end();
        driver.dial(Endpoint.parse("quic://127.0.0.1:" + proxy.address().getPort()), client);
        return client;
    }

    /** The server's end of a peer that does nothing wrong. */
    private TestPipeEnd goodPeer(final TestPipeEnd client) {
        agent.await(
                "open",
                () -> client.isOpen() && !accepted.isEmpty() && accepted.get(0).isOpen());
        return accepted.get(0);
    }

    private void assertCarries(final TestPipeEnd client, final TestPipeEnd server) {
        final long before = server.count();
        agent.await("room", () -> client.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[100]), 100));
        client.flush();
        agent.await("message", () -> server.count() > before);
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** What the test keeps of those that have ended is not to be taken for what the transport does. */
    private void forgetClosedBut(final TestPipeEnd good) {
        final List<TestPipeEnd> gone = accepted.stream()
                .filter(end -> end != good && end.closedCount() == 1)
                .toList();
        escaped.assertNone(gone);
        gone.forEach(TestPipeEnd::retire);
        accepted.removeAll(gone);
    }

    /** Nothing is left of the hostile ones but what the collector has not come to yet. */
    private void assertAllGoneBut(final TestPipeEnd good, final long directBytesBefore) {
        agent.advance(31 * SECOND_NS);
        agent.await("all gone", () -> accepted.stream().allMatch(end -> end == good || end.closedCount() == 1));
        forgetClosedBut(good);
        agent.await("memory", () -> {
            // Again and again, as timers that are over let go of some only in the next turns.
            System.gc();
            return directBytes() - directBytesBefore < MAX_LEFT_BYTES;
        });
        assertThat(good.closedCount()).isZero();
    }

    @Test
    void shouldAskWhoComesInACrowdToShowItsAddressAndStillServeAll() {
        proxy.toClient(LinkConditions.SILENT);
        final List<TestPipeEnd> clients = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            clients.add(dial());
            agent.turn();
        }
        agent.await("unverified", () -> accepted.size() == QuicPort.MAX_UNVERIFIED);
        agent.settle(200);
        final int unverified = accepted.size();

        proxy.toClient(LinkConditions.CLEAR);
        agent.await("all open", () -> clients.stream().allMatch(TestPipeEnd::isOpen));

        assertThat(unverified).isEqualTo(QuicPort.MAX_UNVERIFIED);
        assertThat(accepted).hasSize(CROWD);
    }

    @Test
    void shouldSendNoMoreThanThreeTimesWhatCameFromAnAddressThatMayBeForged() {
        proxy.record();
        proxy.toClient(LinkConditions.SILENT);
        dial();

        agent.await("probes of both sides", () -> proxy.lost() > 4);
        agent.settle(500);

        long came = 0;
        long went = 0;
        for (final UdpRecord datagram : proxy.records()) {
            came += datagram.toServer() ? datagram.bytes().length : 0;
            went += datagram.toServer() ? 0 : datagram.bytes().length;
            assertThat(went).as("sent back for %d B", came).isLessThanOrEqualTo(3 * came);
        }
        assertThat(went).isPositive();
    }

    @Test
    void shouldServeOthersWhateverDatagramsCome() throws Exception {
        proxy.record();
        final TestPipeEnd client = dial();
        final TestPipeEnd server = goodPeer(client);
        assertCarries(client, server);
        final List<UdpRecord> samples = proxy.records();

        Resident.assertStays(() -> sendHostileDatagrams(samples, client, server));
    }

    private void sendHostileDatagrams(final List<UdpRecord> samples, final TestPipeEnd client, final TestPipeEnd server)
            throws IOException {
        final long directBefore = directBytes();

        try (DatagramChannel raw = DatagramChannel.open()) {
            raw.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            raw.configureBlocking(false);
            for (int i = 0; i < DATAGRAMS; i++) {
                raw.write(ByteBuffer.wrap(hostileDatagram(samples)));
                agent.turn();
                if (i % 500 == 0) {
                    forgetClosedBut(server);
                    assertCarries(client, server);
                }
            }
            assertCarries(client, server);
        }

        assertAllGoneBut(server, directBefore);
        assertCarries(client, server);
    }

    private byte[] hostileDatagram(final List<UdpRecord> samples) {
        final byte[] datagram;
        switch (random.nextInt(4)) {
            case 0 -> datagram = bytes(random.nextInt(1_500));
            case 1 -> {
                datagram = bytes(random.nextInt(1_500));
                head(datagram, new byte[] {(byte) (0xC0 | random.nextInt(64)), 0, 0, 0, (byte) random.nextInt(3)});
            }
            case 2 -> {
                // An Initial as it should be, but for what it holds: new each time.
                datagram = bytes(Entrance.MIN_INITIAL_BYTES);
                head(datagram, new byte[] {(byte) 0xC0, 0, 0, 0, 1, 16});
                datagram[22] = 8;
                datagram[31] = 0;
                datagram[32] = 0x44;
                datagram[33] = (byte) 0x8E;
            }
            default -> {
                final byte[] sample =
                        samples.get(random.nextInt(samples.size())).bytes();
                datagram = Arrays.copyOf(sample, random.nextInt(sample.length + 1));
                mutate(datagram);
            }
        }
        return datagram;
    }

    private byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void head(final byte[] datagram, final byte[] head) {
        System.arraycopy(head, 0, datagram, 0, Math.min(head.length, datagram.length));
    }

    private void mutate(final byte[] bytes) {
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
    }

    @Test
    void shouldServeOthersWhateverComesOnStreams() throws Exception {
        final TestPipeEnd client = dial();
        final TestPipeEnd server = goodPeer(client);
        assertCarries(client, server);

        Resident.assertStays(() -> connectHostilePeers(client, server));
    }

    private void connectHostilePeers(final TestPipeEnd client, final TestPipeEnd server) throws Exception {
        final long directBefore = directBytes();
        try (RawQuicPeer peer = rawPeer()) {
            for (int i = 0; i < ROUNDS; i++) {
                forgetClosedBut(server);
                final int before = accepted.size();
                final Future<QuicChannel> connecting = peer.connect(port);
                agent.await("connected", () -> connecting.isSuccess() && accepted.size() > before);
                attack(connecting.getNow());
                agent.settle(random.nextInt(10));
                connecting.getNow().close();
                assertCarries(client, server);
            }
        }

        assertAllGoneBut(server, directBefore);
        assertCarries(client, server);
    }

    private static RawQuicPeer rawPeer() {
        return new RawQuicPeer(QuicSslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .applicationProtocols(QuicTls.ALPN)
                .build());
    }

    private void attack(final QuicChannel channel) {
        write(stream(channel, QuicStreamType.BIDIRECTIONAL), fuzzed(new byte[0]));
        for (int i = random.nextInt(2 * HEADS.length); i >= 0; i--) {
            write(stream(channel, QuicStreamType.UNIDIRECTIONAL), fuzzed(HEADS[random.nextInt(HEADS.length)]));
        }
        if (random.nextInt(4) == 0) {
            stream(channel, QuicStreamType.UNIDIRECTIONAL);
        }
    }

    /** Null when there is none to be had. */
    private QuicStreamChannel stream(final QuicChannel channel, final QuicStreamType type) {
        final Future<QuicStreamChannel> opening = channel.createStream(type, new RawQuicPeer.Ignorer());
        agent.await("stream", opening::isDone);
        return opening.isSuccess() ? opening.getNow() : null;
    }

    private void write(final QuicStreamChannel stream, final byte[] bytes) {
        if (stream == null) {
            return;
        }
        int at = 0;
        while (at < bytes.length) {
            final int count = Math.min(bytes.length - at, 1 + random.nextInt(2_000));
            stream.writeAndFlush(Unpooled.copiedBuffer(bytes, at, count));
            at += count;
            agent.turn();
        }
        switch (random.nextInt(5)) {
            case 0 -> stream.shutdownOutput();
            case 1 -> stream.shutdownOutput(random.nextInt(1_000));
            case 2 -> {
                if (stream.type() == QuicStreamType.BIDIRECTIONAL) {
                    stream.shutdownInput(random.nextInt(1_000));
                }
            }
            default -> stream.flush();
        }
    }

    /** What a peer says that does nothing wrong, with some bytes changed, and anything behind it. */
    private byte[] fuzzed(final byte[] head) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head);
        if (head.length == 0) {
            all.writeBytes(GREETING);
            all.writeBytes(READY);
        } else {
            all.writeBytes(new byte[] {0, 3, 'a', 'b', 'c', 1, 1, 'x', 0, 0});
        }
        final byte[] right = all.toByteArray();
        if (random.nextInt(3) > 0) {
            mutate(right);
        }
        all.reset();
        all.writeBytes(right);
        all.writeBytes(bytes(random.nextInt(random.nextBoolean() ? 10 : 20_000)));
        return all.toByteArray();
    }

    /** What a peer with a good handshake sends on a stream, and what is said of it. */
    private static Stream<Arguments> brokenRules() {
        final byte[] apart = {4, 16, 7, 'X', '-', 'A', 'P', 'A', 'R', 'T', 0, 0, 0, 0, 0, 0, 0, 9};
        return Stream.of(
                Arguments.of("streamType=7, limit=", List.of(new byte[] {7, 7, 7})),
                Arguments.of("secondStreamOfLane=0, limit=", List.of(new byte[] {1, 0}, new byte[] {1, 0})),
                Arguments.of("lane=3, limit=", List.of(new byte[] {2, 3})),
                Arguments.of("secondStreamOfLane=1, limit=", List.of(new byte[] {2, 1}, new byte[] {2, 1})),
                Arguments.of("largeMessage=4, limit=", List.of(new byte[] {3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 4})),
                Arguments.of("largeMessage=-1, limit=", List.of(new byte[] {3, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1})),
                Arguments.of(
                        "largeMessage=0, limit=", List.of(new byte[] {3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, new byte[] {
                            3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0
                        })),
                Arguments.of(
                        "onStreamOfLargeMessage=message, limit=",
                        List.of(new byte[] {3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 1, 'b'})),
                Arguments.of("largeMessage=4, limit=", List.of(large(0), large(1), large(2), large(3), large(4))),
                Arguments.of("laneCommand=PING, limit=", List.of(new byte[] {2, 1, 4, 7, 4, 'P', 'I', 'N', 'G', 0, 0})),
                Arguments.of("largeMessage=9, limit=", List.of(concat(new byte[] {2, 1}, apart))),
                Arguments.of("bytesOfLane1=", List.of(concat(new byte[] {2, 1}, overCredit()))));
    }

    /** In order, and never asked for by a lane. */
    private static byte[] large(final int number) {
        return new byte[] {3, 1, 1, 0, 0, 0, 0, 0, 0, 0, (byte) number, 0, 1, 'a'};
    }

    private static byte[] concat(final byte[] first, final byte[] second) {
        final byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Messages that nobody takes: what fits into the ring and the default window, and more. */
    private static byte[] overCredit() {
        final byte[] message = new byte[102];
        message[1] = 100;
        final byte[] all = new byte[3 * QuicOptions.DEFAULT_WINDOW_BYTES / 102 * 102];
        for (int at = 0; at < all.length; at += message.length) {
            System.arraycopy(message, 0, all, at, message.length);
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("brokenRules")
    void shouldRefuseWhatTheWireDoesNotAllow(final String said, final List<byte[]> streams)
            throws InterruptedException {
        try (RawQuicPeer peer = rawPeer()) {
            final Future<QuicChannel> connecting = peer.connect(port);
            agent.await("connected", connecting::isSuccess);

            stream(connecting.getNow(), QuicStreamType.BIDIRECTIONAL)
                    .writeAndFlush(Unpooled.wrappedBuffer(GREETING, READY));
            agent.await("open", () -> !accepted.isEmpty() && accepted.get(0).isOpen());
            accepted.get(0).stopPolling();
            for (final byte[] bytes : streams) {
                stream(connecting.getNow(), QuicStreamType.UNIDIRECTIONAL).writeAndFlush(Unpooled.wrappedBuffer(bytes));
            }
            agent.await("refused", () -> accepted.get(0).closedCount() == 1);

            assertThat(accepted.get(0).closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
            assertThat(accepted.get(0).closeDetail()).contains(said);
        }
    }

    @Test
    void shouldRefuseALaneBeforeTheHandshakeSaidHowMany() throws InterruptedException {
        try (RawQuicPeer peer = rawPeer()) {
            final Future<QuicChannel> connecting = peer.connect(port);
            agent.await("connected", connecting::isSuccess);

            stream(connecting.getNow(), QuicStreamType.BIDIRECTIONAL).writeAndFlush(Unpooled.wrappedBuffer(GREETING));
            for (int i = 0; i <= LaneTerms.MAX_LANES + LaneTerms.MAX_LARGE; i++) {
                stream(connecting.getNow(), QuicStreamType.UNIDIRECTIONAL)
                        .writeAndFlush(Unpooled.wrappedBuffer(new byte[] {2, (byte) (i % 3)}));
            }
            agent.await("refused", () -> accepted.get(0).closedCount() == 1);

            assertThat(accepted.get(0).closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
            assertThat(accepted.get(0).closeDetail()).contains("stream=of a lane, limit=");
        }
    }
}
