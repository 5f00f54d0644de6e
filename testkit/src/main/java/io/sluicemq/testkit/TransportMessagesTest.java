package io.sluicemq.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.sluicemq.testkit.TestMessages.TestMessage;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.FrameHeader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages and subscriptions over any transport. Part of {@link TransportConformanceTest}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class TransportMessagesTest extends TransportFixture {
    /** For subclasses. */
    protected TransportMessagesTest() {
        // Nothing to set up.
    }

    @Test
    void shouldCarryMessagesOfAnyShapeBothWays() {
        final Pair pair = connect();
        final List<TestMessage> there = TestMessages.mixed(random, 2_000, 60_000);
        final List<TestMessage> back = TestMessages.mixed(random, 500, 300_000);

        sendAll(pair.client(), there);
        sendAll(pair.server(), back);

        assertArrived(pair.server(), there);
        assertArrived(pair.client(), back);
    }

    @Test
    void shouldCarryMessagesThroughTightBuffers() {
        final Pair pair = connect(SocketType.PAIR, SocketType.PAIR, tight());
        final List<TestMessage> messages = TestMessages.mixed(random, 600, 200_000);

        sendAll(pair.client(), messages);

        assertArrived(pair.server(), messages);
    }

    @Test
    void shouldCarryEmptyMessages() {
        final Pair pair = connect();
        final List<TestMessage> messages = List.of(
                TestMessages.single(random, 0),
                TestMessages.frames(random, 0, 0),
                TestMessages.single(random, 0),
                TestMessages.frames(random, 0, 1, 0));

        sendAll(pair.client(), messages);

        assertArrived(pair.server(), messages);
    }

    @Test
    void shouldCarryLargeMessages() {
        final Pair pair = connect();
        final List<TestMessage> messages = List.of(
                TestMessages.single(random, 20 << 20),
                TestMessages.single(random, 5),
                TestMessages.frames(random, 10, 20 << 20, 0, 3 << 20),
                TestMessages.single(random, 1 << 20));

        sendAll(pair.client(), messages);

        assertArrived(pair.server(), messages);
    }

    /** As a publisher does: what a batch is not taken of goes on as a message of its own, without the header. */
    @Test
    void shouldGoOnWithTheFirstMessageOfABatchThatWasNotTaken() {
        assumeTrue(hasCarrier(), "no carrier");
        final Pair pair = connect(SocketType.PAIR, SocketType.PAIR, tight());
        final List<TestMessage> messages = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            messages.add(TestMessages.single(random, random.nextInt(i % 3 == 0 ? 5_000 : 50)));
        }

        int sent = 0;
        while (sent < messages.size()) {
            final List<TestMessage> batch = messages.subList(sent, Math.min(messages.size(), sent + 10));
            final int taken = offerBatch(pair, batch);
            if (taken < batch.size()) {
                sendAll(pair.client(), batch.subList(taken, taken + 1));
                sent++;
            }
            sent += taken;
        }

        assertArrived(pair.server(), messages);
    }

    private int offerBatch(final Pair pair, final List<TestMessage> batch) {
        final UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(Carrier.MAX_BATCH_BYTES));
        int length = 0;
        for (final TestMessage message : batch) {
            final int body = message.buffer().capacity();
            length += FrameHeader.put(bytes, length, 0, body);
            bytes.putBytes(length, message.buffer(), 0, body);
            length += body;
        }
        final int before = pair.client().writableCount();
        final int taken = pair.client().carrier().offerBatch(bytes, 0, length, batch.size());
        pair.client().flush();
        if (taken < batch.size()) {
            agent.await("told that there is room", () -> pair.client().writableCount() > before);
        }
        return taken;
    }

    @Test
    void shouldHoldBackWhenTheReceiverHasNoRoomAndGoOnWithTheSameMessage() {
        final Pair pair = connect();
        final List<TestMessage> messages = TestMessages.mixed(random, 300, 100_000);
        final int rest = messages.size() - 10;
        pair.server().room(10);

        int sent = 0;
        for (int i = 0; i < 200 && sent < messages.size(); i++) {
            final TestMessage message = messages.get(sent);
            if (pair.client()
                    .send(message.kind(), message.buffer(), message.buffer().capacity())) {
                sent++;
            }
            pair.client().flush();
            agent.turn();
        }
        agent.settle(5);
        final long takenWhileFull = pair.server().count();
        for (int i = 0; i < rest; i++) {
            // One at a time, so that each message is refused at least once.
            pair.server().room(1);
            agent.settle(1);
            if (sent < messages.size()) {
                final TestMessage message = messages.get(sent);
                sent += pair.client()
                                .send(
                                        message.kind(),
                                        message.buffer(),
                                        message.buffer().capacity())
                        ? 1
                        : 0;
                pair.client().flush();
            }
        }
        pair.server().room(Long.MAX_VALUE);
        sendAll(pair.client(), messages.subList(sent, messages.size()));

        assertThat(takenWhileFull).isEqualTo(10);
        assertArrived(pair.server(), messages);
    }

    @Test
    void shouldStopTheSenderWhenTheReceiverHasNoRoom() {
        final Pair pair = connect();
        final UnsafeBuffer message = new UnsafeBuffer(new byte[1_000]);
        pair.server().room(0);

        long offered = 0;
        int refusedInARow = 0;
        while (refusedInARow < 50 && offered < 1_000_000) {
            final boolean sent = pair.client().send(MessageKind.SINGLE, message, 1_000);
            offered += sent ? 1 : 0;
            refusedInARow = sent ? 0 : refusedInARow + 1;
            if (!sent) {
                agent.settle(1);
            }
        }
        pair.server().countOnly();
        pair.server().room(Long.MAX_VALUE);
        final long expected = offered;
        pair.client().flush();
        agent.await("everything that was taken", () -> pair.server().count() == expected);

        assertThat(offered).isBetween(1L, 999_999L);
        assertThat(hasCarrier() ? pair.client().writableCount() : 1).isPositive();
    }

    @Test
    void shouldServeManyPipes() {
        final Endpoint endpoint = listen(acceptor(SocketType.DEALER));
        final List<TestPipeEnd> clients = new ArrayList<>();
        final List<TestMessage> messages = TestMessages.mixed(random, 20, 3_000);
        for (int i = 0; i < 200; i++) {
            final TestPipeEnd client = new TestPipeEnd(agent, SocketType.DEALER);
            clients.add(client);
            driver.dial(endpoint, client);
        }
        agent.await(
                "all open",
                () -> accepted.size() == 200
                        && accepted.stream().allMatch(TestPipeEnd::isOpen)
                        && clients.stream().allMatch(TestPipeEnd::isOpen));

        // Interleaved, so that pipes take turns at what they share.
        for (final TestMessage message : messages) {
            for (final TestPipeEnd client : clients) {
                assertThat(client.send(
                                message.kind(),
                                message.buffer(),
                                message.buffer().capacity()))
                        .isTrue();
            }
        }
        clients.forEach(TestPipeEnd::flush);

        for (final TestPipeEnd server : accepted) {
            assertArrived(server, messages);
        }
    }

    @Test
    void shouldCarrySubscriptionsPastWaitingData() {
        assumeTrue(hasCarrier(), "no carrier");
        final Pair pair = connect(SocketType.XSUB, SocketType.XPUB, tight());
        final UnsafeBuffer message = new UnsafeBuffer(new byte[700]);
        message.setMemory(0, 700, (byte) 9);
        pair.server().room(0);
        int waiting = 0;
        while (waiting < 100_000 && pair.client().send(MessageKind.SINGLE, message, 700)) {
            waiting++;
        }
        final UnsafeBuffer prefix = new UnsafeBuffer("abc".getBytes(StandardCharsets.US_ASCII));

        pair.client().carrier().subscription(true, prefix, 3);
        pair.client().carrier().subscription(true, prefix, 0);
        pair.client().carrier().subscription(false, prefix, 2);
        final List<Long> takenAtSubscription = new ArrayList<>();
        pair.server().onEach(() -> {
            if (pair.server().subscriptions().isEmpty()) {
                takenAtSubscription.clear();
                takenAtSubscription.add(pair.server().count());
            }
        });
        pair.server().room(Long.MAX_VALUE);
        final long expected = waiting;
        pair.client().flush();
        agent.await(
                "all",
                () -> pair.server().count() == expected
                        && pair.server().subscriptions().size() == 3);

        assertThat(pair.server().subscriptions()).containsExactly("+abc", "+", "-ab");
        assertThat(takenAtSubscription).as("messages before the subscriptions").allMatch(taken -> taken < expected);
    }

    @Test
    void shouldAllocateNothingForAMessage() {
        final Pair pair = connect();
        pair.server().countOnly();
        final UnsafeBuffer message = new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 1024));
        final int[] lengths = {64, 1_000, 20_000, 60_000};
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long[] perMessage = new long[lengths.length];

        for (int i = 0; i < lengths.length; i++) {
            final int rounds = 2_000_000 / (lengths[i] + 200);
            push(pair, message, lengths[i], rounds);
            final long before = threads.getCurrentThreadAllocatedBytes();
            push(pair, message, lengths[i], rounds);
            perMessage[i] = (threads.getCurrentThreadAllocatedBytes() - before) / rounds;
        }

        // What a select allocates, and a pooled buffer's entry in its queue, comes to some bytes in a thousand
        // messages.
        assertThat(perMessage[0]).as("bytes per message of 64 B").isLessThanOrEqualTo(mediumAllocatesBytes(lengths[0]));
        assertThat(perMessage[3]).as("bytes per message of 60 kB").isLessThan(200 + mediumAllocatesBytes(lengths[3]));
    }

    private void push(final Pair pair, final UnsafeBuffer message, final int length, final int rounds) {
        final long target = pair.server().count() + rounds;
        int sent = 0;
        while (pair.server().count() < target) {
            while (sent < rounds && pair.client().send(MessageKind.SINGLE, message, length)) {
                sent++;
            }
            pair.client().flush();
            agent.turn();
        }
    }
}
