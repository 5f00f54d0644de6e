package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Peers that break the rules at the control socket of a bound endpoint: each is told off or given up, leaves nothing behind, and a
 * good peer of the same agent is served on.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ShmHostilePeerTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int GOOD = 0;

    @TempDir
    private Path folder;

    private final TestAgent agent = new TestAgent();
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private TransportDriver driver;
    private Path socket;
    private TestPipeEnd good;
    private int sent;
    private long mappedByGood;

    @BeforeEach
    void listenAndConnectAGoodPeer() throws IOException {
        socket = folder.resolve("socket");
        final Endpoint endpoint = Endpoint.parse("shm://" + socket);
        driver = agent.open(new ShmTransport());
        driver.listen(endpoint, remote -> {
            final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PULL);
            accepted.add(end);
            return end;
        });
        good = new TestPipeEnd(agent, SocketType.PUSH);
        driver.dial(endpoint, good);
        agent.await(
                "a good peer",
                () -> good.isOpen()
                        && accepted.size() == 1
                        && accepted.get(GOOD).isOpen());
        mappedByGood = RawShmPeer.mappedBytes(folder);
    }

    @AfterEach
    void serveTheGoodPeerOnAndFindNothingLeft() throws IOException {
        assertGoodPeerIsServed();
        assertThat(RawShmPeer.files(folder)).containsExactly("socket");
        driver.close();
        agent.await("nothing mapped", () -> RawShmPeer.mappedBytes(folder) == 0);
        assertThat(RawShmPeer.files(folder)).isEmpty();
        agent.close();
    }

    private void assertGoodPeerIsServed() {
        assertThat(good.send(MessageKind.SINGLE, RingPair.bytes(100, sent), 100))
                .isTrue();
        sent++;
        agent.await("messages of the good peer", () -> accepted.get(GOOD).count() == sent);
        assertThat(accepted.get(GOOD).closedCount()).isZero();
    }

    private TestPipeEnd end() {
        return accepted.get(accepted.size() - 1);
    }

    /** A connection of which nothing has come but its beginning. */
    private RawShmPeer connect(final byte[]... parts) throws IOException {
        final int before = accepted.size();
        final RawShmPeer peer = RawShmPeer.connect(socket);
        peer.send(parts);
        agent.await("accepted", () -> accepted.size() > before);
        return peer;
    }

    /** A connection whose peer has shaken hands, and was told the name of a file. */
    private RawShmPeer shakeHands(final byte[]... parts) throws IOException {
        final RawShmPeer peer = connect(RawShmPeer.HANDSHAKE);
        agent.await("the name of a ring", peer::hasRing);
        peer.send(parts);
        return peer;
    }

    /** A connection that is open. */
    private RawShmPeer join(final byte[]... parts) throws IOException {
        final RawShmPeer peer = shakeHands(RawShmPeer.joined(1000, 1000));
        agent.await("open", () -> end().isOpen());
        peer.send(parts);
        return peer;
    }

    private void assertEnds(final CloseReason reason, final String... texts) throws IOException {
        agent.await("closed", () -> end().closedCount() > 0);
        agent.await("nothing mapped but the good peer's", () -> RawShmPeer.mappedBytes(folder) == mappedByGood);
        assertThat(end().closedCount()).isEqualTo(1);
        assertThat(end().closeReason()).isEqualTo(reason);
        assertThat(end().closeDetail()).contains(texts);
        assertThat(end().count()).isZero();
    }

    private static byte[] bytes(final int... values) {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static Stream<Arguments> beginnings() {
        return Stream.of(
                Arguments.of("GET / HTTP/1.1\r\n\r\n", "octet=71 at 0, limit=83"),
                Arguments.of("SLUICESHN\001", "octet=78 at 8, limit=77"),
                Arguments.of("SLUICESHM\002", "shmVersion=2, limit=1, use the same version"),
                Arguments.of("\377\0\0\0\0\0\0\0\001\177", "protocol=ZMTP, limit=shared memory, use ipc://"),
                Arguments.of("SLUICESHM\001GET / HTTP/1.1\r\n\r\n", "firstOctet=71, limit=255"));
    }

    @ParameterizedTest
    @MethodSource("beginnings")
    void shouldTurnAwayWhoDoesNotBeginAsAPeer(final String text, final String detail) throws IOException {
        try (RawShmPeer peer = connect(text.getBytes(StandardCharsets.ISO_8859_1))) {
            peer.shutdownOutput();

            assertEnds(CloseReason.HANDSHAKE_FAILED, detail);
            assertThat(end().openCount()).isZero();
        }
    }

    @Test
    void shouldGiveUpWhoIsSilentAtAnyStageOfTheHandshake() throws IOException {
        for (int length = 0; length <= RawShmPeer.HANDSHAKE.length; length += 13) {
            try (RawShmPeer peer = connect(Arrays.copyOf(RawShmPeer.HANDSHAKE, length))) {
                agent.settle(3);
                assertThat(end().closedCount()).isZero();

                agent.advance(31 * SECOND_NS);

                assertEnds(CloseReason.HANDSHAKE_TIMED_OUT, "or raise handshakeTimeout");
                assertThat(peer.isOpen()).isTrue();
            }
        }
    }

    @Test
    void shouldGiveUpWhoIsSilentBeforeItHasJoinedAndRemoveTheFile() throws IOException {
        try (RawShmPeer peer = shakeHands()) {
            assertThat(RawShmPeer.files(folder)).hasSize(2);

            agent.advance(31 * SECOND_NS);

            assertEnds(CloseReason.HANDSHAKE_TIMED_OUT, "phase=JOINING");
            assertThat(peer.isOpen()).isTrue();
        }
    }

    static Stream<Arguments> framesBeforeTheJoin() {
        return Stream.of(
                Arguments.of(RawShmPeer.frame(ControlFrame.RING, new byte[30]), "joinFrameType=33, bytes=30, limit=34"),
                Arguments.of(RawShmPeer.frame(ControlFrame.JOINED, new byte[4]), "joinFrameType=34, bytes=4, limit=34"),
                Arguments.of(RawShmPeer.joined(-1, 1000), "joinFrameType=34, bytes=8"),
                Arguments.of(RawShmPeer.joined(1000, Integer.MIN_VALUE), "joinFrameType=34, bytes=8"),
                Arguments.of(
                        RawShmPeer.frame(ControlFrame.SUBSCRIBE, new byte[1]), "subscription before the memory was"),
                Arguments.of(RawShmPeer.frame(ControlFrame.CANCEL, new byte[1]), "subscription before the memory was"),
                Arguments.of(RawShmPeer.frame(ControlFrame.END, new byte[8]), "endBytes=8, limit=8, once, and behind"),
                Arguments.of(bytes(0x99), "controlFrameType=153, limit=17..19, 33..39"),
                Arguments.of(bytes(ControlFrame.JOINED, -1, -1, -1, -1), "controlBodyBytes=4294967295, limit=4096"),
                Arguments.of(bytes(ControlFrame.JOINED, 1, 0, 0, 1), "controlBodyBytes=16777217, limit=4096"),
                Arguments.of(RawShmPeer.frame(ControlFrame.ERROR, bytes('n', 'o', 7, '!')), "the peer says: no?!"));
    }

    @ParameterizedTest
    @MethodSource("framesBeforeTheJoin")
    void shouldEndWhoBreaksTheRulesBeforeTheJoin(final byte[] frame, final String detail) throws IOException {
        try (RawShmPeer peer = shakeHands(frame)) {
            assertEnds(CloseReason.PROTOCOL_ERROR, detail);
            assertThat(end().openCount()).isZero();
            assertThat(peer.isOpen()).isTrue();
        }
    }

    static Stream<Arguments> framesAfterTheJoin() {
        return Stream.of(
                Arguments.of(RawShmPeer.joined(1000, 1000), "controlFrameType=34, limit=once"),
                Arguments.of(RawShmPeer.frame(ControlFrame.RING, new byte[30]), "controlFrameType=33, limit=once"),
                Arguments.of(RawShmPeer.frame(ControlFrame.END, new byte[7]), "endBytes=7, limit=8"),
                Arguments.of(bytes(ControlFrame.ZMTP_COMMAND, 2, 0, 0), "controlFrameType=4, limit=right behind"),
                Arguments.of(bytes(0xFF), "controlFrameType=255"),
                Arguments.of(bytes(ControlFrame.SUBSCRIBE, 127, -1, -1, -1), "controlBodyBytes=2147483647"));
    }

    @ParameterizedTest
    @MethodSource("framesAfterTheJoin")
    void shouldEndWhoBreaksTheRulesAfterTheJoinAndSayWhy(final byte[] frame, final String detail) throws IOException {
        try (RawShmPeer peer = join(frame)) {
            assertEnds(CloseReason.PROTOCOL_ERROR, detail);
            assertThat(peer.errorText()).contains(detail);
        }
    }

    @Test
    void shouldEndWhoEndsTwice() throws IOException {
        final byte[] end = RawShmPeer.frame(ControlFrame.END, new byte[8]);
        try (RawShmPeer peer = join(end, end)) {
            assertEnds(CloseReason.PROTOCOL_ERROR, "limit=8, once");
            assertThat(peer.isOpen()).isTrue();
        }
    }

    @Test
    void shouldNotBelieveHowMuchAnEndSaysWasSent() throws IOException {
        final byte[] most = bytes(127, -1, -1, -1, -1, -1, -1, -1);
        try (RawShmPeer peer = join(RawShmPeer.frame(ControlFrame.END, most), new byte[] {ControlFrame.TAKEN})) {
            assertEnds(CloseReason.CLOSED_BY_PEER, "closed the connection");
            assertThat(end().dropped(Dropped.UNKNOWN)).isEqualTo(ShmOptions.DEFAULT_RING_BYTES / ShmLayout.UNIT_BYTES);
            assertThat(peer.isOpen()).isTrue();
        }
    }

    @Test
    void shouldServeOthersWhileOneFloodsItWithSignals() throws IOException {
        final byte[] flood = new byte[1 << 20];
        for (int i = 0; i < flood.length; i++) {
            flood[i] = (byte) (i % 2 == 0 ? ControlFrame.WAKE : ControlFrame.ROOM);
        }
        try (RawShmPeer peer = join()) {
            final Thread writer = peer.sendOnThread(flood);
            for (int i = 0; i < 1_000; i++) {
                assertGoodPeerIsServed();
            }
            agent.await("all of the flood is read", () -> !writer.isAlive());
            peer.shutdownOutput();

            assertEnds(CloseReason.CLOSED_BY_PEER, "died, or its control socket was cut");
        }
    }

    @Test
    void shouldBearOneWhoNeverReads() throws IOException {
        try (RawShmPeer peer = shakeHands()) {
            peer.map();
            final UnsafeBuffer ring = peer.memory(0);
            peer.send(RawShmPeer.joined(1000, 1000));
            agent.await("open", () -> end().isOpen());
            final TestPipeEnd hostile = end();
            final UnsafeBuffer message = RingPair.bytes(1_000, 1);
            int offered = 0;
            // Each message needs a wake-up, which nobody reads.
            while (hostile.send(MessageKind.SINGLE, message, 1_000)) {
                ring.putIntVolatile(ShmLayout.ARMED, 0);
                offered++;
                agent.turn();
            }
            assertThat(offered).isGreaterThan(900);
            assertGoodPeerIsServed();

            hostile.carrier().finish(agent.nowNs() + SECOND_NS);
            agent.settle(3);
            assertThat(hostile.closedCount()).isZero();
            agent.advance(2 * SECOND_NS);
            agent.await("closed", () -> hostile.closedCount() > 0);
            peer.unmap();

            assertEnds(CloseReason.CLOSED_LOCALLY, "did not end its side in time");
            assertThat(hostile.account().sent()).isEqualTo(offered);
        }
    }

    @Test
    void shouldTakeNoLongBodyBeforeTheMemoryIsJoined() throws IOException {
        try (RawShmPeer peer = shakeHands(RawShmPeer.frame(ControlFrame.SUBSCRIBE, new byte[5_000]))) {
            assertEnds(CloseReason.PROTOCOL_ERROR, "controlBodyBytes=5000, limit=4096");
            assertThat(peer.isOpen()).isTrue();
        }
    }

    @Test
    void shouldFindTheEndOfAPeerBehindASubscriptionThatWaitsForRoom() throws IOException {
        try (RawShmPeer peer = join()) {
            end().room(0);
            peer.send(
                    RawShmPeer.frame(ControlFrame.SUBSCRIBE, new byte[1]),
                    RawShmPeer.frame(ControlFrame.END, new byte[Long.BYTES]));
            agent.settle(20);

            end().carrier().finish(agent.nowNs() + 1_000 * SECOND_NS);

            assertEnds(CloseReason.CLOSED_LOCALLY, "closed by this side");
            assertThat(end().subscriptions()).isEmpty();
        }
    }

    @Test
    void shouldBearRandomFrames() throws IOException {
        final Random random = RawShmPeer.random();
        for (int i = 0; i < 100; i++) {
            final byte[] noise = new byte[random.nextInt(3_000)];
            random.nextBytes(noise);
            if (noise.length > 0 && random.nextBoolean()) {
                noise[0] = (byte) (ControlFrame.RING + random.nextInt(6));
            }
            try (RawShmPeer peer = random.nextBoolean() ? shakeHands(noise) : join(noise)) {
                peer.shutdownOutput();
                agent.await("closed", () -> end().closedCount() > 0);
                assertThat(end().closeReason())
                        .isIn(CloseReason.CLOSED_BY_PEER, CloseReason.PROTOCOL_ERROR, CloseReason.REFUSED);
            }
        }
        agent.await("nothing mapped but the good peer's", () -> RawShmPeer.mappedBytes(folder) == mappedByGood);
    }
}
