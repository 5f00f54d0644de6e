package io.sluicemq.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class MessageRingTest {
    private final BufferPool pool = new BufferPool(1 << 20);
    private final List<String> received = new ArrayList<>();
    private int told;
    private int spaceTold;
    private long conflated;
    private boolean refusing;

    private final RingOwner owner = new RingOwner() {
        @Override
        public void onSpace() {
            spaceTold++;
        }

        @Override
        public void onConflated(final long messages) {
            conflated += messages;
        }
    };

    private MessageRing ring(final int maxMessages, final boolean singleProducer) {
        return new MessageRing(new RingOptions(4096, 10_000, maxMessages, singleProducer), pool, owner);
    }

    private static UnsafeBuffer bytes(final int length, final int fill) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        buffer.setMemory(0, length, (byte) fill);
        return buffer;
    }

    private static boolean offer(final MessageRing ring, final int length) {
        return ring.offer(5, null, MessageKind.SINGLE, bytes(length, length), 0, length);
    }

    private boolean onMessage(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (refusing) {
            return false;
        }
        received.add(tag + "/" + kind + "/" + length + "/" + (length == 0 ? "" : buffer.getByte(offset + length - 1)));
        return true;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandOverSmallAndLargeMessagesInOrder(final boolean singleProducer) {
        final MessageRing ring = ring(0, singleProducer);

        offer(ring, 1);
        offer(ring, 600);
        offer(ring, 0);
        offer(ring, 512);
        final int taken = ring.poll(this::onMessage, 10);

        assertThat(taken).isEqualTo(4);
        assertThat(received).containsExactly("5/1/1/1", "5/1/600/88", "5/1/0/", "5/1/512/0");
        assertThat(ring.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"true,1", "true,512", "false,1", "false,512"})
    void shouldHandOverEachMessageOnceWhileItsMemoryIsUsedOverAndOver(final boolean singleProducer, final int lengths) {
        final Random random = new Random(lengths);
        final MessageRing ring = ring(0, singleProducer);
        final List<String> sent = new ArrayList<>();

        for (int lap = 0; lap < 200; lap++) {
            int length = random.nextInt(lengths);
            // Bytes of 1: what is left of a message would pass for a record.
            while (ring.offer(5, null, MessageKind.SINGLE, bytes(length, 1), 0, length)) {
                sent.add("5/1/" + length + "/" + (length == 0 ? "" : "1"));
                length = random.nextInt(lengths);
            }
            ring.poll(this::onMessage, 1 + random.nextInt(100));
        }
        ring.poll(this::onMessage, Integer.MAX_VALUE);

        assertThat(received).isEqualTo(sent);
        assertThat(ring.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 600})
    void shouldPutAPrefixBeforeAMessageOfAnySize(final int length) {
        final MessageRing ring = ring(0, false);
        final UnsafeBuffer prefix = new UnsafeBuffer(new byte[] {1, 1, 7});
        final int header = length < 256 ? 2 : 9;

        ring.offer(MessageRing.MAX_TAG, prefix, MessageKind.SINGLE, bytes(length, 4), 0, length);
        ring.poll(this::onMessage, 1);

        assertThat(received).containsExactly(MessageRing.MAX_TAG + "/2/" + (3 + header + length) + "/4");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseAtTheMarkUntilOneIsTaken(final boolean singleProducer) {
        final MessageRing ring = ring(2, singleProducer);

        final List<Boolean> before = List.of(offer(ring, 1), offer(ring, 1), offer(ring, 1), ring.hasRoom());
        ring.poll(this::onMessage, 1);
        final List<Boolean> after = List.of(ring.hasRoom(), offer(ring, 1), offer(ring, 1));

        assertThat(before).containsExactly(true, true, false, false);
        assertThat(after).containsExactly(true, true, false);
    }

    @Test
    void shouldRefuseWhenItsBytesAreFullAndTakeAllThatHasRoomPromised() {
        final MessageRing ring = ring(0, true);

        int taken = 0;
        while (ring.hasRoom(100)) {
            assertThat(offer(ring, 100)).isTrue();
            taken++;
        }
        while (offer(ring, 100)) {
            taken++;
        }

        assertThat(taken).isBetween(30, 40);
        assertThat(ring.size()).isEqualTo(taken);
    }

    @Test
    void shouldLetOneLargeMessageExceedTheLimitAloneAndNoMore() {
        final MessageRing ring = ring(0, false);

        final boolean alone = offer(ring, 20_000);
        final boolean second = offer(ring, 600);
        final boolean small = offer(ring, 10);

        assertThat(alone).isTrue();
        assertThat(second).isFalse();
        assertThat(ring.hasRoom(600)).isFalse();
        assertThat(small).isTrue();
        assertThat(ring.size()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStayUsableAfterAnOfferBeyondItsBuffer(final boolean singleProducer) {
        final MessageRing ring = ring(0, singleProducer);
        final UnsafeBuffer buffer = bytes(10, 1);

        assertThatThrownBy(() -> ring.offer(5, null, MessageKind.SINGLE, buffer, 5, 6))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ring.offer(5, buffer, MessageKind.SINGLE, buffer, 5, 6))
                .isInstanceOf(IndexOutOfBoundsException.class);
        offer(ring, 7);
        ring.poll(this::onMessage, 10);

        assertThat(received).containsExactly("5/1/7/7");
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void shouldHandOverARefusedMessageAgain() {
        final MessageRing ring = ring(0, false);
        offer(ring, 1);
        offer(ring, 600);

        refusing = true;
        final int refused = ring.poll(this::onMessage, 10);
        refusing = false;
        ring.poll(this::onMessage, 1);
        refusing = true;
        ring.poll(this::onMessage, 1);
        refusing = false;
        ring.poll(this::onMessage, 1);

        assertThat(refused).isZero();
        assertThat(received).containsExactly("5/1/1/1", "5/1/600/88");
    }

    @Test
    void shouldConsumeAMessageWhoseHandlerThrows() {
        final MessageRing ring = ring(0, false);
        offer(ring, 600);
        offer(ring, 2);

        assertThatThrownBy(() -> ring.poll(
                        (tag, kind, buffer, offset, length) -> {
                            throw new IllegalStateException("for the test");
                        },
                        10))
                .isInstanceOf(IllegalStateException.class);
        ring.poll(this::onMessage, 10);

        assertThat(received).containsExactly("5/1/2/2");
        assertThat(ring.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellOnceForEachDisarm(final boolean singleProducer) {
        final MessageRing ring = ring(0, singleProducer);
        ring.listener(ready -> told++);

        offer(ring, 1);
        offer(ring, 1);
        final boolean sleptWithMessages = ring.disarm();
        ring.poll(this::onMessage, 10);
        final boolean slept = ring.disarm();
        offer(ring, 1);

        assertThat(sleptWithMessages).isFalse();
        assertThat(slept).isTrue();
        assertThat(told).isEqualTo(2);
    }

    @Test
    void shouldAnnounceWhatWaitedBeforeTheConsumerCame() {
        final MessageRing ring = ring(0, false);

        offer(ring, 1);
        ring.listener(ready -> told++);
        offer(ring, 1);

        assertThat(told).isEqualTo(1);
    }

    @Test
    void shouldTellProducersOnceWhenTheyAskedForRoom() {
        final MessageRing ring = ring(1, false);
        offer(ring, 1);

        ring.requestSpace();
        ring.poll(this::onMessage, 1);
        ring.poll(this::onMessage, 1);

        assertThat(spaceTold).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseAfterCloseAndHandOverWhatWaits(final boolean singleProducer) {
        final MessageRing ring = ring(0, singleProducer);
        offer(ring, 1);

        ring.close();
        ring.close();
        final boolean late = offer(ring, 2);
        final long left = ring.size();
        ring.poll(this::onMessage, 10);

        assertThat(late).isFalse();
        assertThat(ring.hasRoom()).isFalse();
        assertThat(left).isEqualTo(1);
        assertThat(received).hasSize(1);
        assertThat(ring.size()).isZero();
    }

    @Test
    void shouldKeepOnlyTheNewestFromWhenItConflates() {
        final MessageRing ring = ring(2, false);
        offer(ring, 1);

        ring.conflate();
        ring.conflate();
        offer(ring, 2);
        offer(ring, 600);
        offer(ring, 3);
        final int taken = ring.poll(this::onMessage, 10);

        assertThat(taken).isEqualTo(2);
        assertThat(received).containsExactly("5/1/1/1", "5/1/3/3");
        assertThat(conflated).isEqualTo(2);
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void shouldOfferARefusedNewestAgainBeforeANewerOne() {
        final MessageRing ring = new MessageRing(new RingOptions(4096, 0, 0, false, true), pool, owner);
        offer(ring, 1);
        refusing = true;
        ring.poll(this::onMessage, 1);
        final boolean waits = !ring.isEmpty();

        offer(ring, 2);
        offer(ring, 3);
        refusing = false;
        ring.poll(this::onMessage, 1);
        ring.poll(this::onMessage, 1);

        assertThat(waits).isTrue();
        assertThat(received).containsExactly("5/1/1/1", "5/1/3/3");
        assertThat(conflated).isEqualTo(1);
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void shouldTakeAPooledBufferOverAndReleaseItWhenTaken() {
        final MessageRing ring = ring(0, true);
        final UnsafeBuffer buffer = pool.acquire(70_000);

        ring.offer(5, null, MessageKind.SINGLE | MessageKind.POOLED, buffer, 0, 70_000);
        final UnsafeBuffer meanwhile = pool.acquire(70_000);
        ring.poll(this::onMessage, 1);

        assertThat(meanwhile).isNotSameAs(buffer);
        assertThat(pool.acquire(70_000)).isSameAs(buffer);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandOverWrappedBytesInPlaceHoweverMany(final boolean singleProducer) {
        final MessageRing ring = ring(0, singleProducer);
        final UnsafeBuffer bytes = bytes(20_000, 3);
        final List<Object> seen = new ArrayList<>();

        for (int i = 0; i < 1_000; i++) {
            final boolean first = ring.offer(i, null, MessageKind.SINGLE | MessageKind.WRAPPED, bytes, 1, 19_999);
            final boolean small = offer(ring, i % 7);
            ring.poll(
                    (tag, kind, buffer, offset, length) -> {
                        if (length > 10) {
                            seen.add(buffer);
                            assertThat(tag + "/" + kind + "/" + offset + "/" + length)
                                    .isEqualTo(seen.size() - 1 + "/1/1/19999");
                        }
                        return true;
                    },
                    2);
            assertThat(first && small).isTrue();
        }

        assertThat(seen).hasSize(1_000).allMatch(each -> each == bytes);
    }

    @Test
    void shouldNotCountWrappedBytesAgainstTheLimit() {
        final MessageRing ring = ring(0, false);
        final UnsafeBuffer bytes = bytes(8_000, 3);

        final int wrapped = MessageKind.SINGLE | MessageKind.WRAPPED;
        final boolean first = ring.offer(5, null, wrapped, bytes, 0, 8_000);
        final boolean second = ring.offer(5, null, wrapped, bytes, 0, 8_000);
        final boolean copied = offer(ring, 9_000);
        final boolean copiedToo = offer(ring, 9_000);

        assertThat(first && second && copied).isTrue();
        assertThat(copiedToo).isFalse();
    }

    @Test
    void shouldLeaveATakenBufferToTheHandler() {
        final MessageRing ring = ring(0, true);
        final UnsafeBuffer buffer = pool.acquire(70_000);
        ring.offer(5, null, MessageKind.SINGLE | MessageKind.POOLED, buffer, 0, 70_000);
        offer(ring, 3);
        final List<Integer> owned = new ArrayList<>();

        ring.poll(
                (tag, kind, body, offset, length) -> {
                    owned.add(ring.takeOver());
                    owned.add(ring.takeOver());
                    return true;
                },
                10);

        assertThat(owned).containsExactly(MessageKind.POOLED, 0, 0, 0);
        assertThat(ring.takeOver()).isZero();
        assertThat(pool.acquire(70_000)).isNotSameAs(buffer);
        assertThat(ring.hasRoom(9_000)).isTrue();
    }

    @Test
    void shouldReleaseAPooledBufferThatItMustCopy() {
        final MessageRing conflating = new MessageRing(new RingOptions(4096, 0, 0, false, true), pool, owner);
        final MessageRing ring = ring(0, false);
        final UnsafeBuffer prefix = new UnsafeBuffer(new byte[] {1, 1, 7});
        final UnsafeBuffer first = pool.acquire(70_000);
        first.putByte(69_999, (byte) 7);

        conflating.offer(5, null, MessageKind.SINGLE | MessageKind.POOLED, first, 0, 70_000);
        final UnsafeBuffer second = pool.acquire(70_000);
        conflating.poll(this::onMessage, 1);
        ring.offer(5, prefix, MessageKind.SINGLE | MessageKind.POOLED, second, 0, 70_000);
        ring.poll(this::onMessage, 1);

        assertThat(second).isSameAs(first);
        assertThat(received).containsExactly("5/1/70000/7", "5/2/70012/7");
        assertThat(List.of(pool.acquire(70_000), pool.acquire(70_000))).contains(first);
    }

    @Test
    void shouldKeepTheBufferOfARefusedMessageAndReleaseThatOfOneWhoseHandlerThrows() {
        final MessageRing ring = ring(0, false);
        final UnsafeBuffer buffer = pool.acquire(70_000);
        ring.offer(5, null, MessageKind.SINGLE | MessageKind.POOLED, buffer, 0, 70_000);

        refusing = true;
        ring.poll(this::onMessage, 1);
        final UnsafeBuffer whileRefused = pool.acquire(70_000);
        assertThatThrownBy(() -> ring.poll(
                        (tag, kind, body, offset, length) -> {
                            throw new IllegalStateException("for the test");
                        },
                        1))
                .isInstanceOf(IllegalStateException.class);

        assertThat(whileRefused).isNotSameAs(buffer);
        assertThat(pool.acquire(70_000)).isSameAs(buffer);
        assertThat(ring.hasRoom(9_000)).isTrue();
    }

    @Test
    void shouldGiveTheBufferBackToAProducerThatIsRefused() {
        final MessageRing ring = ring(1, false);
        offer(ring, 1);
        final UnsafeBuffer buffer = pool.acquire(9_000);

        final boolean taken = ring.offer(5, null, MessageKind.SINGLE | MessageKind.POOLED, buffer, 0, 9_000);
        ring.poll(this::onMessage, 1);
        final boolean room = ring.hasRoom(10_000);

        assertThat(taken).isFalse();
        assertThat(room).isTrue();
        assertThat(pool.acquire(9_000)).isNotSameAs(buffer);
    }

    @Test
    void shouldTellProducersOnceHalfOfTheBytesByReferenceAreFree() {
        final MessageRing ring = ring(0, false);
        offer(ring, 3_000);
        offer(ring, 3_000);
        offer(ring, 3_000);

        ring.requestSpace();
        ring.poll(this::onMessage, 1);
        final int toldEarly = spaceTold;
        ring.poll(this::onMessage, 1);

        assertThat(toldEarly).isZero();
        assertThat(spaceTold).isEqualTo(1);
    }

    @Test
    void shouldHandOverTheLaneOfAKindAsTag() {
        final MessageRing ring = ring(0, false);
        final UnsafeBuffer prefix = bytes(4, 2);
        final UnsafeBuffer large = pool.acquire(70_000);
        final int onLane = MessageKind.onLane(0);

        ring.offer(null, MessageKind.SINGLE | MessageKind.onLane(MessageKind.MAX_LANE), bytes(8, 1), 0, 8);
        ring.offer(prefix, MessageKind.FRAMES | onLane, bytes(8, 1), 0, 8);
        ring.offer(null, MessageKind.SINGLE | MessageKind.POOLED | onLane, large, 0, 70_000);
        ring.offerQuietly(null, MessageKind.SINGLE, bytes(8, 1), 0, 8);
        final List<String> kinds = new ArrayList<>();
        ring.poll(
                (tag, kind, buffer, offset, length) -> {
                    final int offered = MessageKind.withLaneTag(tag, kind);
                    kinds.add(MessageKind.lane(offered) + "/" + MessageKind.withoutLane(offered) + "/" + length);
                    return true;
                },
                10);

        assertThat(kinds).containsExactly("15/1/8", "0/2/12", "0/1/70000", "-1/1/8");
    }
}
