package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.transport.quic.QuicLane;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.quic.QuicOptions.Ordering;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages on several lanes of one connection over quic. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class LanesTest extends SocketTestBase {
    private static final int LARGE = 300_000;

    /** For an end that waits for nothing but the peer. */
    private static final Duration QUICK = Duration.ofSeconds(4);

    private static SocketOptions lanes(final Ordering ordering, final int mark) {
        return SocketOptions.builder()
                .sendHighWaterMark(mark)
                .receiveHighWaterMark(mark)
                .transport(QuicOptions.builder()
                        .ordering(ordering)
                        .windowBytes(64 * 1024)
                        .lanes(
                                QuicLane.forTopics("now.").urgency(QuicLane.MOST_URGENT),
                                QuicLane.forTopics("bulk.").urgency(QuicLane.LEAST_URGENT))
                        .build())
                .build();
    }

    private static byte[] body(final String topic, final int size) {
        final byte[] body = new byte[size];
        Arrays.fill(body, (byte) '.');
        System.arraycopy(topic.getBytes(StandardCharsets.US_ASCII), 0, body, 0, topic.length());
        return body;
    }

    private static String head(final Message message) {
        final byte[] frame = message.frame(0);
        return new String(frame, 0, Math.min(12, frame.length), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource(
            value = Ordering.class,
            names = {"LANE", "NONE"})
    void shouldKeepTheOrderOfEachLane(final Ordering ordering) throws Exception {
        final PushSocket push = context.push(lanes(ordering, 100));
        final PullSocket pull = context.pull(lanes(ordering, 100));
        join(Medium.QUIC, pull, push);
        final int count = 3_000;
        final Future<Integer> sending = start(() -> {
            int sent = 0;
            for (int i = 0; i < count; i++) {
                for (final String lane : List.of("now.", "bulk.", "else.")) {
                    sent += push.send(Message.of(lane, Integer.toString(i))) == SendResult.SENT ? 1 : 0;
                }
            }
            return sent;
        });

        final int[] next = new int[3];
        for (int i = 0; i < 3 * count; i++) {
            final Message message = pull.receiveMessage(LIMIT);
            final int lane = List.of("now.", "bulk.", "else.").indexOf(message.text(0));
            assertThat(message.text(1)).isEqualTo(Integer.toString(next[lane]++));
        }

        assertThat(get(sending)).isEqualTo(3 * count);
        assertSilent(pull);
    }

    @Test
    void shouldGiveALargeMessageItsPlaceInTheLane() throws Exception {
        final PushSocket push = context.push(lanes(Ordering.LANE, 1_000));
        final PullSocket pull = context.pull(lanes(Ordering.LANE, 1_000));
        join(Medium.QUIC, push, pull);
        final int count = 60;
        final Future<Integer> sending = start(() -> {
            int sent = 0;
            for (int i = 0; i < count; i++) {
                final byte[] body = body("bulk." + i + " ", i % 3 == 0 ? LARGE : 40);
                final Message message = i % 2 == 0 ? Message.of(body) : Message.of(body, body);
                sent += push.send(message) == SendResult.SENT ? 1 : 0;
            }
            return sent;
        });

        for (int i = 0; i < count; i++) {
            final Message message = pull.receiveMessage(LIMIT);
            assertThat(head(message)).startsWith("bulk." + i + " ");
            assertThat(message.frameCount()).isEqualTo(1 + i % 2);
            assertThat(message.frame(i % 2)).isEqualTo(body("bulk." + i + " ", i % 3 == 0 ? LARGE : 40));
        }
        assertThat(get(sending)).isEqualTo(count);
    }

    @Test
    void shouldNotHoldUpALaneByAnotherThatIsFull() throws Exception {
        final PushSocket push = context.push(lanes(Ordering.LANE, 20));
        final PullSocket pull = context.pull(lanes(Ordering.LANE, 20));
        join(Medium.QUIC, push, pull);
        int bulk = 0;
        final byte[] body = body("bulk.", 8_000);
        while (push.send(Message.of(body), MOMENT) == SendResult.SENT) {
            bulk++;
        }

        final SendResult urgent = push.send("now.1");
        assertThat(urgent).isEqualTo(SendResult.SENT);
        assertThat(push.trySend(Message.of(body))).isEqualTo(SendResult.BACK_PRESSURED);

        int before = 0;
        Message message = pull.receiveMessage(LIMIT);
        while (!message.text(0).equals("now.1")) {
            before++;
            message = pull.receiveMessage(LIMIT);
        }
        // Nothing has passed it that was still waiting at the sender.
        assertThat(before).isLessThanOrEqualTo(bulk - 20);
        for (int i = before; i < bulk; i++) {
            assertThat(pull.receiveMessage(LIMIT).frame(0)).hasSize(8_000);
        }
        assertSilent(pull);
    }

    @Test
    void shouldDropForAFullLaneOfASubscriberAlone() throws Exception {
        final PubSocket pub = context.pub(lanes(Ordering.LANE, 20), PublisherOptions.DEFAULTS);
        final SubSocket sub = context.sub(lanes(Ordering.LANE, 20), SubscriberOptions.DEFAULTS);
        sub.subscribe("");
        join(Medium.QUIC, pub, sub);
        assertThat(pub.awaitSubscribers("now.", 1, LIMIT)).isTrue();
        final byte[] body = body("bulk.", 8_000);
        final int count = 400;
        for (int i = 0; i < count; i++) {
            pub.send(body);
        }
        pub.send("now.1");
        Await.until(LIMIT, () -> pub.stats().dropped(DropCause.HIGH_WATER_MARK) > 0, "drops");

        int bulk = 0;
        int urgent = 0;
        Message message = sub.receiveMessage(LIMIT);
        while (message != null) {
            bulk += head(message).startsWith("bulk.") ? 1 : 0;
            urgent += message.text(0).equals("now.1") ? 1 : 0;
            message = sub.receiveMessage(Duration.ofMillis(300));
        }

        assertThat(urgent).isEqualTo(1);
        assertThat(bulk + pub.stats().dropped(DropCause.HIGH_WATER_MARK)).isEqualTo(count);
    }

    @Test
    void shouldDeliverAllThatWasSentBeforeAClose() throws Exception {
        final PushSocket push = context.push(lanes(Ordering.NONE, 1_000));
        final PullSocket pull = context.pull(lanes(Ordering.NONE, 1_000));
        join(Medium.QUIC, pull, push);
        final int count = 300;
        for (int i = 0; i < count; i++) {
            push.send(body(List.of("now.", "bulk.", "else.").get(i % 3), i % 10 == 0 ? LARGE : 100));
        }
        final Future<Boolean> closing = start(() -> {
            push.close(LIMIT);
            return true;
        });

        final List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sizes.add(pull.receiveMessage(LIMIT).frame(0).length);
        }

        assertThat(get(closing)).isTrue();
        assertThat(sizes.stream().filter(size -> size == LARGE)).hasSize(count / 10);
        assertSilent(pull);
        assertThat(push.stats().dropped()).isEmpty();
        assertThat(push.stats().messagesSent()).isEqualTo(count);
        assertThat(pull.stats().messagesReceived()).isEqualTo(count);
    }

    @Test
    void shouldLetASideWithoutLanesTalkToOneWithThem() throws Exception {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull(lanes(Ordering.LANE, 100));
        join(Medium.QUIC, push, pull);

        for (int i = 0; i < 100; i++) {
            push.send(body("bulk." + i + " ", i % 10 == 0 ? LARGE : 100));
        }

        for (int i = 0; i < 100; i++) {
            assertThat(head(pull.receiveMessage(LIMIT))).startsWith("bulk." + i + " ");
        }
    }

    @Test
    void shouldEndRightBehindALargeMessage() throws Exception {
        for (int i = 0; i < 5; i++) {
            final PushSocket push = context.push(lanes(Ordering.LANE, 100));
            final PullSocket pull = context.pull(lanes(Ordering.LANE, 100));
            join(Medium.QUIC, pull, push);

            push.send(body("bulk.", LARGE));
            final long startNs = System.nanoTime();
            push.close(QUICK.multipliedBy(2));

            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(QUICK);
            assertThat(pull.receiveMessage(LIMIT).frame(0)).hasSize(LARGE);
            assertThat(push.stats().dropped()).isEmpty();
            pull.close(Duration.ZERO);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ordering.class,
            names = {"LANE", "NONE"})
    void shouldEndTheReceiverWhileLargeMessagesCome(final Ordering ordering) throws Exception {
        for (int i = 0; i < 5; i++) {
            final PushSocket push = context.push(lanes(ordering, 4));
            final PullSocket pull = context.pull(lanes(ordering, 4));
            join(Medium.QUIC, pull, push);
            final Future<Integer> sending = start(() -> {
                int sent = 0;
                while (push.send(Message.of(body("bulk.", sent % 2 == 0 ? LARGE : 20_000)), LIMIT) == SendResult.SENT) {
                    sent++;
                }
                return sent;
            });
            assertThat(pull.receiveMessage(LIMIT)).isNotNull();

            final long startNs = System.nanoTime();
            pull.close(QUICK.multipliedBy(2));
            final Duration took = Duration.ofNanos(System.nanoTime() - startNs);
            push.close(Duration.ZERO);

            assertThat(get(sending)).isPositive();
            assertThat(took).isLessThan(QUICK);
        }
    }
}
