package io.sluicemq.durable.core;

import static io.sluicemq.durable.TestTopics.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.durable.TestTopics;
import io.sluicemq.durable.TopicFilter;
import io.sluicemq.durable.core.RetainedMessages.PutResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RetainedMessagesTest {
    private static final long NEVER = RetainedMessages.NEVER;
    private static final String[] LEVELS = {"a", "b", "c", "", "$x", "a!", "\u0001", "\u20ac"};
    private static final String[] FILTER_LEVELS = {"a", "b", "c", "", "$x", "a!", "+", "+", "#", "\u20ac"};

    private final RetainedMessages retained = new RetainedMessages(100, 1_000);

    @Test
    void shouldReplaceTheMessageOfATopic() {
        assertThat(put("a", 1, NEVER)).isEqualTo(PutResult.ADDED);
        assertThat(put("a", 2, NEVER)).isEqualTo(PutResult.REPLACED);

        assertThat(index("a")).isEqualTo(2);
        assertThat(index("b")).isEqualTo(RetainedMessages.NONE);
        assertThat(retained.size()).isEqualTo(1);
        assertThat(retained.topicBytes()).isEqualTo(1);
    }

    @Test
    void shouldRemoveTheMessageOfATopic() {
        put("a/b", 1, NEVER);

        assertThat(remove("a")).isFalse();
        assertThat(remove("a/b")).isTrue();
        assertThat(remove("a/b")).isFalse();
        assertThat(index("a/b")).isEqualTo(RetainedMessages.NONE);
        assertThat(retained.topicBytes()).isZero();
    }

    @Test
    void shouldRefuseNewTopicsWhenFull() {
        for (int i = 100; i < 200; i++) {
            assertThat(put("t" + i, i, NEVER)).isEqualTo(PutResult.ADDED);
        }
        assertThat(put("one", 1, NEVER)).isEqualTo(PutResult.FULL);
        assertThat(put("t100", 1, NEVER)).isEqualTo(PutResult.REPLACED);
        for (int i = 100; i < 190; i++) {
            remove("t" + i);
        }
        assertThat(put("x".repeat(961), 1, NEVER)).isEqualTo(PutResult.FULL);
        assertThat(put("x".repeat(960), 1, NEVER)).isEqualTo(PutResult.ADDED);
        assertThat(index("x".repeat(961))).isEqualTo(RetainedMessages.NONE);
    }

    @Test
    void shouldLeaveOutWhatHasExpired() {
        put("a", 1, 1_000);
        put("b", 2, 1_001);
        put("c", 3, NEVER);

        assertThat(walk("#", 10, 1_000)).containsExactly("b", "c");
        assertThat(walk("#", 10, 999)).containsExactly("a", "b", "c");
    }

    @Test
    void shouldTakeOutWhatHasExpiredInItsOrder() {
        put("b", 2, 2_000);
        put("a", 1, 3_000);
        put("c", 3, 1_000);
        put("d", 4, 1_000);
        put("d", 5, NEVER);
        put("e", 6, 9_000);
        put("e", 7, 2_000);
        put("f", 8, 1_500);
        remove("f");
        final List<String> gone = new ArrayList<>();

        assertThat(retained.nextExpiryMs()).isEqualTo(1_000);
        assertThat(expire(999, 10, gone)).isZero();
        assertThat(expire(2_500, 2, gone)).isEqualTo(2);
        assertThat(expire(2_500, 10, gone)).isEqualTo(1);
        assertThat(gone).containsExactly("c 3 1000", "b 2 2000", "e 7 2000");
        assertThat(expire(NEVER, 10, gone)).isEqualTo(1);
        assertThat(retained.nextExpiryMs()).isEqualTo(NEVER);
        assertThat(walk("#", 10, 0)).containsExactly("d");
        assertThat(retained.topicBytes()).isEqualTo(1);
    }

    @Test
    void shouldKeepDollarTopicsFromWildcardsButNotFromACheckpoint() {
        put("$SYS/a", 1, NEVER);
        put("$", 2, NEVER);
        put("a", 3, NEVER);
        put("!", 4, NEVER);

        assertThat(walk("#", 10, 0)).containsExactly("!", "a");
        assertThat(walk("+/#", 10, 0)).containsExactly("!", "a");
        assertThat(walk("$SYS/#", 10, 0)).containsExactly("$SYS/a");
        assertThat(walk("+", 10, 0)).containsExactly("!", "a");
        final List<String> all = new ArrayList<>();
        assertThat(walk(RetainedCursor.ofAll(), 10, 0, all)).isTrue();
        assertThat(all).containsExactly("!", "$", "$SYS/a", "a");
    }

    @Test
    void shouldFindNothingForASharedSubscription() {
        put("a", 1, NEVER);

        assertThat(walk("$share/g/a", 10, 0)).isEmpty();
    }

    @Test
    void shouldLeapOverWhatCannotMatch() {
        final RetainedMessages many = new RetainedMessages(200_000, Integer.MAX_VALUE);
        for (int i = 0; i < 100_000; i++) {
            put(many, "a/" + i % 10 + "/" + i, i);
        }
        put(many, "a/5/here/x", 1);

        assertThat(steps(many, "a/5/here/#")).isLessThan(10);
        assertThat(steps(many, "a/+/here/+")).isLessThan(50);
        assertThat(steps(many, "+/5/77775")).isLessThan(10);
        assertThat(steps(many, "b")).isLessThan(10);
        assertThat(steps(many, "a/5")).isLessThan(10);
        assertThat(steps(many, "+")).isLessThan(10);
    }

    @Test
    void shouldWalkOverManyTopicsInShortSteps() {
        final int topics = Boolean.getBoolean("sluicemq.long") ? 1_000_000 : 100_000;
        final RetainedMessages many = new RetainedMessages(topics, Integer.MAX_VALUE);
        for (int i = 0; i < topics; i++) {
            put(many, "plant/" + i % 97 + "/sensor/" + i, i);
        }
        final RetainedCursor cursor = RetainedCursor.matching(TopicFilter.of("#"));
        final int[] visited = {0};
        long longestNs = 0;
        int calls = 0;

        final long startNs = System.nanoTime();
        boolean done = false;
        while (!done) {
            final int before = visited[0];
            final long callNs = System.nanoTime();
            done = many.walk(cursor, 500, 0, (topic, length, index, expiryMs) -> visited[0]++);
            longestNs = Math.max(longestNs, System.nanoTime() - callNs);
            calls++;
            assertThat(visited[0] - before).isLessThanOrEqualTo(500);
        }

        assertThat(visited[0]).isEqualTo(topics);
        assertThat(calls).isBetween(topics / 500, topics / 500 + 1);
        System.out.println("walk over " + topics + " topics: ms=" + (System.nanoTime() - startNs) / 1_000_000
                + " calls=" + calls + " longestUs=" + longestNs / 1_000);
    }

    @RepeatedTest(5)
    void shouldAgreeWithANaiveModelWhileTopicsChangeDuringWalks() {
        final long seed = TestTopics.seed(RetainedMessagesTest.class);
        final Random random = new Random(seed);
        final Map<String, Long> model = new HashMap<>();
        final RetainedMessages tree = new RetainedMessages(Integer.MAX_VALUE, Long.MAX_VALUE);

        for (int round = 0; round < 100; round++) {
            change(random, tree, model, 20);
            final String filter = TestTopics.randomFilter(random, 4, FILTER_LEVELS);
            final boolean all = random.nextInt(10) == 0;
            final Set<String> always = matching(model, filter, all);
            final Set<String> ever = new HashSet<>(always);
            final List<String> found = new ArrayList<>();
            final RetainedCursor cursor =
                    all ? RetainedCursor.ofAll() : RetainedCursor.matching(TopicFilter.of(filter));

            while (!tree.walk(cursor, 1 + random.nextInt(20), 0, (topic, length, index, expiryMs) -> {
                final String name = topic.getStringWithoutLengthUtf8(0, length);
                assertThat(model.get(name)).as("seed=%d", seed).isEqualTo(index);
                found.add(name);
            })) {
                change(random, tree, model, random.nextInt(4));
                final Set<String> now = matching(model, filter, all);
                always.retainAll(now);
                ever.addAll(now);
            }

            assertThat(found).as("seed=%d filter=%s", seed, filter).doesNotHaveDuplicates();
            assertThat(found).as("seed=%d filter=%s", seed, filter).containsAll(always);
            assertThat(ever).as("seed=%d filter=%s", seed, filter).containsAll(found);
            assertThat(tree.size()).as("seed=%d", seed).isEqualTo(model.size());
        }
    }

    @Test
    void shouldRefuseMisuse() {
        put("a", 1, NEVER);

        assertThatThrownBy(() -> put("", 1, NEVER)).hasMessageContaining("topicBytes=0");
        assertThatThrownBy(() -> put("a".repeat(TopicFilter.MAX_BYTES + 1), 1, NEVER))
                .hasMessageContaining("topicBytes=65536, limit=65535");
        assertThatThrownBy(() -> new RetainedMessages(0, 1)).hasMessageContaining("maxTopics=0");
        assertThatThrownBy(() -> retained.walk(
                        RetainedCursor.ofAll(), 1, 0, (topic, length, index, expiryMs) -> put("b", 1, NEVER)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(put("b", 1, NEVER)).isEqualTo(PutResult.ADDED);
    }

    private static void change(
            final Random random, final RetainedMessages tree, final Map<String, Long> model, final int count) {
        for (int i = 0; i < count; i++) {
            final String topic = TestTopics.random(random, 4, LEVELS);
            final DirectBuffer bytes = buffer(topic);
            if (random.nextInt(3) == 0) {
                assertThat(tree.remove(bytes, 0, bytes.capacity())).isEqualTo(model.remove(topic) != null);
            } else {
                final long index = random.nextInt(1_000_000);
                assertThat(tree.put(bytes, 0, bytes.capacity(), index, NEVER))
                        .isEqualTo(model.put(topic, index) == null ? PutResult.ADDED : PutResult.REPLACED);
            }
        }
    }

    private static Set<String> matching(final Map<String, Long> model, final String filter, final boolean all) {
        final Set<String> names = new HashSet<>(model.keySet());
        names.removeIf(topic -> !all && !TestTopics.naiveMatch(filter, topic));
        return names;
    }

    private static int steps(final RetainedMessages many, final String filter) {
        final RetainedCursor cursor = RetainedCursor.matching(TopicFilter.of(filter));
        int steps = 1;
        while (!many.walk(cursor, 1, 0, (topic, length, index, expiryMs) -> {})) {
            steps++;
        }
        return steps;
    }

    private static void put(final RetainedMessages many, final String topic, final long index) {
        final DirectBuffer bytes = buffer(topic);
        if (many.put(bytes, 0, bytes.capacity(), index, NEVER) != PutResult.ADDED) {
            throw new AssertionError("topic=" + topic + " was there");
        }
    }

    private PutResult put(final String topic, final long index, final long expiryMs) {
        final DirectBuffer bytes = buffer(topic);
        return retained.put(bytes, 0, bytes.capacity(), index, expiryMs);
    }

    private boolean remove(final String topic) {
        final DirectBuffer bytes = buffer(topic);
        return retained.remove(bytes, 0, bytes.capacity());
    }

    private long index(final String topic) {
        final DirectBuffer bytes = buffer(topic);
        return retained.index(bytes, 0, bytes.capacity());
    }

    private int expire(final long nowMs, final int limit, final List<String> gone) {
        return retained.expire(
                nowMs,
                limit,
                (topic, length, index, expiryMs) ->
                        gone.add(topic.getStringWithoutLengthUtf8(0, length) + " " + index + " " + expiryMs));
    }

    private List<String> walk(final String filter, final int maxSteps, final long nowMs) {
        final List<String> found = new ArrayList<>();
        assertThat(walk(RetainedCursor.matching(TopicFilter.of(filter)), maxSteps, nowMs, found))
                .isTrue();
        return found;
    }

    private boolean walk(final RetainedCursor cursor, final int maxSteps, final long nowMs, final List<String> found) {
        return retained.walk(
                cursor,
                maxSteps,
                nowMs,
                (topic, length, index, expiryMs) -> found.add(topic.getStringWithoutLengthUtf8(0, length)));
    }
}
