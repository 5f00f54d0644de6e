package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that shake hands as QUIC does, fill all the streams they may have, and never say who they are. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // a hostile peer need not care
final class QuicSilentPeerTest {
    private static final int PEERS = 16;

    /** What is kept of each stream (see docs/transports/quic.md), in buffers of which one is not full. */
    private static final int STREAM_BYTES = 16 * 1024 + 8 * 1024;

    /** The control stream, the main stream, and those whose beginning waits for READY. */
    private static final int STREAMS = 2 + LaneTerms.MAX_LANES + LaneTerms.MAX_LARGE;

    /** Beside these, as many as a peer may open. */
    private static final int BEGUN_STREAMS = 33 - (STREAMS - 1);

    /** More than is kept; for all streams together, about as much as the window of a connection. */
    private static final int WRITTEN_BYTES = 80 * 1024;

    /** So that what a peer may send at a time comes at a time. */
    private static final LinkConditions DELAYED = LinkConditions.CLEAR.delayedBy(Duration.ofMillis(20));

    private static final long SLACK_BYTES = 1 << 20;

    private static final int TURNS_FOR_A_STREAM = 50;
    private static final int QUIET_TURNS = 100;
    private static final long BEYOND_THE_HANDSHAKE_NS = 31_000_000_000L;

    private static final byte[] BEGINNING_OF_READY = {4, 100, 5, 'R', 'E'};

    /** The rings of two ends. */
    private static final long ONE_MORE_PAIR_BYTES = 4 << 20;

    private final RawQuicPeer peer = new RawQuicPeer(QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(QuicTls.ALPN)
            .build());
    private final List<QuicChannel> hostile = new ArrayList<>();
    private ProxiedPair pair;
    private UdpProxy proxy;

    @BeforeEach
    void listen() throws IOException {
        final ProxiedPair.Side side = new ProxiedPair.Side(
                SocketType.PAIR,
                QuicOptions.DEFAULTS,
                TlsOptions.builder()
                        .identity(new TestCertificates().server())
                        .insecureAcceptAnyCertificate()
                        .build());
        pair = new ProxiedPair(1, side, side);
        proxy = new UdpProxy(pair.server, 1);
    }

    @AfterEach
    void close() {
        peer.close();
        pair.close();
        proxy.close();
    }

    /** In use; what waits to be used again is bounded by itself. */
    private long directBytes() {
        System.gc();
        // Timers that are over let go of some only in the next turns.
        pair.agent.settle(QUIET_TURNS);
        System.gc();
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum()
                - ((QuicDriver) pair.driver).loop().buffers().idleBytes();
    }

    private void connectHostile() throws InterruptedException {
        for (int i = 0; i < PEERS; i++) {
            final int before = pair.accepted.size();
            final Future<QuicChannel> connecting = peer.connect(proxy.address().getPort());
            pair.agent.await("connected", () -> connecting.isSuccess() && pair.accepted.size() > before);
            hostile.add(connecting.getNow());
        }
        awaitQuiet();
    }

    private void awaitQuiet() {
        for (long passed = -1; passed != proxy.passed(); ) {
            passed = proxy.passed();
            pair.agent.settle(QUIET_TURNS);
        }
    }

    private void write(final QuicChannel channel, final QuicStreamType type, final byte[]... parts) {
        final Future<QuicStreamChannel> opening = channel.createStream(type, new RawQuicPeer.Ignorer());
        pair.agent.await("stream", opening::isSuccess);
        opening.getNow().config().setAllocator(UnpooledByteBufAllocator.DEFAULT);
        opening.getNow().writeAndFlush(Unpooled.copiedBuffer(parts));
    }

    /** One after the other, so that what comes at a time is much for one stream. */
    private void fillAllStreams() {
        writeAll(QuicStreamType.BIDIRECTIONAL, QuicWireTest.GREETING, BEGINNING_OF_READY);
        writeAll(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofMain(), new byte[WRITTEN_BYTES]);
        for (int i = 0; i < LaneTerms.MAX_LANES; i++) {
            writeAll(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofLane(i), new byte[WRITTEN_BYTES]);
        }
        for (int i = 0; i < LaneTerms.MAX_LARGE; i++) {
            writeAll(QuicStreamType.UNIDIRECTIONAL, StreamHeader.ofLarge(0, false, i), new byte[WRITTEN_BYTES]);
        }
        for (int i = 0; i < BEGUN_STREAMS; i++) {
            writeAll(QuicStreamType.UNIDIRECTIONAL, new byte[] {StreamHeader.LARGE});
        }
        awaitQuiet();
    }

    private void writeAll(final QuicStreamType type, final byte[]... parts) {
        hostile.forEach(channel -> write(channel, type, parts));
        pair.agent.settle(TURNS_FOR_A_STREAM);
    }

    /** They are heard of no more, so that nothing in this process is theirs but what the listener keeps. */
    private void cutOffHostile() {
        proxy.bothWays(LinkConditions.SILENT);
        peer.close();
    }

    private void assertCarries(final TestPipeEnd client, final TestPipeEnd server) {
        final long before = server.count();
        assertThat(client.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[100]), 100))
                .isTrue();
        client.flush();
        pair.agent.await("message", () -> server.count() > before);
    }

    @Test
    void shouldServeOthersAndLetGoOfWhoNeverSaysReady() throws InterruptedException {
        final TestPipeEnd client = pair.connect();
        final TestPipeEnd server = pair.accepted.get(0);
        connectHostile();
        final List<TestPipeEnd> unready = List.copyOf(pair.accepted.subList(1, 1 + PEERS));
        final long before = directBytes();

        fillAllStreams();
        assertCarries(client, server);
        final TestPipeEnd next = pair.connect();
        assertCarries(next, pair.accepted.get(1 + PEERS));
        assertThat(unready).allMatch(end -> end.closedCount() == 0);
        pair.agent.advance(BEYOND_THE_HANDSHAKE_NS);
        pair.agent.await("all gone", () -> unready.stream().allMatch(end -> end.closedCount() == 1));

        assertThat(unready)
                .allMatch(end -> end.closeReason() == CloseReason.HANDSHAKE_TIMED_OUT && end.openCount() == 0)
                .allMatch(end -> end.closeDetail().contains("handshake=not complete, limit=30000000000 ns, see"));
        assertCarries(client, server);
        cutOffHostile();
        pair.agent.await("memory", () -> directBytes() - before < SLACK_BYTES + ONE_MORE_PAIR_BYTES);
    }

    @Test
    void shouldKeepLittleOfWhoNeverSaysReady() throws InterruptedException {
        connectHostile();
        final long before = directBytes();

        proxy.toServer(DELAYED);
        fillAllStreams();
        cutOffHostile();
        final long kept = directBytes() - before;

        assertThat(pair.accepted).hasSize(PEERS).allMatch(end -> end.closedCount() == 0);
        assertThat(kept).isPositive().isLessThan((long) PEERS * STREAMS * STREAM_BYTES + SLACK_BYTES);
    }
}
