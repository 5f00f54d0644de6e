package io.sluicemq.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportDriver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Raw connections that break the rules, for each medium that carries ZMTP over sockets of the JDK. Everything runs on the
 * test's thread, in one agent that is stepped.
 */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
public abstract class HostileStreamPeerTest {
    private static final System.Logger LOG = System.getLogger(HostileStreamPeerTest.class.getName());

    private static final long SECOND_NS = 1_000_000_000L;
    private static final byte[] GREETING =
            Arrays.copyOf("\377\0\0\0\0\0\0\0\001\177\003\001NULL".getBytes(StandardCharsets.ISO_8859_1), 64);
    private static final byte[] READY = {
        4, 0x1A, 5, 'R', 'E', 'A', 'D', 'Y', 11, 'S', 'o', 'c', 'k', 'e', 't', '-', 'T', 'y', 'p', 'e', 0, 0, 0, 4, 'P',
        'U', 'S', 'H'
    };

    private final TestAgent agent = new TestAgent();
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private Endpoint endpoint;

    /** For subclasses. */
    protected HostileStreamPeerTest() {
        // The hooks are asked when a test begins.
    }

    /**
     * The transport under test.
     *
     * @return a transport.
     */
    protected abstract Transport transport();

    /**
     * Somewhere to listen.
     *
     * @return an endpoint of the transport.
     */
    protected abstract Endpoint freshEndpoint();

    /**
     * Connects beside the transport.
     *
     * @param bound to connect to.
     * @return a channel in blocking mode.
     * @throws IOException when that fails.
     */
    protected abstract SocketChannel connectRaw(Endpoint bound) throws IOException;

    @BeforeEach
    void listen() throws IOException {
        final TransportDriver driver = agent.open(transport());
        endpoint = driver.listen(freshEndpoint(), remote -> {
                    final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PULL);
                    accepted.add(end);
                    return end;
                })
                .endpoint();
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private SocketChannel connect(final byte[]... parts) throws IOException {
        final SocketChannel socket = connectRaw(endpoint);
        for (final byte[] part : parts) {
            socket.write(ByteBuffer.wrap(part));
        }
        agent.await("accepted", () -> !accepted.isEmpty());
        return socket;
    }

    private TestPipeEnd end() {
        return accepted.get(accepted.size() - 1);
    }

    private void awaitClosed() {
        agent.await("closed", () -> end().closedCount() > 0);
        assertThat(end().closedCount()).isEqualTo(1);
    }

    @Test
    void shouldTurnAwayGarbage() throws IOException {
        try (SocketChannel peer = connect("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
            peer.shutdownOutput();
            awaitClosed();

            assertThat(end().closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
            assertThat(end().closeDetail()).contains("firstOctet=71, limit=255");
            assertThat(end().openCount()).isZero();
        }
    }

    @Test
    void shouldBearRandomBytes() throws IOException {
        final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
        LOG.log(System.Logger.Level.INFO, "seed={0}", Long.toString(seed));
        final Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            final byte[] noise = new byte[random.nextInt(3_000)];
            random.nextBytes(noise);
            final boolean behindHandshake = random.nextBoolean();
            final int before = accepted.size();

            try (SocketChannel peer = behindHandshake ? connect(GREETING, READY, noise) : connect(noise)) {
                agent.await("accepted", () -> accepted.size() > before);
                peer.shutdownOutput();
                awaitClosed();
            }

            assertThat(end().closeReason())
                    .isIn(
                            CloseReason.HANDSHAKE_FAILED,
                            CloseReason.CLOSED_BY_PEER,
                            CloseReason.PROTOCOL_ERROR,
                            CloseReason.MESSAGE_TOO_LARGE,
                            CloseReason.REFUSED,
                            CloseReason.ONLY_LOOKED,
                            CloseReason.IO_ERROR);
        }
    }

    @Test
    void shouldGiveUpASilentPeer() throws IOException {
        try (SocketChannel peer = connect()) {
            agent.settle(3);
            final int closedBefore = end().closedCount();
            agent.advance(31 * SECOND_NS);
            awaitClosed();

            assertThat(peer.isConnected()).isTrue();
            assertThat(closedBefore).isZero();
            assertThat(end().closeReason()).isEqualTo(CloseReason.HANDSHAKE_TIMED_OUT);
        }
    }

    @Test
    void shouldGiveUpHalfAGreeting() throws IOException {
        try (SocketChannel peer = connect(Arrays.copyOf(GREETING, 30))) {
            agent.settle(3);
            agent.advance(31 * SECOND_NS);
            awaitClosed();

            assertThat(peer.isConnected()).isTrue();
            assertThat(end().closeReason()).isEqualTo(CloseReason.HANDSHAKE_TIMED_OUT);
        }
    }

    @Test
    void shouldRefuseALengthOf63Bits() throws IOException {
        final byte[] header = {2, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0};
        try (SocketChannel peer = connect(GREETING, READY, header)) {
            awaitClosed();

            assertThat(peer.isConnected()).isTrue();
            assertThat(end().closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
            assertThat(end().closeDetail()).contains("frameLength=9223372036854775808");
        }
    }

    @Test
    void shouldRefuseAnAnnouncedLengthOverTheLimit() throws IOException {
        final byte[] header = {2, 0x7F, (byte) 0xFF, 0, 0, 0, 0, 0, 0};
        try (SocketChannel peer = connect(GREETING, READY, header)) {
            awaitClosed();

            assertThat(peer.isConnected()).isTrue();
            assertThat(end().closeReason()).isEqualTo(CloseReason.MESSAGE_TOO_LARGE);
            assertThat(end().closeDetail()).contains("limit=" + (1L << 30));
        }
    }

    @Test
    void shouldHoldNoMemoryForALengthThatWasOnlyAnnounced() throws IOException {
        // A GiB is announced, which is allowed, and nothing of it comes.
        final byte[] header = {2, 0, 0, 0, 0, 0x40, 0, 0, 0, 'x'};
        final long before = directBytes();
        final List<SocketChannel> peers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            peers.add(connect(GREETING, READY, header));
        }
        agent.await("open", () -> accepted.size() == 50 && accepted.stream().allMatch(TestPipeEnd::isOpen));
        agent.settle(3);

        assertThat(directBytes() - before).isLessThan(50L * 128 * 1024);
        for (final SocketChannel peer : peers) {
            peer.close();
        }
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> "direct".equals(pool.getName()))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void shouldEndAMessageOfEndlessFrames() throws IOException {
        final ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < 70_000; i++) {
            frames.write(1);
            frames.write(0);
        }
        try (SocketChannel peer = connect(GREETING, READY)) {
            agent.await("open", () -> end().isOpen());
            final Thread writer = new Thread(() -> writeQuietly(peer, frames.toByteArray()));
            writer.start();
            awaitClosed();

            assertThat(end().closeReason()).isEqualTo(CloseReason.MESSAGE_TOO_LARGE);
            assertThat(end().closeDetail()).contains("frames=65537, limit=65536");
            assertThat(end().count()).isZero();
        }
    }

    @SuppressWarnings("EmptyCatch")
    private static void writeQuietly(final SocketChannel socket, final byte[] bytes) {
        try {
            socket.write(ByteBuffer.wrap(bytes));
        } catch (final IOException e) {
            // The other side has had enough.
        }
    }

    @Test
    void shouldBearAPeerThatResets() throws IOException {
        final SocketChannel peer = connect(GREETING, READY);
        agent.await("open", () -> end().isOpen());

        peer.setOption(StandardSocketOptions.SO_LINGER, 0);
        peer.close();
        awaitClosed();

        assertThat(end().closeReason()).isIn(CloseReason.IO_ERROR, CloseReason.CLOSED_BY_PEER);
    }
}
