package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** No wake-up is lost, whatever moment a thread chooses to go to sleep. */
@Timeout(300)
@ExtendWith(LeakCheckExtension.class)
class WakeUpTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SENDERS = 8;

    /** Through spinning, yielding and into the park of a thread that waits. */
    private static final int MAX_PAUSE_NS = 250_000;

    @OverTransports
    void shouldWakeReceiverInEveryRound(final String transport) throws Exception {
        final int rounds = Tier.count(transport, 2_000, 20_000);
        final long seed = Seed.next("ping-pong");

        SlowRounds.check(
                "ping-pong over " + transport, rounds, slowRounds -> pingPong(transport, rounds, seed, slowRounds));
    }

    private static void pingPong(final String transport, final int rounds, final long seed, final SlowRounds slowRounds)
            throws Exception {
        try (Context context = Endpoints.context();
                PairSocket near = context.pair();
                PairSocket far = context.pair();
                Background background = new Background()) {
            far.connect(near.bind(Endpoints.fresh(transport)));
            assertThat(far.awaitPeers(1, LIMIT)).isTrue();
            final FutureTask<Integer> echo =
                    background.start("echo", () -> echo(far, rounds, new SplittableRandom(seed)));
            final SplittableRandom random = new SplittableRandom(seed + 1);
            final Message ping = new Message().add(new byte[8]);
            for (int round = 0; round < rounds; round++) {
                pause(random);
                final long startNs = System.nanoTime();
                assertThat(near.send(ping)).isEqualTo(SendResult.SENT);
                assertThat(near.receive(ping, LIMIT)).as("round %d", round).isTrue();
                // The pause of the other side is in the round, and far below the limit.
                slowRounds.add(System.nanoTime() - startNs);
            }
            assertThat(Background.result(echo, LIMIT)).isEqualTo(rounds);
        }
    }

    private static int echo(final PairSocket socket, final int rounds, final SplittableRandom random)
            throws InterruptedException {
        final Message message = new Message();
        int echoed = 0;
        while (echoed < rounds && socket.receive(message, LIMIT)) {
            pause(random);
            socket.send(message);
            echoed++;
        }
        return echoed;
    }

    @OverTransports
    void shouldWakeSendersThatWaitForRoom(final String transport) throws Exception {
        final int messages = Tier.count(transport, 2_000, 40_000);
        final long seed = Seed.next("many senders");

        SlowRounds.check(
                "full pipe over " + transport,
                messages,
                slowRounds -> manySenders(transport, messages / SENDERS, seed, slowRounds));
    }

    private static void manySenders(
            final String transport, final int perSender, final long seed, final SlowRounds slowRounds)
            throws Exception {
        final SocketOptions small = SocketOptions.builder()
                .sendHighWaterMark(2)
                .receiveHighWaterMark(1)
                .build();
        try (Context context = Endpoints.context();
                PullSocket pull = context.pull(small);
                PushSocket push = context.push(small);
                Background background = new Background()) {
            push.connect(pull.bind(Endpoints.fresh(transport)));
            assertThat(push.awaitPeers(1, LIMIT)).isTrue();
            final List<FutureTask<Integer>> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                final int sender = i;
                senders.add(background.start("sender-" + i, () -> send(push, sender, perSender)));
            }
            takeInOrder(pull, perSender, new SplittableRandom(seed), slowRounds);
            for (final FutureTask<Integer> sender : senders) {
                assertThat(Background.result(sender, LIMIT)).isEqualTo(perSender);
            }
        }
    }

    private static int send(final PushSocket push, final int sender, final int count) throws InterruptedException {
        int sent = 0;
        while (sent < count
                && push.send(Message.of(Integer.toString(sender), Integer.toString(sent))) == SendResult.SENT) {
            sent++;
        }
        return sent;
    }

    /** Takes what the senders send, and counts the waits that are longer than a wake-up may take. */
    private static void takeInOrder(
            final Receiver pull, final int perSender, final SplittableRandom random, final SlowRounds slowRounds)
            throws InterruptedException {
        final int[] next = new int[SENDERS];
        final Message message = new Message();
        for (int i = 0; i < perSender * SENDERS; i++) {
            if (random.nextInt(8) == 0) {
                pause(random);
            }
            final long startNs = System.nanoTime();
            assertThat(pull.receive(message, LIMIT)).as("message %d", i).isTrue();
            slowRounds.add(System.nanoTime() - startNs);
            final int sender = Integer.parseInt(message.text(0));
            assertThat(Integer.parseInt(message.text(1))).isEqualTo(next[sender]++);
        }
    }

    @OverTransports
    void shouldWakeBlockedCallersWhenClosed(final String transport) throws Exception {
        final int rounds = Tier.count(transport, 60, 500);
        final long seed = Seed.next("close");

        SlowRounds.check("close over " + transport, rounds, slowRounds -> {
            final SplittableRandom random = new SplittableRandom(seed);
            for (int round = 0; round < rounds; round++) {
                closeWhileBlocked(transport, random, slowRounds);
            }
        });
    }

    private static void closeWhileBlocked(
            final String transport, final SplittableRandom random, final SlowRounds slowRounds) throws Exception {
        final SocketOptions small = SocketOptions.builder()
                .sendHighWaterMark(1)
                .receiveHighWaterMark(1)
                .build();
        try (Context context = Endpoints.context();
                Context otherContext = Endpoints.context();
                Background background = new Background()) {
            final PairSocket socket = context.pair(small);
            final PairSocket peer = ("inproc".equals(transport) ? context : otherContext).pair(small);
            peer.connect(socket.bind(Endpoints.fresh(transport)));
            assertThat(socket.awaitPeers(1, LIMIT)).isTrue();
            final FutureTask<Long> receiver = background.start("receiver", () -> {
                assertThat(socket.receiveMessage()).isNull();
                return System.nanoTime();
            });
            final FutureTask<Long> sender = background.start("sender", () -> {
                SendResult result = SendResult.SENT;
                while (result == SendResult.SENT) {
                    result = socket.send(new byte[60_000]);
                }
                assertThat(result).isEqualTo(SendResult.CLOSED);
                return System.nanoTime();
            });
            pause(random);
            pause(random);
            final long startNs = System.nanoTime();
            if (random.nextBoolean()) {
                socket.close(Duration.ZERO);
            } else {
                context.close(Duration.ZERO);
            }
            slowRounds.add(System.nanoTime() - startNs);
            slowRounds.add(Background.result(receiver, LIMIT) - startNs);
            slowRounds.add(Background.result(sender, LIMIT) - startNs);
            context.close(Duration.ZERO);
            otherContext.close(Duration.ZERO);
        }
    }

    private static void pause(final SplittableRandom random) {
        final int pauseNs = random.nextInt(MAX_PAUSE_NS);
        if (pauseNs > MAX_PAUSE_NS / 4) {
            LockSupport.parkNanos(pauseNs);
        }
    }
}
