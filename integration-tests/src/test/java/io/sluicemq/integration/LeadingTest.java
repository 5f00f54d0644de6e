package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.PeerInfo;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A thread that waits does the I/O of its context; what it leaves undone when it goes is done by the I/O thread. */
@Timeout(60)
class LeadingTest extends SocketTestBase {
    private static final int ROUNDS = 200;

    private Context far;
    private PairSocket here;
    private PairSocket there;

    @BeforeEach
    void openFarContext() {
        far = Medium.context();
    }

    @AfterEach
    void closeFarContext() {
        far.close(Duration.ZERO);
    }

    private void join(final Medium medium) throws InterruptedException {
        here = context.pair();
        there = far.pair();
        join(medium, here, there);
    }

    /** The thread of the test does the I/O of its context until the message is there, and not after. */
    private void lead(final String text) throws InterruptedException {
        assertThat(there.send(text)).isEqualTo(SendResult.SENT);
        assertThat(receiveText(here)).isEqualTo(text);
    }

    @OverNetworks
    void shouldSendWhatALeaderSendsBeforeItWaitsAgain(final Medium medium) throws InterruptedException {
        join(medium);
        for (int i = 0; i < ROUNDS; i++) {
            lead("lead " + i);
            for (int message = 0; message < i % 5; message++) {
                assertThat(here.trySend(Message.of("n" + message))).isEqualTo(SendResult.SENT);
            }
            for (int message = 0; message < i % 5; message++) {
                assertThat(receiveText(there)).isEqualTo("n" + message);
            }
        }
    }

    @OverNetworks
    void shouldSendWhatALeaderSendsAsTheDeclaredSingleProducer(final Medium medium) throws InterruptedException {
        final SocketOptions single =
                SocketOptions.builder().singleProducer(true).build();
        here = context.pair(single);
        there = far.pair(single);
        join(medium, here, there);
        for (int i = 0; i < ROUNDS; i++) {
            lead("lead " + i);
            here.trySend(Message.of("first"));
            here.trySend(Message.of("second"));

            assertThat(receiveText(there)).isEqualTo("first");
            assertThat(receiveText(there)).isEqualTo("second");
        }
    }

    @OverNetworks
    void shouldSendWhatAHandlerSends(final Medium medium) throws InterruptedException {
        join(medium);
        for (int i = 0; i < ROUNDS; i++) {
            there.send("question");

            final int received = here.receive(
                    (buffer, offset, length, more) -> {
                        here.trySend(Message.of("first"));
                        here.trySend(Message.of("second"));
                    },
                    1,
                    LIMIT);

            assertThat(received).isEqualTo(1);
            assertThat(receiveText(there)).isEqualTo("first");
            assertThat(receiveText(there)).isEqualTo("second");
        }
    }

    @OverNetworks
    void shouldSendTheEndOfABurstThatFilledTheQueue(final Medium medium) throws Exception {
        join(medium);
        final int burst = 20_000;
        final Future<Integer> counting = start(() -> {
            int count = 0;
            while (count < burst && receiveText(there).equals("n" + count)) {
                count++;
            }
            return count;
        });

        for (int i = 0; i < burst; i++) {
            assertThat(here.send("n" + i)).isEqualTo(SendResult.SENT);
        }

        assertThat(get(counting)).isEqualTo(burst);
    }

    @OverNetworks
    void shouldServeAllPeersOfASenderThatFillsTheirQueues(final Medium medium) throws Exception {
        final PushSocket push = context.push();
        final List<Future<List<Integer>>> receiving = new ArrayList<>();
        final int peers = 3;
        for (int i = 0; i < peers; i++) {
            final PullSocket pull = far.pull();
            push.connect(pull.bind(medium.fresh()));
            receiving.add(start(() -> receiveToTheEnd(pull)));
        }
        awaitPeers(push, peers);
        final int burst = 60_000;
        final UnsafeBuffer message = new UnsafeBuffer(new byte[Integer.BYTES]);

        for (int i = 1; i <= burst; i++) {
            message.putInt(0, i);
            assertThat(push.send(message, 0, Integer.BYTES)).isEqualTo(SendResult.SENT);
        }
        assertThat(push.close(LIMIT)).isZero();

        int received = 0;
        for (final Future<List<Integer>> each : receiving) {
            final List<Integer> numbers = get(each);
            assertThat(numbers).isNotEmpty().isSorted().doesNotHaveDuplicates();
            received += numbers.size();
        }
        assertThat(received).isEqualTo(burst);
    }

    @OverNetworkKinds
    void shouldHearAndAnswerPeersWhileASenderWritesForItself(final Medium medium) throws Exception {
        final SocketOptions heartbeat = SocketOptions.builder()
                .heartbeat(Duration.ofMillis(20), Duration.ofSeconds(2), Duration.ofSeconds(2))
                .build();
        here = context.pair();
        there = far.pair(heartbeat);
        join(medium, here, there);
        final int id = here.peers().get(0).id();
        final PushSocket push = context.push();
        final PullSocket pull = far.pull();
        join(medium, pull, push);
        final Future<Long> sinking = start(() -> sink(pull));
        final UnsafeBuffer message = new UnsafeBuffer(new byte[64]);

        final long untilNs = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        long answered = 0;
        for (long sent = 0; System.nanoTime() - untilNs < 0; sent++) {
            assertThat(push.send(message, 0, 64)).isEqualTo(SendResult.SENT);
            if (sent % 10_000 == 0) {
                there.trySend(Message.of("heard"));
                answered += here.tryReceive(new Message()) ? 1 : 0;
            }
        }

        assertThat(here.peers()).extracting(PeerInfo::id).containsExactly(id);
        assertThat(answered).as("messages of the other peer").isPositive();
        assertThat(push.close(LIMIT)).isZero();
        assertThat(get(sinking)).isEqualTo(push.stats().messagesSent());
    }

    private static long sink(final PullSocket pull) throws InterruptedException {
        final long[] count = {0};
        long before = -1;
        while (count[0] > before || !pull.peers().isEmpty()) {
            before = count[0];
            pull.receive((buffer, offset, length, more) -> count[0]++, 256, MOMENT);
        }
        return count[0];
    }

    @OverNetworks
    void shouldNotFailACallByAnErrorInAListener(final Medium medium) throws InterruptedException {
        join(medium);
        final PullSocket pull = context.pull(SocketOptions.builder()
                .listener(new SocketListener() {
                    @Override
                    public void onConnected(final PeerInfo peer) {
                        throw new AssertionError("of a listener");
                    }
                })
                .build());
        final String endpoint = pull.bind(medium.fresh());
        for (int i = 0; i < 5; i++) {
            final PushSocket push = far.push();
            push.connect(endpoint);

            lead("while it connects " + i);
            assertThat(receiveTextIn(MOMENT)).isNull();

            push.close(Duration.ZERO);
        }
    }

    private String receiveTextIn(final Duration limit) throws InterruptedException {
        final Message message = here.receiveMessage(limit);
        return message == null ? null : message.text();
    }

    private static List<Integer> receiveToTheEnd(final PullSocket pull) throws InterruptedException {
        final List<Integer> numbers = new ArrayList<>();
        awaitPeers(pull, 1);
        boolean going = true;
        while (going) {
            final int before = numbers.size();
            pull.receive((buffer, offset, length, more) -> numbers.add(buffer.getInt(offset)), 256, MOMENT);
            going = numbers.size() > before || !pull.peers().isEmpty();
        }
        return numbers;
    }

    @OverNetworks
    void shouldWakeASleeperOfAnotherSocketAfterALeaderLeft(final Medium medium) throws Exception {
        join(medium);
        final PairSocket quiet = context.pair();
        final PairSocket far2 = far.pair();
        SocketTestBase.join(medium, quiet, far2);
        for (int i = 0; i < 10; i++) {
            final AtomicReference<Thread> thread = new AtomicReference<>();
            final Future<Message> receiving = start(() -> {
                thread.set(Thread.currentThread());
                return quiet.receiveMessage();
            });
            lead("before it sleeps");
            Await.until(
                    LIMIT,
                    () -> thread.get() != null && thread.get().getState() == Thread.State.TIMED_WAITING,
                    "the thread sleeps");
            lead("while it sleeps");

            far2.send("wake " + i);

            assertThat(frames(get(receiving))).containsExactly("wake " + i);
        }
    }

    @OverNetworks
    void shouldAcceptPeersAfterALeaderLeft(final Medium medium) throws InterruptedException {
        join(medium);
        final var pull = context.pull();
        final String endpoint = pull.bind(medium.fresh());
        for (int i = 1; i <= 5; i++) {
            lead("lead " + i);

            final var push = far.push();
            push.connect(endpoint);

            awaitPeers(push, 1);
        }
    }

    @OverNetworks
    void shouldCloseInTimeWhileThreadsLead(final Medium medium) throws Exception {
        join(medium);
        final Future<Integer> receiving = start(() -> {
            int received = 0;
            while (here.receive(new Message(), 1, LIMIT) > 0) {
                received++;
            }
            return received;
        });
        final Future<SendResult> sending = start(() -> {
            SendResult result = there.send("x");
            while (result == SendResult.SENT) {
                result = there.send("x");
            }
            return result;
        });
        Await.until(LIMIT, () -> here.stats().messagesReceived() > 10_000, "messages flow");

        final long startNs = System.nanoTime();
        context.close(Duration.ZERO);
        final long tookNs = System.nanoTime() - startNs;
        far.close(Duration.ZERO);

        assertThat(tookNs).isLessThan(LIMIT.toNanos());
        assertThat(get(receiving)).isGreaterThan(10_000);
        assertThat(get(sending)).isEqualTo(SendResult.CLOSED);
    }
}
