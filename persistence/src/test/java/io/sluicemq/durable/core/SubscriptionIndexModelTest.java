package io.sluicemq.durable.core;

import static io.sluicemq.durable.TestTopics.buffer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.TestTopics;
import io.sluicemq.durable.TopicFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Random steps on the index and on maps that do the same the slow way. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SubscriptionIndexModelTest {
    private static final int SUBSCRIBERS = 12;
    private static final String[] LEVELS = {"a", "b", "c", "", "$x", "long-" + "x".repeat(50), "\u20ac"};
    private static final String[] FILTER_LEVELS = {"a", "b", "c", "", "$x", "+", "+", "#", "\u20ac"};

    private final SubscriptionIndex index = new SubscriptionIndex();
    // subscriber -> filter -> options
    private final Map<Integer, Map<String, SubscriptionOptions>> model = new HashMap<>();

    @RepeatedTest(5)
    void shouldAgreeWithANaiveModel() {
        final long seed = TestTopics.seed(SubscriptionIndexModelTest.class);
        final Random random = new Random(seed);

        for (int step = 0; step < 3_000; step++) {
            final int subscriber = random.nextInt(SUBSCRIBERS);
            final String filter = TestTopics.randomFilter(random, 5, FILTER_LEVELS);
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> add(subscriber, filter, randomOptions(random), seed);
                case 4, 5 -> remove(subscriber, filter, seed);
                case 6 -> removeAll(random.nextInt(8) == 0 ? subscriber : SUBSCRIBERS, seed);
                default -> match(random.nextInt(SUBSCRIBERS), TestTopics.random(random, 6, LEVELS), seed);
            }
        }

        for (int subscriber = 0; subscriber < SUBSCRIBERS; subscriber++) {
            removeAll(subscriber, seed);
        }
        assertThat(index.nodeCount()).as("seed=%d", seed).isZero();
    }

    private static SubscriptionOptions randomOptions(final Random random) {
        return new SubscriptionOptions(
                random.nextInt(3),
                random.nextInt(4) == 0,
                random.nextInt(4) == 0,
                random.nextInt(3),
                random.nextInt(5));
    }

    private void add(final int subscriber, final String filter, final SubscriptionOptions options, final long seed) {
        final boolean known =
                model.computeIfAbsent(subscriber, id -> new HashMap<>()).put(filter, options) != null;

        assertThat(index.add(subscriber, TopicFilter.of(filter), options))
                .as("seed=%d filter=%s", seed, filter)
                .isEqualTo(known ? SubscriptionIndex.AddResult.REPLACED : SubscriptionIndex.AddResult.ADDED);
    }

    private void remove(final int subscriber, final String filter, final long seed) {
        final boolean known = model.getOrDefault(subscriber, new HashMap<>()).remove(filter) != null;

        assertThat(index.remove(subscriber, TopicFilter.of(filter)))
                .as("seed=%d filter=%s", seed, filter)
                .isEqualTo(known);
    }

    private void removeAll(final int subscriber, final long seed) {
        final Map<String, SubscriptionOptions> removed = model.remove(subscriber);

        assertThat(index.removeAll(subscriber)).as("seed=%d", seed).isEqualTo(removed == null ? 0 : removed.size());
        assertThat(index.subscriptionCount())
                .as("seed=%d", seed)
                .isEqualTo(model.values().stream().mapToInt(Map::size).sum());
    }

    private void match(final int publisher, final String topic, final long seed) {
        final Map<Integer, String> expected = new TreeMap<>();
        model.forEach((subscriber, filters) -> {
            final var matching = filters.entrySet().stream()
                    .filter(entry -> TestTopics.naiveMatch(entry.getKey(), topic))
                    .map(Map.Entry::getValue)
                    .filter(options -> !options.noLocal() || subscriber != publisher)
                    .toList();
            if (!matching.isEmpty()) {
                final int[] ids = matching.stream()
                        .mapToInt(SubscriptionOptions::subscriptionId)
                        .filter(id -> id > 0)
                        .toArray();
                final int qos = matching.stream()
                        .mapToInt(SubscriptionOptions::maxQos)
                        .max()
                        .orElseThrow();
                expected.put(
                        subscriber,
                        describe(qos, matching.stream().anyMatch(SubscriptionOptions::retainAsPublished), ids));
            }
        });
        final Map<Integer, String> found = new TreeMap<>();
        final DirectBuffer bytes = buffer(topic);

        final int count = index.match(bytes, 0, bytes.capacity(), publisher, match -> {
            final int[] ids = IntStream.range(0, match.subscriptionIdCount())
                    .map(match::subscriptionId)
                    .toArray();
            found.put(match.subscriberId(), describe(match.maxQos(), match.retainAsPublished(), ids));
        });

        assertThat(found)
                .as("seed=%d topic=%s", seed, topic)
                .isEqualTo(expected)
                .hasSize(count);
    }

    private static String describe(final int qos, final boolean retainAsPublished, final int[] ids) {
        return qos + " " + retainAsPublished + " "
                + IntStream.of(ids).sorted().boxed().toList();
    }
}
