package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManyThreadsTest extends SocketTestBase {
    private static final int SENDERS = 4;
    private static final int RECEIVERS = 3;
    private static final int EACH = 5_000;

    @OverAllTransports
    void shouldNeitherLoseNorDoubleWithManyThreadsOnOneSocket(final Medium medium) throws Exception {
        final PushSocket push = context.push(marks(50, 50));
        final PullSocket pull = context.pull(marks(50, 50));
        join(medium, pull, push);
        final List<Future<Integer>> senders = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            final int id = sender;
            senders.add(start(() -> sendNumbered(push, id)));
        }

        final AtomicInteger left = new AtomicInteger(SENDERS * EACH);
        final List<Future<List<int[]>>> receivers = new ArrayList<>();
        for (int receiver = 0; receiver < RECEIVERS; receiver++) {
            receivers.add(start(() -> receiveNumbered(pull, left)));
        }

        for (final Future<Integer> sender : senders) {
            assertThat(get(sender)).isEqualTo(EACH);
        }
        final boolean[][] seen = new boolean[SENDERS][EACH];
        for (final Future<List<int[]>> receiver : receivers) {
            checkOrder(get(receiver), seen);
        }
        assertThat(left.get()).isZero();
        for (final boolean[] all : seen) {
            assertThat(all).containsOnly(true);
        }
    }

    @OverAllTransports
    void shouldKeepMultipartMessagesOfManyThreadsWhole(final Medium medium) throws Exception {
        final PushSocket push = context.push(marks(50, 50));
        final PullSocket pull = context.pull(marks(50, 50));
        join(medium, pull, push);
        final List<Future<Integer>> senders = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            final String id = "s" + sender;
            senders.add(start(() -> {
                int sent = 0;
                while (sent < 500 && push.send(Message.of(id, id, id + sent)) == SendResult.SENT) {
                    sent++;
                }
                return sent;
            }));
        }

        for (int i = 0; i < SENDERS * 500; i++) {
            final Message message = pull.receiveMessage(LIMIT);
            assertThat(message.frameCount()).isEqualTo(3);
            assertThat(message.text(1)).isEqualTo(message.text(0));
            assertThat(message.text(2)).startsWith(message.text(0));
        }

        for (final Future<Integer> sender : senders) {
            assertThat(get(sender)).isEqualTo(500);
        }
    }

    private static int sendNumbered(final PushSocket push, final int id) throws InterruptedException {
        int sent = 0;
        while (sent < EACH
                && push.send(ByteBuffer.allocate(8).putInt(id).putInt(sent).flip()) == SendResult.SENT) {
            sent++;
        }
        return sent;
    }

    private static List<int[]> receiveNumbered(final PullSocket pull, final AtomicInteger left)
            throws InterruptedException {
        final List<int[]> received = new ArrayList<>();
        while (left.get() > 0) {
            final Message message = pull.receiveMessage(MOMENT);
            if (message != null) {
                final ByteBuffer body = ByteBuffer.wrap(message.frame(0));
                received.add(new int[] {body.getInt(), body.getInt()});
                left.decrementAndGet();
            }
        }
        return received;
    }

    /** Each receiving thread sees the messages of each sending thread in their order. */
    private static void checkOrder(final List<int[]> received, final boolean[][] seen) {
        final int[] last = {-1, -1, -1, -1};
        for (final int[] message : received) {
            assertThat(message[1]).isGreaterThan(last[message[0]]);
            last[message[0]] = message[1];
            assertThat(seen[message[0]][message[1]]).as("seen once").isFalse();
            seen[message[0]][message[1]] = true;
        }
    }
}
