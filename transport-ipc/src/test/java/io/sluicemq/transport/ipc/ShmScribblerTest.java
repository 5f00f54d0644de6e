package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer that writes what it wants into the memory that it shares with a socket, while the socket sends and receives through it.
 * Nothing escapes but an end of that connection.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class ShmScribblerTest {
    private static final int ROUNDS = 60;
    private static final int RING_BYTES = 16 * 1024;
    private static final int SMALL = 700;
    private static final long ROUND_NS = 30_000_000L;

    /** Small rings, so that what is written into them is met soon. */
    private static final PipeOptions OPTIONS = new PipeOptions(
            TestPipeEnd.OPTIONS.maxMessageBytes(),
            TestPipeEnd.OPTIONS.maxFrames(),
            0,
            TestPipeEnd.OPTIONS.handshakeTimeoutNs(),
            TestPipeEnd.OPTIONS.heartbeat(),
            Map.of(ShmOptions.class, ShmOptions.builder().ringBytes(RING_BYTES).build()));

    /** The words of a ring that mean something. */
    private static final int[] WORDS = {
        ShmLayout.CLAIMED,
        ShmLayout.RELEASED_POSITION,
        ShmLayout.RELEASED_MESSAGES,
        ShmLayout.ARMED,
        ShmLayout.WANTED,
        ShmLayout.WANTED_POSITION,
        ShmLayout.WANTED_MESSAGES
    };

    @TempDir
    private Path folder;

    private final TestAgent agent = new TestAgent();
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private TransportDriver driver;
    private Path socket;
    private TestPipeEnd good;
    private long mappedByGood;

    @BeforeEach
    void listenAndConnectAGoodPeer() throws IOException {
        socket = folder.resolve("socket");
        final Endpoint endpoint = Endpoint.parse("shm://" + socket);
        driver = agent.open(new ShmTransport());
        driver.listen(endpoint, remote -> {
            final TestPipeEnd end = new TestPipeEnd(
                    agent, HandshakeConfig.builder(SocketType.PULL).build(), OPTIONS);
            end.countOnly();
            accepted.add(end);
            return end;
        });
        good = new TestPipeEnd(agent, SocketType.PUSH);
        driver.dial(endpoint, good);
        agent.await("a good peer", () -> good.isOpen() && accepted.get(0).isOpen());
        mappedByGood = RawShmPeer.mappedBytes(folder);
    }

    @AfterEach
    void close() {
        driver.close();
        agent.await("nothing mapped", () -> RawShmPeer.mappedBytes(folder) == 0);
        agent.close();
    }

    /** What may well be read as something: small numbers, headers, positions, and anything. */
    private static long value(final Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(3) - 1L;
            case 2 -> ShmLayout.header(random.nextInt(40) - 2, random.nextInt(SMALL) - 10);
            case 3 -> ShmLayout.header(MessageKind.SINGLE, ShmLayout.RECORD_HEADER_BYTES + random.nextInt(SMALL));
            case 4 -> 8L * random.nextInt(4 * RING_BYTES);
            default -> 0;
        };
    }

    private static Void scribble(final RawShmPeer peer, final Random random, final AtomicBoolean over) {
        final boolean words = random.nextBoolean();
        final boolean records = !words || random.nextBoolean();
        final int direction = random.nextInt(3);
        while (!over.get()) {
            final UnsafeBuffer memory = peer.memory(direction == 2 ? random.nextInt(2) : direction);
            if (words && (!records || random.nextInt(10) == 0)) {
                memory.putLongVolatile(WORDS[random.nextInt(WORDS.length)], value(random));
            } else {
                final int units = (memory.capacity() - ShmLayout.CONTROL_BYTES) / ShmLayout.UNIT_BYTES;
                final int near = random.nextBoolean() ? units : Math.min(units, 100);
                final int at = ShmLayout.CONTROL_BYTES + ShmLayout.UNIT_BYTES * random.nextInt(near);
                memory.putLongVolatile(at, value(random));
            }
        }
        return null;
    }

    @Test
    void shouldHarmNobodyElseWhateverAPeerWritesIntoItsMemory() throws Exception {
        final Random random = RawShmPeer.random();
        final UnsafeBuffer message = RingPair.bytes(SMALL, 1);
        int toldOff = 0;
        long goodSent = 0;
        for (int i = 0; i < ROUNDS; i++) {
            final int before = accepted.size();
            try (RawShmPeer peer = RawShmPeer.connect(socket)) {
                peer.send(RawShmPeer.HANDSHAKE);
                agent.await("the name of a ring", peer::hasRing);
                peer.map();
                peer.send(RawShmPeer.joined(0, 0));
                agent.await(
                        "open",
                        () -> accepted.size() > before && accepted.get(before).isOpen());
                final TestPipeEnd end = accepted.get(before);
                final AtomicBoolean over = new AtomicBoolean();
                final Random own = new Random(random.nextLong());
                final FutureTask<Void> scribbling = new FutureTask<>(() -> scribble(peer, own, over));
                final Thread thread = new Thread(scribbling, "scribbler");
                thread.start();
                final long startNs = System.nanoTime();
                while (end.closedCount() == 0 && System.nanoTime() - startNs < ROUND_NS) {
                    end.send(MessageKind.SINGLE, message, 1 + random.nextInt(SMALL));
                    goodSent += good.send(MessageKind.SINGLE, message, 1 + random.nextInt(SMALL)) ? 1 : 0;
                    agent.turn();
                }
                over.set(true);
                scribbling.get();
                thread.join();
                toldOff += end.closeReason() == CloseReason.PROTOCOL_ERROR ? 1 : 0;
            }
            agent.await("closed", () -> accepted.get(before).closedCount() == 1);
            assertThat(accepted.get(before).closeReason()).isIn(CloseReason.PROTOCOL_ERROR, CloseReason.CLOSED_BY_PEER);
            agent.await("unmapped", () -> RawShmPeer.mappedBytes(folder) == mappedByGood);
        }

        final long all = goodSent;
        agent.await("all messages of the good peer", () -> accepted.get(0).count() == all);
        assertThat(accepted.get(0).closedCount()).isZero();
        assertThat(toldOff).isGreaterThan(ROUNDS / 4);
        assertThat(RawShmPeer.files(folder)).containsExactly("socket");
    }
}
