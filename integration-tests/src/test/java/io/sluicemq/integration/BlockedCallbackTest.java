package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks of the application that do not return hold up what is theirs, and no close. */
@Timeout(60)
class BlockedCallbackTest extends SocketTestBase {
    private static final Duration SHORT = Duration.ofMillis(100);

    /** Some 700 ms are promised; the rest is for a machine that has much to do. */
    private static final long MAX_CLOSE_MS = 3_000;

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<Thread> ioThreads = new ArrayList<>();
    private Context own;

    @BeforeEach
    void openOwnContext() {
        own = Context.create(Medium.contextOptions()
                .threadFactory(task -> {
                    final Thread thread = new Thread(task);
                    ioThreads.add(thread);
                    return thread;
                })
                .build());
    }

    @AfterEach
    void release() throws InterruptedException {
        released.countDown();
        own.close(Duration.ZERO);
        for (final Thread thread : ioThreads) {
            thread.join(LIMIT.toMillis());
        }
    }

    private void blockForGood() {
        entered.countDown();
        boolean interrupted = false;
        while (released.getCount() > 0) {
            try {
                released.await();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private SocketOptions listeningWith(final Runnable whenBound) {
        return SocketOptions.builder()
                .listener(new SocketListener() {
                    @Override
                    public void onListening(final String endpoint) {
                        whenBound.run();
                    }
                })
                .build();
    }

    private void awaitEntered() throws InterruptedException {
        assertThat(entered.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    }

    private static long millisSince(final long startNs) {
        return (System.nanoTime() - startNs) / 1_000_000;
    }

    @Test
    void shouldCloseContextInTimeWhenAListenerNeverReturns() throws Exception {
        final List<PushSocket> lingering = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            final PushSocket push = own.push();
            push.connect(Medium.TCP.freshResolved());
            push.send("left");
            lingering.add(push);
        }
        final PullSocket pull = own.pull(listeningWith(this::blockForGood));
        final Future<Integer> binding = start(() -> {
            assertThatThrownBy(() -> pull.bind(Medium.TCP.fresh())).isInstanceOf(IllegalStateException.class);
            return 0;
        });
        awaitEntered();

        final long startNs = System.nanoTime();
        final long left = own.close(SHORT);

        assertThat(millisSince(startNs)).isBetween(90L, MAX_CLOSE_MS);
        assertThat(left).isEqualTo(10);
        assertThat(lingering).allMatch(PushSocket::isClosed);
        assertThat(get(binding)).isZero();
        assertThatThrownBy(() -> lingering.get(0).unbind("tcp://127.0.0.1:1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("context=closed");
        assertThat(ioThreads.get(0).isAlive()).isTrue();
        released.countDown();
        Await.until(LIMIT, () -> !ioThreads.get(0).isAlive(), "the thread ends with its callback");
    }

    @Test
    void shouldCloseContextAtOnceWithoutLingerWhenAListenerNeverReturns() throws Exception {
        final PullSocket pull = own.pull(listeningWith(this::blockForGood));
        final Future<?> binding = start(() -> pull.bind(Medium.INPROC.fresh()));
        awaitEntered();

        final long startNs = System.nanoTime();
        final long left = own.close(Duration.ZERO);

        assertThat(millisSince(startNs)).isLessThan(MAX_CLOSE_MS);
        assertThat(left).isZero();
        assertThat(own.close(LIMIT)).isZero();
        released.countDown();
        Await.until(LIMIT, binding::isDone, "the call that the listener held up returns");
    }

    @Test
    void shouldInterruptTheThreadThatItLeavesBehind() throws Exception {
        final AtomicBoolean interrupted = new AtomicBoolean();
        final PullSocket pull = own.pull(listeningWith(() -> {
            entered.countDown();
            try {
                released.await();
            } catch (final InterruptedException e) {
                interrupted.set(true);
            }
        }));
        final Future<?> binding = start(() -> pull.bind(Medium.TCP.fresh()));
        awaitEntered();

        own.close(SHORT);

        Await.until(LIMIT, () -> !ioThreads.get(0).isAlive(), "the interrupted thread ends");
        assertThat(interrupted.get()).isTrue();
        Await.until(LIMIT, binding::isDone, "the bind returns");
    }

    @Test
    void shouldCloseInvokedContextInTimeWhenTheInvokingThreadNeverReturns() throws Exception {
        final Context invoked =
                Context.create(Medium.contextOptions().invoked(true).build());
        final PullSocket pull = invoked.pull(listeningWith(this::blockForGood));
        final Future<?> binding = start(() -> pull.bind(Medium.TCP.fresh()));
        awaitEntered();

        final long startNs = System.nanoTime();
        invoked.close(SHORT);

        assertThat(millisSince(startNs)).isLessThan(MAX_CLOSE_MS);
        released.countDown();
        Await.until(LIMIT, binding::isDone, "the bind returns");
    }

    @OverAllTransports
    void shouldCloseContextInTimeWhenAFrameHandlerNeverReturns(final Medium medium) throws Exception {
        final PushSocket push = own.push();
        final PullSocket pull = own.pull();
        join(medium, pull, push);
        push.send("a");
        push.send("b");
        final Future<Integer> receiving =
                start(() -> pull.receive((buffer, offset, length, more) -> blockForGood(), 10));
        awaitEntered();
        final Future<Integer> waiting = start(() -> pull.receive((buffer, offset, length, more) -> {}, 10));

        final long startNs = System.nanoTime();
        own.close(SHORT);

        assertThat(millisSince(startNs)).isLessThan(MAX_CLOSE_MS);
        assertThat(get(waiting)).isEqualTo(Receiver.CLOSED);
        assertThat(receiving.isDone()).isFalse();
        released.countDown();
        assertThat(get(receiving)).isBetween(1, 2);
    }
}
