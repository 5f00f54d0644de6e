package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HighWaterMarkTest extends SocketTestBase {

    private static int fill(final PushSocket push, final byte[] body, final int limit) throws InterruptedException {
        int sent = 0;
        while (sent < limit && push.send(Message.of(body), MOMENT) == SendResult.SENT) {
            sent++;
        }
        return sent;
    }

    @Test
    void shouldHoldTheSumOfBothMarksOverInproc() throws InterruptedException {
        final PushSocket push = context.push(marks(7, 1));
        final PullSocket pull = context.pull(marks(1, 5));
        join(Medium.INPROC, pull, push);

        assertThat(fill(push, new byte[1], 100)).isEqualTo(12);

        assertThat(receiveText(pull)).isNotNull();
        assertThat(push.trySend(Message.of("one more"))).isEqualTo(SendResult.SENT);
        assertThat(push.trySend(Message.of("too many"))).isEqualTo(SendResult.BACK_PRESSURED);
    }

    @Test
    void shouldHoldTwoThousandByDefaultOverInproc() throws InterruptedException {
        final PushSocket push = context.push();
        join(Medium.INPROC, context.pull(), push);

        assertThat(fill(push, new byte[1], 10_000)).isEqualTo(2_000);
    }

    @Test
    void shouldHaveNoMarkOverInprocWhenOneSideHasNone() throws InterruptedException {
        final PushSocket sender = context.push(marks(0, 1));
        final PushSocket other = context.push(marks(3, 1));
        join(Medium.INPROC, context.pull(marks(1, 3)), sender);
        join(Medium.INPROC, context.pull(marks(1, 0)), other);

        assertThat(fill(sender, new byte[1], 5_000)).isEqualTo(5_000);
        assertThat(fill(other, new byte[1], 5_000)).isEqualTo(5_000);
    }

    @OverAllTransports
    void shouldStopAtTheMarkBeforeAnybodyIsThere(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(marks(9, 1));
        final PullSocket pull = context.pull(marks(1, 1));
        final String endpoint = medium.freshResolved();
        push.connect(endpoint);

        assertThat(fill(push, new byte[1], 100)).isEqualTo(9);
        pull.bind(endpoint);

        for (int i = 0; i < 9; i++) {
            assertThat(pull.receiveMessage(LIMIT)).as("message %d", i).isNotNull();
        }
        assertSilent(pull);
    }

    @OverNetworks
    void shouldStopWhenThePeerDoesNotReceive(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(marks(10, 10));
        final PullSocket pull = context.pull(marks(10, 10));
        join(medium, pull, push);

        final int sent = fill(push, new byte[50_000], 10_000);

        assertThat(sent).isBetween(20, 1_000);
        for (int i = 0; i < sent; i++) {
            assertThat(pull.receiveMessage(LIMIT))
                    .as("message %d of %d", i, sent)
                    .isNotNull();
        }
        assertSilent(pull);
        assertThat(push.send(Message.of("again"), LIMIT)).isEqualTo(SendResult.SENT);
        assertThat(receiveText(pull)).isEqualTo("again");
    }

    @OverAllTransports
    void shouldKeepOnlyTheLimitsInBytesWithAMarkOfZero(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(marks(0, 0));
        final PullSocket pull = context.pull(marks(0, 0));
        join(medium, pull, push);

        final int small = fill(push, new byte[10], 20_000);

        assertThat(small).isGreaterThanOrEqualTo(16_000);
        for (int i = 0; i < small; i++) {
            assertThat(pull.receiveMessage(LIMIT)).isNotNull();
        }
        final int large = fill(push, new byte[1 << 20], 10_000);
        assertThat(large).isBetween(64, 400);
    }

    @OverAllTransports
    void shouldWakeAWaitingSenderWhenThereIsRoom(final Medium medium) throws Exception {
        final PushSocket push = context.push(marks(2, 2));
        final PullSocket pull = context.pull(marks(2, 2));
        join(medium, pull, push);
        final int sent = fill(push, new byte[100_000], 10_000);
        final Future<SendResult> sending = start(() -> push.send("waits"));

        for (int i = 0; i < sent; i++) {
            assertThat(pull.receiveMessage(LIMIT)).isNotNull();
        }

        assertThat(get(sending)).isEqualTo(SendResult.SENT);
        assertThat(receiveText(pull)).isEqualTo("waits");
    }

    @OverAllTransports
    void shouldSlowDownInsteadOfLosingWithTheSmallestMarks(final Medium medium) throws Exception {
        final PushSocket push = context.push(marks(1, 1));
        final PullSocket pull = context.pull(marks(1, 1));
        join(medium, pull, push);
        final int count = 2_000;
        final Future<Integer> sending = start(() -> {
            int sent = 0;
            while (sent < count && push.send("n" + sent) == SendResult.SENT) {
                sent++;
            }
            return sent;
        });

        for (int i = 0; i < count; i++) {
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }

        assertThat(get(sending)).isEqualTo(count);
    }

    @OverAllTransports
    void shouldWorkWithASmallRingAndASingleProducer(final Medium medium) throws Exception {
        final SocketOptions options = SocketOptions.builder()
                .ringBytes(4096)
                .maxLargeBytes(10_000)
                .singleProducer(true)
                .build();
        final PushSocket push = context.push(options);
        final PullSocket pull = context.pull(options);
        join(medium, push, pull);
        final int count = 1_000;
        final Future<Integer> sending = start(() -> {
            int sent = 0;
            while (sent < count && push.send(new byte[3 * sent]) == SendResult.SENT) {
                sent++;
            }
            return sent;
        });

        for (int i = 0; i < count; i++) {
            final Message message = pull.receiveMessage(LIMIT);
            assertThat(message).as("message %d", i).isNotNull();
            assertThat(message.frameLength(0)).isEqualTo(3 * i);
        }

        assertThat(get(sending)).isEqualTo(count);
    }
}
