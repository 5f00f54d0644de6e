package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class InletTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Messages of one source before the next has its turn. */
    private static final int TURN = 64;

    private static final SocketOptions NO_MARK = SocketOptions.builder()
            .sendHighWaterMark(0)
            .receiveHighWaterMark(0)
            .linger(Duration.ZERO)
            .build();

    @Test
    void shouldNotLetAFloodingSourceStarveAnother() throws InterruptedException {
        try (Context context = Context.create()) {
            final PullSocket pull = context.pull(NO_MARK);
            final PushSocket flood = context.push(NO_MARK);
            final PushSocket quiet = context.push(NO_MARK);
            pull.bind("inproc://fair");
            flood.connect("inproc://fair");
            quiet.connect("inproc://fair");
            for (int i = 0; i < 10_000; i++) {
                assertThat(flood.send("flood")).isEqualTo(SendResult.SENT);
            }
            assertThat(quiet.send("quiet")).isEqualTo(SendResult.SENT);
            final List<Integer> lengths = new ArrayList<>();

            pull.receive((buffer, offset, length, more) -> lengths.add((int) buffer.getByte(offset)), 500, LIMIT);

            assertThat(lengths).hasSize(500);
            assertThat(lengths.indexOf((int) 'q')).isBetween(0, TURN);
        }
    }

    @Test
    void shouldRefuseAReceiveWithinAHandler() throws InterruptedException {
        try (Context context = Context.create()) {
            final PullSocket pull = context.pull(NO_MARK);
            final PushSocket push = context.push(NO_MARK);
            pull.bind("inproc://reentry");
            push.connect("inproc://reentry");
            push.send("one");
            push.send("two");

            assertThatThrownBy(() -> pull.receive(
                            (buffer, offset, length, more) ->
                                    pull.tryReceive((inner, innerOffset, innerLength, innerMore) -> {}, 1),
                            1,
                            LIMIT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("limit=one receive at a time");

            assertThat(pull.receiveMessage(LIMIT).text()).isEqualTo("two");
        }
    }

    @Test
    void shouldSleepUntilABigMessageFitsAndThenSendIt() throws InterruptedException {
        final SocketOptions small =
                NO_MARK.toBuilder().ringBytes(4096).maxLargeBytes(1_000).build();
        try (Context context = Context.create()) {
            final PullSocket pull = context.pull(small);
            final PushSocket push = context.push(small);
            pull.bind("inproc://big");
            push.connect("inproc://big");
            final UnsafeBuffer big = new UnsafeBuffer(new byte[900]);
            push.send(big, 0, 900);
            final boolean smallFits = push.trySend(big, 0, 1) == SendResult.SENT;
            final List<SendResult> results = new ArrayList<>();
            final Thread sender = new Thread(() -> {
                try {
                    results.add(push.send(big, 0, 900));
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            sender.start();
            while (sender.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }

            for (int i = 0; i < 3; i++) {
                assertThat(pull.receiveMessage(LIMIT)).isNotNull();
            }
            sender.join();

            assertThat(smallFits).isTrue();
            assertThat(results).containsExactly(SendResult.SENT);
        }
    }
}
