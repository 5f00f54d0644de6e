package io.sluicemq.core;

import static io.sluicemq.core.TestBytes.buffer;
import static io.sluicemq.core.TestBytes.randomText;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Random steps on the trie and on maps that do the same the slow way. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SubscriptionTrieModelTest {
    private static final int SLOTS = 140;

    private final SubscriptionTrie trie = new SubscriptionTrie(Long.MAX_VALUE);
    private final Matches matches = new Matches();
    // prefix -> slot -> count
    private final Map<String, Map<Integer, Integer>> model = new HashMap<>();

    @RepeatedTest(10)
    void shouldAgreeWithANaiveModel() {
        final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
        System.err.println("SubscriptionTrieModelTest seed=" + seed);
        final Random random = new Random(seed);

        for (int step = 0; step < 5_000; step++) {
            final String prefix = randomText(random, random.nextInt(8) == 0 ? 300 : 6);
            final int slot = random.nextInt(SLOTS);
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> add(prefix, slot, seed);
                case 4, 5, 6 -> remove(prefix, slot, seed);
                case 7 -> cancel(prefix, slot, seed);
                case 8 -> removeAll(slot, random.nextInt(4) == 0, seed);
                default -> match(randomText(random, 12), seed);
            }
            assertThat(trie.topicsCount()).as("seed=%d", seed).isEqualTo(model.size());
            assertThat(trie.subscriptionCount())
                    .as("seed=%d", seed)
                    .isEqualTo(model.values().stream().mapToInt(Map::size).sum());
        }

        for (int slot = 0; slot < SLOTS; slot++) {
            removeAll(slot, true, seed);
        }
        assertThat(trie.topicsCount()).as("seed=%d", seed).isZero();
    }

    private void add(final String prefix, final int slot, final long seed) {
        final boolean firstForAnyone = !model.containsKey(prefix);
        final Map<Integer, Integer> counts = model.computeIfAbsent(prefix, key -> new HashMap<>());
        final int count = counts.merge(slot, 1, Integer::sum);
        final SubscriptionTrie.AddResult expected = firstForAnyone
                ? SubscriptionTrie.AddResult.FIRST_FOR_ANYONE
                : count == 1 ? SubscriptionTrie.AddResult.FIRST_FOR_SUBSCRIBER : SubscriptionTrie.AddResult.REPEATED;

        assertThat(trie.add(buffer(prefix), 0, prefix.length(), slot))
                .as("seed=%d", seed)
                .isEqualTo(expected);
    }

    private void remove(final String prefix, final int slot, final long seed) {
        final Integer count = model.getOrDefault(prefix, Map.of()).get(slot);
        SubscriptionTrie.RemoveResult expected = SubscriptionTrie.RemoveResult.STILL_SUBSCRIBED;
        if (count != null && count > 1) {
            model.get(prefix).put(slot, count - 1);
        } else {
            expected = forget(prefix, slot);
        }

        assertThat(trie.remove(buffer(prefix), 0, prefix.length(), slot))
                .as("seed=%d", seed)
                .isEqualTo(expected);
    }

    private void cancel(final String prefix, final int slot, final long seed) {
        final SubscriptionTrie.RemoveResult expected = forget(prefix, slot);

        assertThat(trie.cancel(buffer(prefix), 0, prefix.length(), slot))
                .as("seed=%d", seed)
                .isEqualTo(expected);
    }

    private SubscriptionTrie.RemoveResult forget(final String prefix, final int slot) {
        final Map<Integer, Integer> counts = model.get(prefix);
        if (counts == null || counts.remove(slot) == null) {
            return SubscriptionTrie.RemoveResult.NOT_SUBSCRIBED;
        }
        if (counts.isEmpty()) {
            model.remove(prefix);
            return SubscriptionTrie.RemoveResult.LAST_FOR_ANYONE;
        }
        return SubscriptionTrie.RemoveResult.LAST_FOR_SUBSCRIBER;
    }

    private void removeAll(final int slot, final boolean really, final long seed) {
        final Set<String> held = new TreeSet<>();
        trie.forEach(slot, prefix -> held.add(TestBytes.text(prefix)));
        final Set<String> expectedHeld = new TreeSet<>();
        model.forEach((prefix, counts) -> {
            if (counts.containsKey(slot)) {
                expectedHeld.add(prefix);
            }
        });
        assertThat(held).as("seed=%d", seed).isEqualTo(expectedHeld);
        if (!really) {
            return;
        }

        final Set<String> orphaned = new TreeSet<>();
        trie.removeAll(slot, prefix -> orphaned.add(TestBytes.text(prefix)));

        expectedHeld.removeIf(prefix -> forget(prefix, slot) != SubscriptionTrie.RemoveResult.LAST_FOR_ANYONE);
        assertThat(orphaned).as("seed=%d", seed).isEqualTo(expectedHeld);
    }

    private void match(final String topic, final long seed) {
        final Set<Integer> expected = new TreeSet<>();
        model.forEach((prefix, counts) -> {
            if (topic.startsWith(prefix)) {
                expected.addAll(counts.keySet());
            }
        });
        final DirectBuffer bytes = buffer(topic);

        trie.match(bytes, 0, topic.length(), matches);

        final Set<Integer> actual = new TreeSet<>();
        for (int i = 0; i < matches.count(); i++) {
            assertThat(actual.add(matches.slot(i))).as("seed=%d", seed).isTrue();
        }
        assertThat(actual).as("seed=%d topic=%s", seed, topic).isEqualTo(expected);
        assertThat(trie.matchesAny(bytes, 0, topic.length()))
                .as("seed=%d", seed)
                .isEqualTo(!expected.isEmpty());
    }
}
