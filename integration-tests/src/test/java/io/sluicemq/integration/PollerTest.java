package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.Poller;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PollerTest extends SocketTestBase {
    private static final Duration LONG = Duration.ofSeconds(10);

    @OverAllTransports
    void shouldNameTheSocketThatHasMessages(final Medium medium) throws InterruptedException {
        final PullSocket first = context.pull();
        final PullSocket second = context.pull();
        first.bind(medium.fresh());
        final PushSocket push = context.push();
        push.connect(second.bind(medium.fresh()));
        final Poller poller = new Poller().addReceiver(first).addReceiver(second);
        assertThat(poller.poll(Duration.ZERO)).isFalse();

        push.send("here");

        assertThat(poller.poll(LONG)).isTrue();
        assertThat(poller.canReceive(first)).isFalse();
        assertThat(poller.canReceive(second)).isTrue();
        assertThat(receiveText(second)).isEqualTo("here");
        assertThat(poller.poll(Duration.ZERO)).isFalse();
    }

    @OverAllTransports
    void shouldWakeWhenAMessageComesWhileItSleeps(final Medium medium) throws Exception {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        push.connect(pull.bind(medium.fresh()));
        awaitPeers(push, 1);
        final Poller poller = new Poller().addReceiver(pull);

        for (int round = 0; round < 50; round++) {
            final Future<SendResult> sent = start(() -> {
                LockSupport.parkNanos(1_000_000);
                return push.trySend(Message.of("wake"));
            });

            assertThat(poller.poll(LONG)).as("round %d", round).isTrue();
            assertThat(get(sent)).isEqualTo(SendResult.SENT);
            assertThat(receiveText(pull)).isEqualTo("wake");
        }
    }

    @OverAllTransports
    void shouldReportRoomOnceAFullPipeIsRead(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull(marks(1, 1));
        final PushSocket push = context.push(marks(1, 1));
        push.connect(pull.bind(medium.fresh()));
        awaitPeers(push, 1);
        final Poller poller = new Poller().addSender(push);
        assertThat(poller.poll(LONG)).isTrue();
        final byte[] big = new byte[64 * 1024];
        int sent = 0;
        while (push.send(Message.of(big), Duration.ofMillis(300)) == SendResult.SENT) {
            sent++;
        }
        assertThat(sent).isPositive();
        assertThat(poller.poll(Duration.ZERO)).isFalse();

        final int all = sent;
        final Future<Integer> drained = start(() -> {
            int count = 0;
            final Message message = new Message();
            while (count < all && !Thread.currentThread().isInterrupted()) {
                count += pull.tryReceive(message) ? 1 : 0;
            }
            return count;
        });

        assertThat(poller.poll(LONG)).isTrue();
        assertThat(get(drained)).isEqualTo(all);
    }

    @OverAllTransports
    void shouldEndWhenASocketIsClosed(final Medium medium) throws Exception {
        final PullSocket pull = context.pull();
        pull.bind(medium.fresh());
        final Poller poller = new Poller().addReceiver(pull);
        final Future<Long> closed = start(() -> {
            LockSupport.parkNanos(20_000_000);
            return pull.close(Duration.ZERO);
        });

        assertThat(poller.poll(LONG)).isTrue();
        get(closed);

        assertThat(pull.isClosed()).isTrue();
        assertThat(poller.canReceive(pull)).isFalse();
    }

    @OverAllTransports
    void shouldThrowWhenInterrupted(final Medium medium) {
        final PullSocket pull = context.pull();
        pull.bind(medium.fresh());
        final Poller poller = new Poller().addReceiver(pull);

        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> poller.poll(LONG)).isInstanceOf(InterruptedException.class);
        assertThat(pull.isClosed()).isFalse();
    }

    @OverAllTransports
    void shouldForgetASocketThatWasAddedBothWays(final Medium medium) throws InterruptedException {
        final PairSocket pair = context.pair();
        pair.bind(medium.fresh());
        final Poller poller = new Poller().addReceiver(pair).addSender(pair);

        poller.remove(pair);
        pair.close(Duration.ZERO);

        assertThat(poller.poll(Duration.ofMillis(50))).isFalse();
    }
}
