package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class PublishedBatchTest {
    private final PublishedBatch batch = new PublishedBatch();
    private final UnsafeBuffer body = new UnsafeBuffer(new byte[Carrier.MAX_BATCH_BYTES]);
    private Matches matches = new Matches();

    private boolean add(final int length, final int... slots) {
        matches.clear();
        for (final int slot : slots) {
            matches.addAll(SlotSet.of(slot));
        }
        final Matches free = batch.add(matches, MessageKind.SINGLE, body, 0, length);
        if (free == null) {
            return false;
        }
        matches = free;
        return true;
    }

    /** The messages of each slot, by number. */
    private Map<Integer, List<Integer>> content() {
        final Map<Integer, List<Integer>> content = new TreeMap<>();
        for (int i = 0; i < batch.slotCount(); i++) {
            final List<Integer> messages = new ArrayList<>();
            final int slot = batch.slot(i);
            for (int run = batch.firstRun(slot); run != PublishedBatch.NONE; run = batch.nextRun(run)) {
                for (int message = batch.runFrom(run); message < batch.runTo(run); message++) {
                    messages.add(message);
                }
            }
            assertThat(content.put(slot, messages)).isNull();
            assertThat(batch.messagesFrom(batch.firstRun(slot), batch.runFrom(batch.firstRun(slot))))
                    .isEqualTo(messages.size());
        }
        return content;
    }

    @Test
    void shouldGiveOneRunToWhoGetsAllThoughOthersDoNot() {
        for (int i = 0; i < 100; i++) {
            assertThat(add(10, i % 2 == 0 ? new int[] {7, 200} : new int[] {7})).isTrue();
        }
        batch.seal();

        final int run = batch.firstRun(7);
        assertThat(batch.runFrom(run)).isZero();
        assertThat(batch.runTo(run)).isEqualTo(100);
        assertThat(batch.nextRun(run)).isEqualTo(PublishedBatch.NONE);
        assertThat(content().get(200)).hasSize(50);
    }

    @Test
    void shouldNameEachMessageForEachOfItsSubscribersOnce() {
        final long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        final Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            final Map<Integer, List<Integer>> expected = new TreeMap<>();
            final int count = random.nextInt(50);
            for (int message = 0; message < count; message++) {
                final int first = random.nextInt(3) * 70;
                final int[] slots = random.nextBoolean() ? new int[] {first} : new int[] {first, first + 1, 500};
                assertThat(add(random.nextInt(300), slots)).isTrue();
                for (final int slot : slots) {
                    expected.computeIfAbsent(slot, s -> new ArrayList<>()).add(message);
                }
            }
            batch.seal();

            assertThat(content()).isEqualTo(expected);
            batch.clear();
        }
    }

    @Test
    void shouldHoldTheFramesAsTheyGoOverTheWire() {
        body.setMemory(0, 300, (byte) 'x');
        add(3, 1);
        add(300, 1);
        batch.seal();

        assertThat(batch.start(1)).isEqualTo(5);
        assertThat(FrameHeader.messageEnd(batch.block(), 0)).isEqualTo(batch.end(0));
        assertThat(FrameHeader.messageEnd(batch.block(), 5))
                .isEqualTo(batch.end(1))
                .isEqualTo(5 + 9 + 300);
        assertThat(batch.bodyLength(1)).isEqualTo(300);
        assertThat(batch.block().getByte(batch.bodyAt(1))).isEqualTo((byte) 'x');
        assertThat(batch.contentBytes(0, 2)).isEqualTo(303);
        assertThat(batch.contentBytes(1, 2)).isEqualTo(300);
    }

    @Test
    void shouldRefuseWhatFitsNoMore() {
        final int half = Carrier.MAX_BATCH_BYTES / 2;

        assertThat(PublishedBatch.fits(MessageKind.SINGLE, Carrier.MAX_BATCH_BYTES))
                .isFalse();
        assertThat(add(half, 1)).isTrue();
        assertThat(add(half, 1)).isFalse();
        assertThat(add(half - 18, 1)).isTrue();
        batch.seal();

        assertThat(content().get(1)).containsExactly(0, 1);
    }

    @Test
    void shouldEndAtItsNumberOfMessages() {
        for (int i = 0; i < PublishedBatch.MAX_MESSAGES; i++) {
            assertThat(add(1, 3)).isTrue();
        }

        assertThat(add(1, 3)).isFalse();
    }

    @Test
    void shouldKeepTheLaneOfEachMessageUntilItIsCleared() {
        final int onLane = MessageKind.SINGLE | MessageKind.onLane(5);

        add(10, 1);
        final boolean before = batch.hasLanes();
        matches.clear();
        matches.addAll(SlotSet.of(1));
        matches = batch.add(matches, onLane, body, 0, 10);
        batch.seal();

        assertThat(before).isFalse();
        assertThat(batch.hasLanes()).isTrue();
        assertThat(batch.kind(0)).isEqualTo(MessageKind.SINGLE);
        assertThat(batch.kind(1)).isEqualTo(onLane);
        assertThat(batch.bodyLength(1)).isEqualTo(10);
        batch.clear();
        assertThat(batch.hasLanes()).isFalse();
    }
}
