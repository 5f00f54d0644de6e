package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What follows a large message, which may or may not be like it. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ExpectedLargeMessageTest {
    private static final int LARGE = 300_000;
    private static final int MAX_TURNS = 100;

    private final FakeContext context = new FakeContext();
    private final StreamGroup group = new StreamGroup(context);
    private final MemoryChannel[] channels = MemoryChannel.pair(new Random(1));
    private final RecordingEnd end = new RecordingEnd(context, SocketType.PAIR, RecordingEnd.OPTIONS);
    private final StreamPipe pipe = new StreamPipe(group, channels[0], end, true);
    private final List<byte[]> expected = new ArrayList<>();

    private void open() {
        pipe.start();
        final String greeting = "\377\0\0\0\0\0\0\0\001\177\003\001NULL" + "\0".repeat(16 + 32);
        send((greeting + "\004\032\005READY\013Socket-Type\0\0\0\004PAIR").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(end.carrier).isNotNull();
    }

    private void send(final byte[] bytes) {
        channels[1].send(bytes);
        turn();
    }

    private void turn() {
        for (int i = 0; i < MAX_TURNS; i++) {
            final int ops = channels[0].readyOps();
            if (ops != 0) {
                pipe.onReady(ops);
            }
            group.poll();
        }
    }

    private static byte[] body(final int size, final int number) {
        final byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
            body[i] = (byte) (i * 7 + number);
        }
        return body;
    }

    /** A frame with a long header. */
    private static byte[] frame(final int flags, final long announced, final byte[] body) {
        return ByteBuffer.allocate(9 + body.length)
                .put((byte) (flags | 2))
                .putLong(announced)
                .put(body)
                .array();
    }

    private byte[] single(final int size) {
        final byte[] body = body(size, expected.size());
        expected.add(body);
        return frame(0, size, body);
    }

    private byte[] twoFrames(final int size) {
        final byte[] body = body(size, expected.size());
        final byte[] first = frame(1, size, body);
        final byte[] second = frame(0, size, body);
        final byte[] both = ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
        expected.add(both);
        return both;
    }

    private void assertAllCame() {
        assertThat(end.received).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(end.received.get(i).equals(ByteBuffer.wrap(expected.get(i))))
                    .as("message %d of %d bytes", i, expected.get(i).length)
                    .isTrue();
        }
    }

    @Test
    void shouldTakeWhateverFollowsALargeMessage() {
        open();

        for (final int size : new int[] {LARGE, LARGE, 40, LARGE, 900_000, 900_000, 40_000, 50_000, 0, LARGE}) {
            send(single(size));
            send(twoFrames(Math.max(1, size / 2)));
            send(single(LARGE));
            send(single(size));
        }

        assertAllCame();
        assertThat(end.kinds).contains(MessageKind.SINGLE, MessageKind.FRAMES);
    }

    @Test
    void shouldOfferAnExpectedMessageAgainThatWasRefused() {
        open();
        send(single(LARGE));
        end.accepts = () -> false;

        send(single(LARGE));
        final int whileRefusing = end.received.size();
        end.accepts = () -> true;
        end.carrier.resumeReading();
        turn();
        send(single(LARGE));

        assertThat(whileRefusing).isEqualTo(1);
        assertAllCame();
    }

    @Test
    void shouldOfferASmallMessageAgainThatCameInPlaceOfALargeOne() {
        open();
        send(single(LARGE));
        end.accepts = () -> false;

        send(single(100));
        end.accepts = () -> true;
        end.carrier.resumeReading();
        turn();
        send(single(LARGE));

        assertAllCame();
    }

    @Test
    void shouldHoldNothingForAMessageOfWhichNextToNothingHasCome() {
        open();
        send(single(LARGE));
        final UnsafeBuffer buffer = context.buffers().acquire(LARGE);
        context.buffers().release(buffer);

        send(frame(0, 1L << 30, new byte[1_000]));

        assertThat(context.buffers().acquire(LARGE)).isSameAs(buffer);
        assertThat(end.closedCount).isZero();
    }

    @Test
    void shouldHoldNoMoreForAMessageThanOneBeforeItHad() {
        open();
        send(single(LARGE));
        final UnsafeBuffer buffer = context.buffers().acquire(LARGE);
        context.buffers().release(buffer);
        context.buffers().release(context.buffers().acquire(2 * LARGE));
        final UnsafeBuffer larger = context.buffers().acquire(2 * LARGE);
        context.buffers().release(larger);

        send(frame(0, 1L << 30, new byte[100_000]));

        assertThat(context.buffers().acquire(LARGE)).isNotSameAs(buffer);
        assertThat(context.buffers().acquire(2 * LARGE)).isSameAs(larger);
    }

    @Test
    void shouldGiveItsBufferBackWhenThePipeEndsInTheMiddle() {
        open();
        send(single(LARGE));
        final UnsafeBuffer buffer = context.buffers().acquire(LARGE);
        context.buffers().release(buffer);
        send(frame(0, LARGE, new byte[100_000]));

        group.close();

        assertThat(context.buffers().acquire(LARGE)).isSameAs(buffer);
        assertThat(end.closedCount).isEqualTo(1);
    }
}
