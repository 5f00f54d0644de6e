package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.DealerSocket;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.PubSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.transport.CloseReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class LargeMessageTest extends SocketTestBase {
    /** Below and above what is passed by reference, what fits in a record, and what is a power of two. */
    private static final List<Integer> SIZES = List.of(16_383, 16_384, 40_000, 65_536, 300_000, 1 << 20);

    private static byte[] body(final int size, final int number) {
        final byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
            body[i] = (byte) (i * 31 + number);
        }
        return body;
    }

    private static void assertBody(final Message message, final int frame, final int size, final int number) {
        assertThat(Arrays.equals(message.frame(frame), body(size, number)))
                .as("bytes of message %d of %d", number, size)
                .isTrue();
    }

    @OverNetworks
    void shouldCountAMessageOverTheLimitOnceAndSayWhy(final Medium medium) throws Exception {
        final List<Message> tooLarge = List.of(
                new Message().add(new byte[1_001]),
                new Message().add(new byte[600]).add(new byte[600]),
                new Message().add(new byte[300_000]),
                new Message().add(new byte[150_000]).add(new byte[150_000]));
        for (final Message message : tooLarge) {
            final RecordingListener events = new RecordingListener();
            final SocketOptions limited = SocketOptions.builder()
                    .maxMessageBytes(1_000)
                    .listener(events)
                    .build();
            try (PushSocket push = context.push();
                    PullSocket pull = context.pull(limited)) {
                join(medium, push, pull);

                push.send(message);
                final Message none = pull.receiveMessage(MOMENT);
                events.await("disconnected " + CloseReason.MESSAGE_TOO_LARGE);

                assertThat(none).isNull();
                assertThat(pull.stats().dropped())
                        .as(String.join(", ", events.details()))
                        .containsEntry(DropCause.TOO_LARGE, 1L);
                assertThat(pull.stats().dropped().values().stream()
                                .mapToLong(each -> each)
                                .sum())
                        .isEqualTo(1);
                push.close(Duration.ZERO);
            }
        }
    }

    @OverAllTransports
    void shouldCarryCopiedAndWrappedContentThroughTheSameTwoObjects(final Medium medium) throws Exception {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, push, pull);
        final Message out = new Message();
        final Message in = new Message();

        for (int round = 0; round < 3; round++) {
            for (final int size : SIZES) {
                final UnsafeBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(size + 5));
                direct.putBytes(5, body(size, 2));
                final Future<Message> sending = start(() -> {
                    push.send(out.add(body(size, 1)));
                    push.send(out.wrap(direct, 5, size));
                    push.send(out.wrap(body(size, 3)));
                    push.send(out.add("small"));
                    push.send(out.add(body(size, 4)).add("tail"));
                    return out;
                });
                for (int number = 1; number <= 3; number++) {
                    assertThat(pull.receive(in, LIMIT)).isTrue();
                    assertThat(in.frameCount()).isEqualTo(1);
                    assertThat(in.frameLength(0)).isEqualTo(size);
                    assertBody(in, 0, size, number);
                }
                assertThat(pull.receive(in, LIMIT)).isTrue();
                assertThat(in.text()).isEqualTo("small");
                assertThat(pull.receive(in, LIMIT)).isTrue();
                assertThat(in.frameCount()).isEqualTo(2);
                assertBody(in, 0, size, 4);
                assertThat(in.text(1)).isEqualTo("tail");
                assertThat(get(sending).frameCount()).isZero();
            }
        }
    }

    @Test
    void shouldShowTheReceiverTheVeryBytesThatWereWrapped() throws Exception {
        final PairSocket one = context.pair();
        final PairSocket other = context.pair();
        join(Medium.INPROC, one, other);
        final UnsafeBuffer bytes = new UnsafeBuffer(body(100_000, 1));
        final Message message = new Message();
        final Object[] seen = new Object[1];

        one.send(message.wrap(bytes, 10, 50_000));
        other.receive(message, LIMIT);
        final Object received = message.buffer();
        final int offset = message.frameOffset(0);
        other.send(message);
        one.receive(
                (buffer, at, length, more) -> {
                    seen[0] = buffer;
                    assertThat(at + "/" + length).isEqualTo("10/50000");
                },
                1,
                LIMIT);

        assertThat(received).isSameAs(bytes);
        assertThat(offset).isEqualTo(10);
        assertThat(seen[0]).isSameAs(bytes);
    }

    @Test
    void shouldPassOneBufferBackAndForth() throws Exception {
        final PairSocket one = context.pair();
        final PairSocket other = context.pair();
        join(Medium.INPROC, one, other);
        one.send("so that the object knows where large buffers come from");
        final Message ball = new Message();
        other.receive(ball, LIMIT);
        ball.clear();
        ball.add(body(100_000, 5));
        final Object buffer = ball.buffer();

        for (int i = 0; i < 10; i++) {
            assertThat((i % 2 == 0 ? one : other).send(ball)).isEqualTo(SendResult.SENT);
            assertThat(ball.frameCount()).isZero();
            assertThat((i % 2 == 0 ? other : one).receive(ball, LIMIT)).isTrue();
            assertThat(ball.buffer()).isSameAs(buffer);
        }

        assertBody(ball, 0, 100_000, 5);
        ball.add("more");
        assertBody(ball, 0, 100_000, 5);
        assertThat(ball.text(1)).isEqualTo("more");
    }

    @OverAllTransports
    void shouldKeepTheContentWhenItIsNotSentAndLoseItWhenItIs(final Medium medium) throws Exception {
        final SocketOptions one = SocketOptions.builder()
                .sendHighWaterMark(1)
                .receiveHighWaterMark(1)
                .build();
        final PushSocket push = context.push(one);
        final Message message = new Message().add(body(100_000, 7));

        final SendResult withoutPeer = push.trySend(message);
        final int kept = message.frameLength(0);
        push.bind(medium.fresh());
        push.close();
        final SendResult closed = push.trySend(message);
        final int keptToo = message.frameLength(0);
        final PushSocket other = context.push(one);
        final PullSocket pull = context.pull(one);
        join(medium, other, pull);
        final SendResult sent = other.send(message);

        assertThat(withoutPeer).isEqualTo(SendResult.NOT_CONNECTED);
        assertThat(closed).isEqualTo(SendResult.CLOSED);
        assertThat(sent).isEqualTo(SendResult.SENT);
        assertThat(List.of(kept, keptToo)).containsOnly(100_000);
        assertThat(message.frameCount()).isZero();
        assertThatThrownBy(() -> other.trySend(message))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty once it was sent");
        assertBody(pull.receiveMessage(LIMIT), 0, 100_000, 7);
    }

    @OverAllTransports
    void shouldGiveEachSubscriberItsOwnBytes(final Medium medium) throws Exception {
        final PubSocket pub = context.pub();
        final SubSocket first = context.sub();
        final SubSocket second = context.sub();
        final String endpoint = pub.bind(medium.fresh());
        for (final SubSocket sub : List.of(first, second)) {
            sub.subscribe("");
            sub.connect(endpoint);
        }
        assertThat(pub.awaitSubscribers("", 2, LIMIT)).isTrue();
        final Message in = new Message();
        final Message kept = new Message();

        for (int i = 0; i < 5; i++) {
            pub.send(new Message().add(body(70_000, i)));
            pub.send(new Message().wrap(body(70_000, i + 50)));
            assertThat(first.receive(kept, LIMIT)).isTrue();
            assertThat(second.receive(in, LIMIT)).isTrue();
            assertBody(in, 0, 70_000, i);
            assertThat(second.receive(in, LIMIT)).isTrue();
            assertBody(in, 0, 70_000, i + 50);
            assertBody(kept, 0, 70_000, i);
            assertThat(first.receive(in, LIMIT)).isTrue();
            assertBody(in, 0, 70_000, i + 50);
        }
    }

    @OverAllTransports
    void shouldCarryLargeRequestsAndRepliesBehindTheirEnvelopes(final Medium medium) throws Exception {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        final RouterSocket router = context.router();
        final DealerSocket dealer = context.dealer();
        join(medium, rep, req);
        join(medium, router, dealer);
        final Message message = new Message();

        for (int i = 0; i < 3; i++) {
            req.send(message.wrap(body(200_000, i)));
            final Request request = rep.receiveRequest(LIMIT);
            assertBody(request.message(), 0, 200_000, i);
            request.reply(request.message());
            assertThat(request.message().frameCount()).isZero();
            assertThat(req.receive(message, LIMIT)).isTrue();
            assertThat(message.frameCount()).isEqualTo(1);
            assertBody(message, 0, 200_000, i);
            dealer.send(message);
            assertThat(router.receive(message, LIMIT)).isTrue();
            assertThat(message.frameCount()).isEqualTo(2);
            assertBody(message, 1, 200_000, i);
            router.send(message);
            assertThat(dealer.receive(message, LIMIT)).isTrue();
            assertBody(message, 0, 200_000, i);
        }
    }

    @OverAllTransports
    void shouldKeepTheNewestOfLargeMessages(final Medium medium) throws Exception {
        final SocketOptions newest = SocketOptions.builder().conflate(true).build();
        final PushSocket push = context.push(newest);
        final PullSocket pull = context.pull(newest);
        join(medium, push, pull);
        final Message message = new Message();

        for (int i = 0; i <= 20; i++) {
            push.send(message.add(body(50_000, i)));
        }
        while (message.frameCount() == 0 || message.frame(0)[0] != 20) {
            assertThat(pull.receive(message, LIMIT)).isTrue();
        }

        assertBody(message, 0, 50_000, 20);
    }
}
