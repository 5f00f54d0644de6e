package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.RingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of messages in the rings of a connection that is over. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class GivenBackTest {
    private static final int LARGE_BYTES = 20_000;

    /** How long a thread in the middle of an offer is waited for. */
    private static final long WAITS_FOR_AN_OFFER_NS = 1_000_000_000L;

    private final BufferPool pool = new BufferPool(1 << 20);
    private final MessageRing outlet = ring(8, false);
    private final MessageRing one = ring(8, false);
    private final MessageRing other = ring(8, false);

    private MessageRing ring(final int mark, final boolean conflate) {
        return new MessageRing(new RingOptions(1 << 16, 1 << 20, mark, false, conflate), pool, () -> {});
    }

    private static boolean put(final MessageRing ring, final int tag, final int number) {
        final UnsafeBuffer body = new UnsafeBuffer(new byte[Integer.BYTES]);
        body.putInt(0, number);
        return ring.offer(tag, null, MessageKind.SINGLE, body, 0, Integer.BYTES);
    }

    private static List<Integer> numbers(final MessageRing ring) {
        final List<Integer> all = new ArrayList<>();
        ring.poll((tag, kind, buffer, offset, length) -> all.add(100 * tag + buffer.getInt(offset)), Integer.MAX_VALUE);
        return all;
    }

    private long giveBack(final MessageRing to) {
        return new GivenBack(to).take(List.of(one, other));
    }

    @Test
    void shouldPutThemInFrontOfWhatWasSentLater() {
        put(one, 1, 1);
        put(one, 1, 2);
        put(other, 2, 3);
        put(outlet, 1, 4);
        put(outlet, 2, 5);

        assertThat(giveBack(outlet)).isZero();

        assertThat(numbers(outlet)).containsExactly(101, 102, 203, 104, 205);
        assertThat(put(one, 0, 9)).as("taken afterwards").isFalse();
    }

    @Test
    void shouldLeaveAFullOutletAsItIsWhenThereIsNothing() {
        for (int i = 0; i < 8; i++) {
            put(outlet, 0, i);
        }

        assertThat(giveBack(outlet)).isZero();

        assertThat(numbers(outlet)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    /** Of a ring with a high mark, what was read is given back some at a time, and counts to its size until then. */
    @Test
    void shouldNotWaitForWhatWasReadAndNotGivenBack() {
        final MessageRing wide = ring(1_000, false);
        for (int i = 0; i < 4; i++) {
            put(wide, 0, i);
        }
        wide.poll((tag, kind, buffer, offset, length) -> true, 1);
        assertThat(wide.size()).isEqualTo(4);
        final long fromNs = System.nanoTime();

        assertThat(new GivenBack(outlet).take(List.of(wide))).isZero();

        assertThat(numbers(outlet)).containsExactly(1, 2, 3);
        assertThat(System.nanoTime() - fromNs).isLessThan(WAITS_FOR_AN_OFFER_NS);
    }

    @Test
    void shouldCountTheLatestThatFindNoRoom() {
        for (int i = 0; i < 6; i++) {
            put(one, 0, i);
            put(outlet, 0, 10 + i);
        }

        assertThat(giveBack(outlet)).isEqualTo(4);

        assertThat(numbers(outlet)).containsExactly(0, 1, 2, 3, 4, 5, 10, 11);
    }

    @Test
    void shouldLeaveTheNewestOfAConflatingOutlet() {
        final MessageRing newest = ring(0, true);
        put(newest, 0, 1);
        newest.poll((tag, kind, buffer, offset, length) -> false, 1);
        put(newest, 0, 2);

        assertThat(giveBack(newest)).isZero();

        assertThat(numbers(newest)).as("refused before").containsExactly(1);
        assertThat(numbers(newest)).containsExactly(2);
    }

    @Test
    void shouldPassLargeOnesOnWithoutACopy() {
        final UnsafeBuffer large = pool.acquire(LARGE_BYTES);
        large.putInt(0, 7);
        one.offer(0, null, MessageKind.SINGLE | MessageKind.POOLED, large, 0, LARGE_BYTES);

        assertThat(giveBack(outlet)).isZero();

        final List<Object> seen = new ArrayList<>();
        outlet.poll((tag, kind, buffer, offset, length) -> seen.add(buffer), 1);
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0)).isSameAs(large);
    }
}
