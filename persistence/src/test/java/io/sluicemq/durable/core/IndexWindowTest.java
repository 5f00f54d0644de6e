package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class IndexWindowTest {
    private static final int QOS_1 = 1;
    private static final int QOS_2 = 2;

    private final IndexWindow window = new IndexWindow();

    @Test
    void shouldGoOnOverTheLongestRunOfEndedOnes() {
        window.add(10, QOS_1);
        window.add(20, QOS_1);
        window.add(30, QOS_1);

        assertThat(window.end(20)).isTrue();
        assertThat(window.doneUpTo()).isZero();
        assertThat(window.endedBeyond()).containsExactly(20);
        assertThat(window.end(10)).isTrue();

        assertThat(window.doneUpTo()).isEqualTo(20);
        assertThat(window.size()).isEqualTo(1);
        assertThat(window.endedBeyond()).isEmpty();
    }

    @Test
    void shouldEndOnlyOneKindUpToAnIndex() {
        window.add(10, QOS_2);
        window.add(20, QOS_1);
        window.add(30, QOS_2);

        assertThat(window.endUpTo(30, QOS_2)).isEqualTo(2);
        assertThat(window.endUpTo(30, QOS_2)).isZero();

        assertThat(window.doneUpTo()).isEqualTo(10);
        assertThat(window.endedBeyond()).containsExactly(30);
    }

    @Test
    void shouldNotEndWhatIsUnknownOrHasEnded() {
        window.add(10, QOS_1);

        assertThat(window.end(9)).isFalse();
        assertThat(window.end(10)).isTrue();
        assertThat(window.end(10)).isFalse();
    }

    @Test
    void shouldRefuseAnIndexThatDoesNotGrow() {
        window.reset(50);

        assertThatThrownBy(() -> window.add(50, QOS_1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("index=50, limit=above 50");
    }

    @Test
    void shouldDoAsANaiveModelDoes() {
        final long seed = ThreadLocalRandom.current().nextLong();
        final Random random = new Random(seed);
        final NavigableMap<Long, Integer> open = new TreeMap<>();
        long doneUpTo = 0;
        long last = 0;
        for (int i = 0; i < 200_000; i++) {
            final int choice = random.nextInt(100);
            if (choice < 50 && open.size() < 300) {
                last += 1 + random.nextInt(5);
                final int kind = 1 + random.nextInt(2);
                window.add(last, kind);
                open.put(last, kind);
            } else if (choice < 90) {
                final long index = last - random.nextInt(100);
                assertThat(window.end(index)).as("seed=%d", seed).isEqualTo(open.remove(index) != null);
            } else if (choice < 99) {
                final int kind = 1 + random.nextInt(2);
                final long upTo = last - random.nextInt(600);
                final long before = open.size();
                open.headMap(upTo, true).entrySet().removeIf(each -> each.getValue() == kind);
                assertThat(window.endUpTo(upTo, kind)).as("seed=%d", seed).isEqualTo((int) (before - open.size()));
            } else {
                open.clear();
                window.reset(last);
            }
            doneUpTo = Math.max(doneUpTo, lowestOpen(open, last));
            assertThat(window.isEmpty()).as("seed=%d", seed).isEqualTo(open.isEmpty());
            // Between two added indexes there is nothing, so the model's bound may be some higher.
            assertThat(window.doneUpTo()).as("seed=%d", seed).isLessThanOrEqualTo(doneUpTo);
            if (open.isEmpty()) {
                assertThat(window.doneUpTo()).as("seed=%d", seed).isEqualTo(last);
            }
        }
    }

    private static long lowestOpen(final NavigableMap<Long, Integer> open, final long last) {
        final Map.Entry<Long, Integer> first = open.firstEntry();
        return first == null ? last : first.getKey() - 1;
    }
}
