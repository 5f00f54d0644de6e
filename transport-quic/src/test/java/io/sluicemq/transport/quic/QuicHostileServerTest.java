package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of a server that says anything but what it should. */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // a hostile server need not care
final class QuicHostileServerTest {
    private static final long SEED = Long.getLong("sluicemq.seed", System.nanoTime());
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");
    private static final int CONNECTIONS = LONG ? 10_000 : 210;
    private static final long RESIDENT_SLACK_BYTES = 64L << 20;
    private static final int LOOKS = 10;

    /** Netty keeps an attempt to connect until its time would be over, whatever came of it. */
    private static final long CONNECT_NS = 2_000_000_000L;

    private static final int TURNS_BEYOND_ALL_TIMERS = 4_000;

    /** At a time. */
    private static final int GROUP = 70;

    private static final int MAX_STREAMS = 8;
    private static final int MAX_DATAGRAMS = 4;
    private static final int MAX_STAY_MS = 10;

    /** The raw server's QUIC ends a connection without a word where its congestion window is full. */
    private static final long IDLE_NS = 500_000_000L;

    private static final TlsOptions ANYBODY =
            TlsOptions.builder().insecureAcceptAnyCertificate().build();
    private static final QuicOptions LANES = QuicOptions.builder()
            .ordering(QuicOptions.Ordering.LANE)
            .idleTimeoutNs(IDLE_NS)
            .connectTimeoutNs(CONNECT_NS)
            .build();
    private static final QuicOptions DATAGRAMS = QuicOptions.builder()
            .datagrams(true)
            .idleTimeoutNs(IDLE_NS)
            .connectTimeoutNs(CONNECT_NS)
            .build();

    private final EscapedExceptions escaped = new EscapedExceptions();
    private final FuzzedWire wire = new FuzzedWire(SEED);
    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final List<TestPipeEnd> clients = new ArrayList<>();
    private int opened;

    @AfterEach
    void close() {
        escaped.close();
        agent.close();
    }

    private void dial(final int port, final boolean isSubscriber) {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        final TestPipeEnd client = new TestPipeEnd(
                agent,
                HandshakeConfig.builder(isSubscriber ? SocketType.SUB : SocketType.PAIR)
                        .countsId(1 + clients.size())
                        .build(),
                new PipeOptions(
                        base.maxMessageBytes(),
                        base.maxFrames(),
                        0,
                        base.handshakeTimeoutNs(),
                        base.heartbeat(),
                        Map.of(TlsOptions.class, ANYBODY, QuicOptions.class, isSubscriber ? DATAGRAMS : LANES)));
        clients.add(client);
        driver.dial(Endpoint.parse("quic://127.0.0.1:" + port), client);
    }

    // The server's thread.

    /** The first stream that a client opens in both directions comes when it has nothing else to say. */
    private void onStream(final QuicStreamChannel stream) {
        if (stream.type() == QuicStreamType.BIDIRECTIONAL) {
            attack(stream);
        }
    }

    private void attack(final QuicStreamChannel control) {
        final QuicChannel channel = control.parent();
        // As a PUB it gets no further with a PAIR, and the other way round.
        write(control, wire.control(wire.chance(2) ? "PUB" : "PAIR"));
        for (int i = wire.below(MAX_STREAMS); i >= 0; i--) {
            final byte[] bytes = wire.oneWay();
            channel.createStream(QuicStreamType.UNIDIRECTIONAL, new RawQuicPeer.Ignorer())
                    .addListener(done -> {
                        if (done.isSuccess()) {
                            write((QuicStreamChannel) done.getNow(), bytes);
                        }
                    });
        }
        for (int i = wire.below(MAX_DATAGRAMS); i > 0; i--) {
            channel.writeAndFlush(Unpooled.wrappedBuffer(wire.datagram()));
        }
        channel.eventLoop().schedule(() -> channel.close(), wire.below(MAX_STAY_MS), TimeUnit.MILLISECONDS);
    }

    private void write(final QuicStreamChannel stream, final byte[] bytes) {
        final int first = wire.below(bytes.length + 1);
        stream.writeAndFlush(Unpooled.copiedBuffer(bytes, 0, first));
        stream.eventLoop()
                .schedule(
                        () -> {
                            stream.writeAndFlush(Unpooled.copiedBuffer(bytes, first, bytes.length - first));
                            if (wire.chance(3)) {
                                stream.shutdownOutput();
                            }
                        },
                        wire.below(3),
                        TimeUnit.MILLISECONDS);
    }

    /** Once those that have ended are forgotten too. */
    private long lookAtResident() {
        agent.settle(TURNS_BEYOND_ALL_TIMERS);
        return Resident.bytes();
    }

    /** What is never given back grows to the end; the compiler's code does in the first half. */
    private static void assertNotGrown(final List<Long> residentBytes) {
        System.getLogger(QuicHostileServerTest.class.getName())
                .log(System.Logger.Level.INFO, "resident beside the heap, after each tenth: {0}", residentBytes);
        assertThat(residentBytes.get(LOOKS - 1) - residentBytes.get(LOOKS / 2)).isLessThan(RESIDENT_SLACK_BYTES);
    }

    @Test
    void shouldOutliveAServerThatSaysAnything() throws Exception {
        System.getLogger(QuicHostileServerTest.class.getName())
                .log(System.Logger.Level.INFO, "seed={0}", Long.toString(SEED));

        try (RawQuicServer server = new RawQuicServer(new TestCertificates().server(), this::onStream)) {
            final List<Long> residentBytes = new ArrayList<>();
            for (int done = 0; done < CONNECTIONS; done += GROUP) {
                for (int i = 0; i < GROUP; i++) {
                    dial(server.port(), i % 2 == 0);
                }
                agent.await("all closed", () -> clients.stream().allMatch(end -> end.closedCount() == 1));
                escaped.assertNone(clients);
                opened += (int)
                        clients.stream().filter(end -> end.openCount() == 1).count();
                // What the test keeps of those that have ended is not to be taken for what the transport does.
                clients.forEach(TestPipeEnd::retire);
                clients.clear();
                if (LONG && done >= (residentBytes.size() + 1) * CONNECTIONS / LOOKS) {
                    residentBytes.add(lookAtResident());
                }
            }
            if (LONG) {
                residentBytes.add(lookAtResident());
                assertNotGrown(residentBytes);
            }
        }

        // Most of it is right, so that it gets beyond the handshake.
        assertThat(opened).isPositive();
    }
}
