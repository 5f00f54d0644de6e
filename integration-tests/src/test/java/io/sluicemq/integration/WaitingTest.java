package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitingTest extends SocketTestBase {

    private static Thread.State park(final Future<?> task, final AtomicReference<Thread> thread) {
        Await.until(
                LIMIT,
                () -> thread.get() != null && thread.get().getState() == Thread.State.TIMED_WAITING,
                "the thread sleeps");
        assertThat(task.isDone()).isFalse();
        return thread.get().getState();
    }

    @OverAllTransports
    void shouldGiveUpReceivingInTime(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull(
                SocketOptions.builder().receiveTimeout(Duration.ofMillis(50)).build());
        join(medium, pull, context.push());

        final long startNs = System.nanoTime();
        assertThat(pull.receiveMessage()).isNull();
        final long defaultNs = System.nanoTime() - startNs;
        assertThat(pull.receiveMessage(Duration.ofMillis(80))).isNull();
        final long ownNs = System.nanoTime() - startNs - defaultNs;
        assertThat(pull.receiveMessage(Duration.ZERO)).isNull();
        assertThat(pull.tryReceive(new Message())).isFalse();

        assertThat(defaultNs).isBetween(50_000_000L, 2_000_000_000L);
        assertThat(ownNs).isBetween(80_000_000L, 2_000_000_000L);
    }

    @OverAllTransports
    void shouldGiveUpSendingInTime(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(SocketOptions.builder()
                .sendTimeout(Duration.ofMillis(50))
                .sendHighWaterMark(1)
                .build());
        push.connect(medium.freshResolved());
        assertThat(push.send("fills")).isEqualTo(SendResult.SENT);

        final long startNs = System.nanoTime();
        assertThat(push.send("x")).isEqualTo(SendResult.BACK_PRESSURED);
        final long tookNs = System.nanoTime() - startNs;

        assertThat(tookNs).isBetween(50_000_000L, 2_000_000_000L);
        assertThat(push.trySend(Message.of("x"))).isEqualTo(SendResult.BACK_PRESSURED);
    }

    @OverAllTransports
    void shouldWakeAReceiverThatSleeps(final Medium medium) throws Exception {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        join(medium, pull, push);
        for (int i = 0; i < 5; i++) {
            final AtomicReference<Thread> thread = new AtomicReference<>();
            final Future<Message> receiving = start(() -> {
                thread.set(Thread.currentThread());
                return pull.receiveMessage();
            });
            park(receiving, thread);

            push.send("wake " + i);

            assertThat(frames(get(receiving))).containsExactly("wake " + i);
        }
    }

    @OverAllTransports
    void shouldHandOverUpToALimit(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        join(medium, pull, push);
        for (int i = 0; i < 25; i++) {
            push.send(Message.of("n" + i, "second"));
        }
        final List<String> frames = new ArrayList<>();
        final List<Boolean> more = new ArrayList<>();

        int received = 0;
        while (received < 25) {
            final int batch = pull.receive(
                    (buffer, offset, length, hasMore) -> {
                        frames.add(buffer.getStringWithoutLengthUtf8(offset, length));
                        more.add(hasMore);
                    },
                    10,
                    LIMIT);
            assertThat(batch).isBetween(1, 10);
            received += batch;
        }

        assertThat(received).isEqualTo(25);
        assertThat(frames).hasSize(50);
        for (int i = 0; i < 25; i++) {
            assertThat(frames.get(2 * i)).isEqualTo("n" + i);
            assertThat(more.get(2 * i)).isTrue();
            assertThat(frames.get(2 * i + 1)).isEqualTo("second");
            assertThat(more.get(2 * i + 1)).isFalse();
        }
        assertThat(pull.tryReceive((buffer, offset, length, hasMore) -> frames.clear(), 10))
                .isZero();
    }

    @OverAllTransports
    void shouldTakeAMessageThoughItsHandlerFails(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        join(medium, pull, push);
        push.send("one");
        push.send("two");
        push.send(new byte[500_000]);
        push.send("four");

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> pull.receive(
                            (buffer, offset, length, more) -> {
                                throw new IllegalArgumentException("length=" + length);
                            },
                            10,
                            LIMIT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("length=");
        }

        assertThat(receiveText(pull)).isEqualTo("four");
        assertThat(pull.stats().messagesReceived()).isEqualTo(4);
    }

    @OverAllTransports
    void shouldRefuseToReceiveInsideAHandler(final Medium medium) throws InterruptedException {
        final PairSocket one = context.pair();
        final PairSocket two = context.pair();
        join(medium, one, two);
        two.send("a");
        two.send("b");

        assertThatThrownBy(() -> one.receive((buffer, offset, length, more) -> one.tryReceive(new Message()), 1, LIMIT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("return from the handler first");

        assertThat(receiveText(one)).isEqualTo("b");
    }

    @OverAllTransports
    void shouldSendInsideAHandler(final Medium medium) throws InterruptedException {
        final PairSocket one = context.pair();
        final PairSocket two = context.pair();
        join(medium, one, two);
        two.send("in place");

        one.receive(
                (buffer, offset, length, more) -> one.trySend(new UnsafeBuffer(buffer, offset, length), 0, length),
                1,
                LIMIT);

        assertThat(receiveText(two)).isEqualTo("in place");
    }

    @OverAllTransports
    void shouldCloseInsideAHandler(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        join(medium, pull, push);
        push.send("last");

        final int received = pull.receive((buffer, offset, length, more) -> pull.close(), 1, LIMIT);

        assertThat(received).isEqualTo(1);
        assertThat(pull.receive(new Message(), 1, LIMIT)).isEqualTo(Receiver.CLOSED);
    }

    @OverAllTransports
    void shouldEndAWaitingReceiveByAnInterrupt(final Medium medium) throws Exception {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        join(medium, pull, push);
        final AtomicReference<Thread> thread = new AtomicReference<>();
        final Future<String> receiving = start(() -> {
            thread.set(Thread.currentThread());
            try {
                return "received " + pull.receiveMessage();
            } catch (final InterruptedException e) {
                return "interrupted, flag=" + Thread.currentThread().isInterrupted();
            }
        });
        park(receiving, thread);

        thread.get().interrupt();

        assertThat(get(receiving)).isEqualTo("interrupted, flag=false");
        push.send("intact");
        assertThat(receiveText(pull)).isEqualTo("intact");
    }

    @OverAllTransports
    void shouldEndAWaitingSendByAnInterrupt(final Medium medium) throws Exception {
        final PushSocket push = context.push();
        final AtomicReference<Thread> thread = new AtomicReference<>();
        final Future<String> sending = start(() -> {
            thread.set(Thread.currentThread());
            try {
                return "sent " + push.send("never");
            } catch (final InterruptedException e) {
                return "interrupted, flag=" + Thread.currentThread().isInterrupted();
            }
        });
        park(sending, thread);

        thread.get().interrupt();

        assertThat(get(sending)).isEqualTo("interrupted, flag=false");
        final PullSocket pull = context.pull();
        join(medium, push, pull);
        push.send("intact");
        assertThat(receiveText(pull)).isEqualTo("intact");
    }

    @Test
    void shouldNotWaitWithTheInterruptFlagSet() {
        final PullSocket pull = context.pull();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> pull.receiveMessage(LIMIT)).isInstanceOf(InterruptedException.class);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @OverAllTransports
    void shouldTakeWhatIsThereWithTheInterruptFlagSet(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        join(medium, pull, push);
        Thread.currentThread().interrupt();

        final SendResult result = push.trySend(Message.of("x"));
        final boolean flag = Thread.interrupted();

        assertThat(result).isEqualTo(SendResult.SENT);
        assertThat(flag).isTrue();
        assertThat(receiveText(pull)).isEqualTo("x");
    }
}
