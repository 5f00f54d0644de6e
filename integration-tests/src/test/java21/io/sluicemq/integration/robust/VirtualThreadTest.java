package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** Blocking calls on virtual threads, all on one carrier, which any call that pins it would hold up. */
@Timeout(120)
class VirtualThreadTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int THREADS = 100;
    private static final SocketOptions SMALL = SocketOptions.builder()
            .sendHighWaterMark(5)
            .receiveHighWaterMark(5)
            .linger(Duration.ZERO)
            .build();

    @BeforeAll
    static void shouldHaveOneCarrierOnly() {
        assertThat(Integer.getInteger("jdk.virtualThreadScheduler.parallelism")).isEqualTo(1);
        assertThat(Integer.getInteger("jdk.virtualThreadScheduler.maxPoolSize")).isEqualTo(1);
    }

    @OverTransports
    void shouldCarryMessagesOfManySendersToManyReceivers(final String transport) throws InterruptedException {
        final int perSender = Tier.count(100, 2_000);
        final AtomicIntegerArray got = new AtomicIntegerArray(THREADS * perSender);
        try (Context context = Endpoints.context();
                PullSocket pull = context.pull(SMALL);
                PushSocket push = context.push(SMALL)) {
            push.connect(pull.bind(Endpoints.fresh(transport)));
            final List<FutureTask<Integer>> senders = new ArrayList<>();
            final List<FutureTask<Integer>> receivers = new ArrayList<>();

            for (int i = 0; i < THREADS; i++) {
                final int first = i * perSender;
                receivers.add(start(() -> {
                    final Message message = new Message();
                    for (int j = 0; j < perSender; j++) {
                        assertThat(pull.receive(message, LIMIT)).isTrue();
                        got.incrementAndGet(Integer.parseInt(message.text()));
                    }
                    return perSender;
                }));
                senders.add(start(() -> {
                    for (int j = 0; j < perSender; j++) {
                        assertThat(push.send(Integer.toString(first + j))).isEqualTo(SendResult.SENT);
                    }
                    return perSender;
                }));
            }

            for (final FutureTask<Integer> task : senders) {
                assertThat(Background.result(task, LIMIT)).isEqualTo(perSender);
            }
            for (final FutureTask<Integer> task : receivers) {
                assertThat(Background.result(task, LIMIT)).isEqualTo(perSender);
            }
            for (int i = 0; i < got.length(); i++) {
                assertThat(got.get(i)).as("message %d", i).isEqualTo(1);
            }
        }
    }

    @OverTransports
    void shouldTalkOnSocketOfItsOwnInEachThread(final String transport) throws InterruptedException {
        final int rounds = Tier.count(20, 500);
        try (Context context = Endpoints.context();
                RouterSocket router = context.router()) {
            final String endpoint = router.bind(Endpoints.fresh(transport));
            final FutureTask<Integer> echo = start(() -> {
                for (int i = 0; i < THREADS * rounds; i++) {
                    router.send(router.receiveMessage(LIMIT));
                }
                return THREADS * rounds;
            });
            final List<FutureTask<Integer>> dealers = new ArrayList<>();

            for (int i = 0; i < THREADS; i++) {
                dealers.add(start(() -> {
                    try (DealerSocket dealer = context.dealer()) {
                        dealer.connect(endpoint);
                        for (int j = 0; j < rounds; j++) {
                            dealer.send("round " + j);
                            assertThat(dealer.receiveMessage(LIMIT).text()).isEqualTo("round " + j);
                        }
                    }
                    return rounds;
                }));
            }

            for (final FutureTask<Integer> task : dealers) {
                assertThat(Background.result(task, LIMIT)).isEqualTo(rounds);
            }
            assertThat(Background.result(echo, LIMIT)).isEqualTo(THREADS * rounds);
        }
    }

    @OverTransports
    void shouldEndBlockedCallsByInterruptAndLoseNothing(final String transport) throws InterruptedException {
        try (Context context = Endpoints.context();
                PullSocket pull = context.pull(SMALL);
                PushSocket push = context.push(SMALL)) {
            push.connect(pull.bind(Endpoints.fresh(transport)));
            assertThat(push.awaitPeers(1, LIMIT)).isTrue();

            assertThat(interrupted(() -> pull.receiveMessage(LIMIT))).isInstanceOf(InterruptedException.class);
            // Large enough that the buffers of the network fill soon.
            final byte[] rest = new byte[100_000];
            int sent = 0;
            while (push.send(new Message().add("m" + sent).add(rest), Duration.ofMillis(200)) == SendResult.SENT) {
                sent++;
            }
            assertThat(interrupted(() -> push.send("never sent"))).isInstanceOf(InterruptedException.class);

            for (int i = 0; i < sent; i++) {
                assertThat(pull.receiveMessage(LIMIT).text()).isEqualTo("m" + i);
            }
            assertThat(pull.receiveMessage(Duration.ofMillis(100))).isNull();
        }
    }

    /** What a call that blocks throws when its virtual thread is interrupted. */
    private static Throwable interrupted(final Callable<?> call) throws InterruptedException {
        final Throwable[] thrown = {null};
        final Thread thread = Thread.ofVirtual().start(() -> {
            try {
                call.call();
            } catch (final Exception e) {
                thrown[0] = e;
            }
        });
        Await.until(LIMIT, () -> thread.getState() == Thread.State.TIMED_WAITING, "the call blocks");
        thread.interrupt();
        assertThat(thread.join(LIMIT)).isTrue();
        return thrown[0];
    }

    private static <T> FutureTask<T> start(final Callable<T> task) {
        final FutureTask<T> future = new FutureTask<>(task);
        Thread.ofVirtual().start(future);
        return future;
    }
}
