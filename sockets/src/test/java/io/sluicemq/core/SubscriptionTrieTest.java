package io.sluicemq.core;

import static io.sluicemq.core.SubscriptionTrie.AddResult.FIRST_FOR_ANYONE;
import static io.sluicemq.core.SubscriptionTrie.AddResult.FIRST_FOR_SUBSCRIBER;
import static io.sluicemq.core.SubscriptionTrie.AddResult.OVER_BUDGET;
import static io.sluicemq.core.SubscriptionTrie.AddResult.REPEATED;
import static io.sluicemq.core.SubscriptionTrie.RemoveResult.LAST_FOR_ANYONE;
import static io.sluicemq.core.SubscriptionTrie.RemoveResult.LAST_FOR_SUBSCRIBER;
import static io.sluicemq.core.SubscriptionTrie.RemoveResult.NOT_SUBSCRIBED;
import static io.sluicemq.core.SubscriptionTrie.RemoveResult.STILL_SUBSCRIBED;
import static io.sluicemq.core.TestBytes.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SubscriptionTrieTest {
    private static final long AMPLE = 1L << 40;
    private static final int SLOTS = 301;

    private final SubscriptionTrie trie = new SubscriptionTrie(AMPLE);
    private final Matches matches = new Matches();

    @Test
    void shouldMatchEverySubscriberOfAPrefixOnce() {
        add("", 1);
        add("a", 1);
        add("a", 2);
        add("abc", 3);
        add("b", 4);

        assertThat(match("abcd")).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(match("ab")).containsExactlyInAnyOrder(1, 2);
        assertThat(match("b")).containsExactlyInAnyOrder(1, 4);
        assertThat(match("")).containsExactly(1);
        assertThat(trie.topicsCount()).isEqualTo(4);
        assertThat(trie.subscriptionCount()).isEqualTo(5);
    }

    @Test
    void shouldTellWhoWasFirst() {
        assertThat(add("topic", 7)).isEqualTo(FIRST_FOR_ANYONE);
        assertThat(add("topic", 7)).isEqualTo(REPEATED);
        assertThat(add("topic", 8)).isEqualTo(FIRST_FOR_SUBSCRIBER);
        assertThat(add("top", 8)).isEqualTo(FIRST_FOR_ANYONE);
        assertThat(trie.subscriptionCount()).isEqualTo(3);
    }

    @Test
    void shouldRemoveAsOftenAsWasAdded() {
        add("topic", 7);
        add("topic", 7);
        add("topic", 8);

        assertThat(remove("topic", 7)).isEqualTo(STILL_SUBSCRIBED);
        assertThat(match("topic")).containsExactlyInAnyOrder(7, 8);
        assertThat(remove("topic", 7)).isEqualTo(LAST_FOR_SUBSCRIBER);
        assertThat(remove("topic", 7)).isEqualTo(NOT_SUBSCRIBED);
        assertThat(remove("topi", 8)).isEqualTo(NOT_SUBSCRIBED);
        assertThat(remove("topic", 8)).isEqualTo(LAST_FOR_ANYONE);
        assertThat(match("topic")).isEmpty();
        assertThat(trie.topicsCount()).isZero();
    }

    @Test
    void shouldCancelAllRepetitionsAtOnceAsLibzmqPublishersDo() {
        add("topic", 7);
        add("topic", 7);

        assertThat(trie.cancel(buffer("topic"), 0, 5, 7)).isEqualTo(LAST_FOR_ANYONE);
        assertThat(trie.cancel(buffer("topic"), 0, 5, 7)).isEqualTo(NOT_SUBSCRIBED);
    }

    @Test
    void shouldReportOnlyOrphanedPrefixesWhenASubscriberGoes() {
        add("a", 1);
        add("a", 2);
        add("ab", 1);
        add("ab", 1);
        add("", 1);
        final Set<String> orphaned = new TreeSet<>();

        trie.removeAll(1, prefix -> orphaned.add(TestBytes.text(prefix)));

        assertThat(orphaned).containsExactly("", "ab");
        assertThat(match("abc")).containsExactly(2);
        assertThat(trie.hasSubscriptions(1)).isFalse();
        assertThat(trie.subscriptionCount()).isEqualTo(1);
        assertThat(trie.topicsCount()).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatExceedsTheBudgetAndAcceptItAfterACancel() {
        final long budget = 2L * SubscriptionTrie.SUBSCRIPTION_OVERHEAD_BYTES + 10;
        final SubscriptionTrie small = new SubscriptionTrie(budget);

        assertThat(small.add(buffer("01234"), 0, 5, 3)).isEqualTo(FIRST_FOR_ANYONE);
        assertThat(small.add(buffer("012345"), 0, 6, 3)).isEqualTo(OVER_BUDGET);
        assertThat(small.add(buffer("56789"), 0, 5, 3)).isEqualTo(FIRST_FOR_ANYONE);
        assertThat(small.add(buffer(""), 0, 0, 3)).isEqualTo(OVER_BUDGET);
        assertThat(small.add(buffer("01234"), 0, 5, 3)).isEqualTo(REPEATED);
        assertThat(small.add(buffer("012345"), 0, 6, 4)).isEqualTo(FIRST_FOR_ANYONE);
        small.cancel(buffer("01234"), 0, 5, 3);
        assertThat(small.add(buffer(""), 0, 0, 3)).isEqualTo(FIRST_FOR_ANYONE);
        assertThat(small.subscriptionCount()).isEqualTo(3);
    }

    @Test
    void shouldListWhoDidNotMatch() {
        final SlotSet everybody = SlotSet.of(1).with(2).with(70).with(500);
        add("a", 2);
        add("a", 500);
        match("abc");

        matches.invert(everybody);

        assertThat(slots()).containsExactlyInAnyOrder(1, 70);
        assertThat(matches.contains(70)).isTrue();
        assertThat(matches.contains(500)).isFalse();
        assertThat(match("b")).isEmpty();
        matches.invert(everybody);
        assertThat(slots()).containsExactlyInAnyOrder(1, 2, 70, 500);
        assertThat(match("a")).containsExactlyInAnyOrder(2, 500);
    }

    @Test
    void shouldTakeDeepNestingWithoutRecursion() {
        final int depth = 3_000;
        final DirectBuffer topic = buffer("x".repeat(depth));
        for (int length = 0; length <= depth; length++) {
            trie.add(topic, 0, length, length & 1023);
        }

        trie.match(topic, 0, depth, matches);
        assertThat(matches.count()).isEqualTo(1024);
        for (int length = 0; length <= depth; length++) {
            assertThat(trie.remove(topic, 0, length, length & 1023)).isEqualTo(LAST_FOR_ANYONE);
        }
        assertThat(trie.topicsCount()).isZero();
    }

    @Test
    void shouldHoldAHundredThousandPrefixesAndLongOnes() {
        final int count = 100_000;
        final String tail = "/".repeat(300);
        for (int i = 0; i < count; i++) {
            assertThat(add("market/" + i + (i % 1000 == 0 ? tail : ""), i % SLOTS))
                    .isEqualTo(FIRST_FOR_ANYONE);
        }

        assertThat(match("market/77777/last"))
                .contains(7 % SLOTS, 77 % SLOTS, 777 % SLOTS, 7777 % SLOTS, 77777 % SLOTS);
        assertThat(match("market/5000" + tail)).contains(5000 % SLOTS);
        assertThat(match("market/5000" + tail.substring(1))).doesNotContain(5000 % SLOTS);
        assertThat(trie.topicsCount()).isEqualTo(count);
        for (int slot = 0; slot < SLOTS; slot++) {
            trie.removeAll(slot, prefix -> {});
        }
        assertThat(trie.topicsCount()).isZero();
        assertThat(match("market/77777/last")).isEmpty();
    }

    @Test
    void shouldMatchWithoutAllocation() {
        for (int i = 0; i < 2_000; i++) {
            add("t" + i, i);
            add("t", i);
        }
        final DirectBuffer topic = buffer("t1999/x");
        final SlotSet everybody = SlotSet.of(1).with(5_000);
        trie.match(topic, 0, topic.capacity(), matches);
        matches.invert(everybody);

        final long allocated = TestBytes.allocatedBytes(() -> {
            for (int i = 0; i < 2_000; i++) {
                trie.match(topic, 0, topic.capacity(), matches);
                matches.invert(everybody);
                trie.matchesAny(topic, 0, topic.capacity());
            }
        });

        assertThat(allocated).isZero();
    }

    @Test
    void shouldRefuseANegativeSlot() {
        assertThatThrownBy(() -> trie.add(new UnsafeBuffer(new byte[0]), 0, 0, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slot=-1");
    }

    private SubscriptionTrie.AddResult add(final String prefix, final int slot) {
        return trie.add(buffer("#" + prefix + "#"), 1, prefix.length(), slot);
    }

    private SubscriptionTrie.RemoveResult remove(final String prefix, final int slot) {
        return trie.remove(buffer("#" + prefix + "#"), 1, prefix.length(), slot);
    }

    private List<Integer> match(final String topic) {
        trie.match(buffer("#" + topic + "#"), 1, topic.length(), matches);
        return slots();
    }

    private List<Integer> slots() {
        final List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < matches.count(); i++) {
            slots.add(matches.slot(i));
        }
        return slots;
    }
}
