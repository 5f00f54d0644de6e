package io.sluicemq.transport.ipc;

import static io.sluicemq.transport.ipc.RingPair.MAX_BODY_BYTES;
import static io.sluicemq.transport.ipc.RingPair.RING_BYTES;
import static io.sluicemq.transport.ipc.RingPair.bytes;
import static io.sluicemq.transport.ipc.RingPair.sent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ShmRingTest {
    private static final int MANY_LAPS = 5_000;

    /** Two frames with headers: 3 bytes with MORE, and one of {@code lastLength}. */
    private static UnsafeBuffer frames(final int lastLength) {
        final int headerBytes = FrameHeader.encodedLength(lastLength);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[5 + headerBytes + lastLength]);
        FrameHeader.put(buffer, 0, FrameHeader.MORE, 3);
        buffer.putBytes(2, bytes(3, 1), 0, 3);
        FrameHeader.put(buffer, 5, 0, lastLength);
        buffer.putBytes(5 + headerBytes, bytes(lastLength, lastLength), 0, lastLength);
        return buffer;
    }

    @Test
    void shouldHandOverMessagesInOrderWithTheirContent() {
        final RingPair ring = new RingPair();

        assertThat(ring.offer(0)).isEqualTo(ShmWriter.TAKEN);
        assertThat(ring.offer(1)).isEqualTo(ShmWriter.TAKEN);
        assertThat(ring.offer(MAX_BODY_BYTES)).isEqualTo(ShmWriter.TAKEN);
        final int taken = ring.poll();

        assertThat(taken).isEqualTo(3);
        assertThat(ring.received).containsExactly(sent(0), sent(1), sent(MAX_BODY_BYTES));
        assertThat(ring.reader.isEmpty()).isTrue();
        assertThat(ring.writer.isEmpty()).isTrue();
        assertThat(ring.writer.sentMessages()).isEqualTo(3);
        assertThat(ring.writer.sentBytes()).isEqualTo(1 + MAX_BODY_BYTES);
        assertThat(ring.reader.takenMessages()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 100, MAX_BODY_BYTES})
    void shouldHandOverEachMessageOnceWhileItsMemoryIsUsedOverAndOver(final int maxLength) {
        final Random random = new Random(maxLength);
        final RingPair ring = new RingPair();
        final List<String> sent = new ArrayList<>();

        for (int lap = 0; lap < MANY_LAPS; lap++) {
            int length = random.nextInt(maxLength + 1);
            while (ring.offer(length) == ShmWriter.TAKEN) {
                sent.add(sent(length));
                length = random.nextInt(maxLength + 1);
            }
            ring.poll(1 + random.nextInt(30));
        }
        while (ring.poll() > 0) {
            // To the end.
        }

        assertThat(ring.received).isEqualTo(sent);
        assertThat(ring.reader.isEmpty()).isTrue();
        assertThat(ring.readerBroken).isEmpty();
    }

    @Test
    void shouldPutAPrefixBeforeTheMessage() {
        final RingPair ring = new RingPair();
        final UnsafeBuffer prefix = new UnsafeBuffer(new byte[5]);
        FrameHeader.put(prefix, 0, FrameHeader.MORE, 3);
        prefix.putBytes(2, bytes(3, 1), 0, 3);

        final int single = ring.writer.offer(prefix, MessageKind.SINGLE, bytes(7, 7), 0, 7);
        final int pooled = ring.writer.offer(prefix, MessageKind.SINGLE | MessageKind.POOLED, bytes(300, 300), 0, 300);
        ring.poll();

        assertThat(single).isEqualTo(ShmWriter.TAKEN);
        assertThat(pooled).isEqualTo(ShmWriter.TAKEN);
        final UnsafeBuffer first = frames(7);
        final UnsafeBuffer second = frames(300);
        assertThat(ring.received)
                .containsExactly(
                        RingPair.text(RingPair.TAG, MessageKind.FRAMES, first, 0, first.capacity()),
                        RingPair.text(RingPair.TAG, MessageKind.FRAMES, second, 0, second.capacity()));
    }

    @Test
    void shouldRefuseWhatIsLargerThanARecordAlsoBehindAPrefix() {
        final RingPair ring = new RingPair();
        final UnsafeBuffer prefix = new UnsafeBuffer(new byte[2]);
        FrameHeader.put(prefix, 0, FrameHeader.MORE, 0);

        final int alone = ring.offer(MAX_BODY_BYTES + 1);
        final int behind = ring.writer.offer(prefix, MessageKind.SINGLE, bytes(510, 0), 0, MAX_BODY_BYTES - 2);

        assertThat(alone).isEqualTo(ShmWriter.TOO_LARGE);
        assertThat(behind).isEqualTo(ShmWriter.TOO_LARGE);
        assertThat(ring.poll()).isZero();
    }

    @Test
    void shouldBeFullAtTheMarkAndTakeAgainWhatWasGivenBack() {
        final RingPair ring = new RingPair(2);

        ring.offer(1);
        ring.offer(2);
        final boolean roomAtMark = ring.writer.hasRoom();
        final int third = ring.offer(3);
        ring.poll(1);
        ring.poll(1);
        final boolean roomAfter = ring.writer.hasRoom();
        final int fourth = ring.offer(4);

        assertThat(roomAtMark).isFalse();
        assertThat(third).isEqualTo(ShmWriter.FULL);
        assertThat(roomAfter).isTrue();
        assertThat(fourth).isEqualTo(ShmWriter.TAKEN);
        assertThat(ring.writer.waiting()).isEqualTo(1);
    }

    @Test
    void shouldBeFullOfBytesAndNeverOverwriteWhatWaits() {
        final RingPair ring = new RingPair();

        int sent = 0;
        while (ring.offer(500) == ShmWriter.TAKEN) {
            sent++;
        }
        final boolean room = ring.writer.hasRoom(500);
        final int taken = ring.poll();

        assertThat(sent).isEqualTo(7);
        assertThat(room).isFalse();
        assertThat(taken).isEqualTo(7);
        assertThat(ring.received).allMatch(sent(500)::equals);
        assertThat(ring.writer.hasRoom(500)).isTrue();
    }

    @Test
    void shouldLeaveAMessageThatTheHandlerRefuses() {
        final RingPair ring = new RingPair();
        ring.offer(10);
        ring.writer.offer(null, MessageKind.FRAMES, frames(20), 0, 27);

        ring.refusing = true;
        final int refused = ring.poll();
        ring.refusing = false;
        final int first = ring.poll(1);
        ring.refusing = true;
        final int refusedFrames = ring.poll();
        ring.refusing = false;
        final int second = ring.poll();

        assertThat(refused).isZero();
        assertThat(first).isEqualTo(1);
        assertThat(refusedFrames).isZero();
        assertThat(second).isEqualTo(1);
        assertThat(ring.received).hasSize(2);
    }

    @Test
    void shouldConsumeAMessageWhoseHandlerThrows() {
        final RingPair ring = new RingPair(2);
        ring.offer(1);
        ring.offer(2);

        assertThatThrownBy(() -> ring.reader.poll(
                        (tag, kind, buffer, offset, length) -> {
                            throw new IllegalStateException("no");
                        },
                        10))
                .hasMessage("no");
        final int rest = ring.poll();

        assertThat(rest).isEqualTo(1);
        assertThat(ring.received).containsExactly(sent(2));
        assertThat(ring.writer.isEmpty()).isTrue();
    }

    @Test
    void shouldStopAtTheLimitOfAPoll() {
        final RingPair ring = new RingPair();
        for (int i = 0; i < 5; i++) {
            ring.offer(i);
        }

        final int first = ring.poll(2);
        final int none = ring.poll(0);
        final int rest = ring.poll();

        assertThat(first).isEqualTo(2);
        assertThat(none).isZero();
        assertThat(rest).isEqualTo(3);
    }

    @Test
    void shouldCarryAMessageManyTimesLargerThanTheRing() {
        final RingPair ring = new RingPair();
        final int length = 10 * RING_BYTES + 3;
        ring.offer(1);

        boolean complete = ring.offerLarge(length);
        int turns = 1;
        int busy = 0;
        while (!complete) {
            busy += ring.offer(2) == ShmWriter.BUSY ? 1 : 0;
            ring.poll();
            complete = ring.offerLarge(length);
            turns++;
        }
        ring.offer(3);
        while (ring.received.size() < 3) {
            ring.poll();
        }

        assertThat(busy).isEqualTo(turns - 1).isPositive();
        assertThat(ring.received).containsExactly(sent(1), sent(length), sent(3));
        assertThat(ring.reader.isEmpty()).isTrue();
        assertThat(ring.writer.isEmpty()).isTrue();
        assertThat(ring.writer.sentBytes()).isEqualTo(length + 4L);
    }

    @Test
    void shouldRefuseToGoOnWithAnotherLargeMessage() {
        final RingPair ring = new RingPair();
        ring.offerLarge(3 * RING_BYTES);

        assertThatThrownBy(() -> ring.offerLarge(MAX_BODY_BYTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("go on with the same message");

        ring.poll();
        assertThat(ring.offerLarge(3 * RING_BYTES)).isFalse();
    }

    @Test
    void shouldOfferALargeMessageAgainThatTheHandlerRefusedAndLetItTakeTheBufferOver() {
        final RingPair ring = new RingPair();
        final int length = 2 * MAX_BODY_BYTES;
        ring.offerLarge(length);
        final List<Integer> lent = new ArrayList<>();

        ring.refusing = true;
        final int refused = ring.poll();
        final boolean emptyMeanwhile = ring.reader.isEmpty();
        ring.refusing = false;
        final int taken = ring.reader.poll(
                (tag, kind, buffer, offset, bytes) -> {
                    lent.add(ring.reader.takeOver());
                    lent.add(ring.reader.takeOver());
                    return ring.onMessage(tag, kind, buffer, offset, bytes);
                },
                1);

        assertThat(refused).isZero();
        assertThat(emptyMeanwhile).isFalse();
        assertThat(taken).isEqualTo(1);
        assertThat(lent).containsExactly(MessageKind.POOLED, 0);
        assertThat(ring.received).containsExactly(sent(length));
        assertThat(ring.writer.isEmpty()).isTrue();
    }

    @Test
    void shouldGatherWithWhatHasComeAndThenStartAsLargeAsTheMessageBefore() {
        final RingPair ring = new RingPair();
        final List<Integer> capacities = new ArrayList<>();

        for (final int length : new int[] {40_000, 5_000}) {
            final UnsafeBuffer message = bytes(length, length);
            boolean complete = false;
            int taken = 0;
            while (taken == 0) {
                complete = complete || ring.writer.offerLarge(MessageKind.SINGLE, message, 0, length);
                taken = ring.reader.poll((tag, kind, buffer, offset, bytes) -> capacities.add(buffer.capacity()), 1);
            }
        }

        assertThat(capacities.get(0)).isBetween(40_000, 2 * 40_000);
        assertThat(capacities.get(1)).isBetween(40_000, 2 * 40_000);
    }

    @Test
    void shouldSleepBetweenTheFragmentsOfALargeMessage() {
        final RingPair ring = new RingPair();
        ring.listen();
        final int length = 2 * RING_BYTES;
        ring.offerLarge(length);
        ring.reader.onWake();
        while (!ring.reader.disarm()) {
            ring.poll();
        }

        final int wokenBefore = ring.readerWoken;
        ring.offerLarge(length);

        assertThat(wokenBefore).isEqualTo(1);
        assertThat(ring.readerWoken).isEqualTo(2);
        assertThat(ring.received).isEmpty();
    }

    @Test
    void shouldKeepOnlyTheNewestWhenConflating() {
        final RingPair ring = new RingPair();
        ring.reader.conflate();
        ring.offer(1);
        ring.offer(2);
        ring.offerLarge(2 * MAX_BODY_BYTES);
        ring.refusing = true;
        ring.poll();
        ring.offer(4);
        final boolean empty = ring.reader.isEmpty();
        ring.refusing = false;

        final int first = ring.poll(1);
        final int second = ring.poll();

        assertThat(empty).isFalse();
        assertThat(first).isEqualTo(1);
        assertThat(second).isEqualTo(1);
        assertThat(ring.received).containsExactly(sent(2 * MAX_BODY_BYTES), sent(4));
        assertThat(ring.conflated).isEqualTo(2);
        assertThat(ring.reader.isEmpty()).isTrue();
    }

    @Test
    void shouldRefuseAMessageOutOfTheBoundsOfItsBufferBeforeItIsClaimed() {
        final RingPair ring = new RingPair();

        assertThatThrownBy(() -> ring.writer.offer(null, MessageKind.SINGLE, bytes(4, 4), 2, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);

        assertThat(ring.writer.isEmpty()).isTrue();
        assertThat(ring.offer(1)).isEqualTo(ShmWriter.TAKEN);
    }
}
