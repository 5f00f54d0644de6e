package io.sluicemq.durable.core;

import static io.sluicemq.durable.TestTopics.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.durable.TopicFilter;
import io.sluicemq.durable.core.SubscriptionIndex.AddResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SubscriptionIndexTest {
    private static final SubscriptionOptions QOS_1 = SubscriptionOptions.ofQos(1);

    private final SubscriptionIndex index = new SubscriptionIndex();

    @Test
    void shouldGiveOneResultWithMaxQosAndAllIdsWhenSubscriptionsOverlap() {
        add(7, "a/#", new SubscriptionOptions(0, false, false, 0, 11));
        add(7, "a/+", new SubscriptionOptions(2, false, true, 0, 12));
        add(7, "a/b", new SubscriptionOptions(1, false, false, 0, 12));
        add(7, "+/b", SubscriptionOptions.ofQos(0));
        add(7, "a/c", new SubscriptionOptions(2, false, false, 0, 13));

        assertThat(match("a/b")).containsExactly("7 qos=2 rap=true ids=[11, 12, 12]");
        assertThat(match("a")).containsExactly("7 qos=0 rap=false ids=[11]");
        assertThat(match("x/b")).containsExactly("7 qos=0 rap=false ids=[]");
    }

    @Test
    void shouldReplaceOptionsWhenFilterIsTheSame() {
        add(1, "a", new SubscriptionOptions(2, false, true, 0, 5));

        final AddResult result = index.add(1, TopicFilter.of("a"), QOS_1);

        assertThat(result).isEqualTo(AddResult.REPLACED);
        assertThat(match("a")).containsExactly("1 qos=1 rap=false ids=[]");
        assertThat(index.subscriptionCount()).isEqualTo(1);
    }

    @Test
    void shouldLeaveOutOnlyTheNoLocalSubscriptionsOfThePublisher() {
        add(1, "a", new SubscriptionOptions(2, true, false, 0, 5));
        add(2, "a", new SubscriptionOptions(2, true, false, 0, 6));

        assertThat(matchFrom(1, "a")).containsExactly("2 qos=2 rap=false ids=[6]");
        add(1, "#", new SubscriptionOptions(0, false, false, 0, 7));
        assertThat(matchFrom(1, "a"))
                .containsExactlyInAnyOrder("2 qos=2 rap=false ids=[6]", "1 qos=0 rap=false ids=[7]");
        assertThat(match("a")).contains("1 qos=2 rap=false ids=[7, 5]");
    }

    @Test
    void shouldRemoveExactlyTheFilterThatIsNamed() {
        add(1, "a/+", QOS_1);
        add(1, "a/#", QOS_1);
        add(2, "a/+", QOS_1);

        assertThat(index.remove(1, TopicFilter.of("a/b"))).isFalse();
        assertThat(index.remove(3, TopicFilter.of("a/+"))).isFalse();
        assertThat(index.remove(1, TopicFilter.of("a/#"))).isTrue();
        assertThat(index.remove(1, TopicFilter.of("a/#"))).isFalse();
        assertThat(match("a/b/c")).isEmpty();
        assertThat(match("a/b")).hasSize(2);
    }

    @Test
    void shouldKeepNoNodeWhenTheLastSubscriptionWent() {
        add(1, "a/b/c/+/#", QOS_1);
        add(1, "a/b", QOS_1);
        add(2, "+/+/#", QOS_1);
        assertThat(index.nodeCount()).isEqualTo(6);

        index.remove(1, TopicFilter.of("a/b/c/+/#"));
        assertThat(index.nodeCount()).isEqualTo(4);
        assertThat(index.removeAll(1)).isEqualTo(1);
        assertThat(index.removeAll(1)).isZero();
        index.remove(2, TopicFilter.of("+/+/#"));

        assertThat(index.nodeCount()).isZero();
        assertThat(index.subscriptionCount()).isZero();
        assertThat(index.subscriberCount()).isZero();
    }

    @Test
    void shouldRefuseMoreLevelsThanTheLimit() {
        final String most = "/".repeat(SubscriptionIndex.MAX_LEVELS - 1);
        add(1, most, QOS_1);

        assertThat(index.add(1, TopicFilter.of(most + "/"), QOS_1)).isEqualTo(AddResult.TOO_DEEP);
        assertThat(match(most)).hasSize(1);
        assertThat(match(most + "/")).isEmpty();
    }

    @Test
    void shouldMatchTopicsOfMoreLevelsThanAFilterMayHave() {
        final String deepest = "+/".repeat(SubscriptionIndex.MAX_LEVELS - 1) + "#";
        final String exact = "+/".repeat(SubscriptionIndex.MAX_LEVELS - 1) + "+";
        add(1, deepest, QOS_1);
        add(2, exact, QOS_1);
        add(3, "#", QOS_1);

        assertThat(match("a" + "/a".repeat(SubscriptionIndex.MAX_LEVELS - 2))).hasSize(2);
        assertThat(match("a" + "/a".repeat(SubscriptionIndex.MAX_LEVELS - 1))).hasSize(3);
        assertThat(match("a" + "/a".repeat(SubscriptionIndex.MAX_LEVELS))).hasSize(2);
        assertThat(match("/".repeat(TopicFilter.MAX_BYTES))).hasSize(2);
    }

    @Test
    void shouldRefuseSubscriptionsBeyondTheNumberOfASubscriber() {
        for (int i = 0; i < SubscriptionIndex.MAX_SUBSCRIPTIONS; i++) {
            add(1, "a/" + i, QOS_1);
        }

        assertThat(index.add(1, TopicFilter.of("b"), QOS_1)).isEqualTo(AddResult.TOO_MANY);
        assertThat(index.add(1, TopicFilter.of("a/5"), QOS_1)).isEqualTo(AddResult.REPLACED);
        assertThat(index.add(2, TopicFilter.of("b"), QOS_1)).isEqualTo(AddResult.ADDED);
        index.remove(1, TopicFilter.of("a/5"));
        assertThat(index.add(1, TopicFilter.of("b"), QOS_1)).isEqualTo(AddResult.ADDED);
    }

    @Test
    void shouldRefuseSubscriptionsBeyondTheLevelsOfASubscriber() {
        final String deep = "/".repeat(SubscriptionIndex.MAX_LEVELS - 1);
        int added = 0;
        while (index.add(1, TopicFilter.of(added + deep), QOS_1) == AddResult.ADDED) {
            added++;
        }

        assertThat(added).isEqualTo(SubscriptionIndex.MAX_TOTAL_LEVELS / SubscriptionIndex.MAX_LEVELS);
        assertThat(index.removeAll(1)).isEqualTo(added);
        assertThat(index.add(1, TopicFilter.of(deep), QOS_1)).isEqualTo(AddResult.ADDED);
    }

    @Test
    void shouldRefuseSubscriptionsBeyondTheBytesOfASubscriber() {
        final String longLevel = "x".repeat(TopicFilter.MAX_BYTES - 2);
        int added = 0;
        while (index.add(1, TopicFilter.of(longLevel + (10 + added)), QOS_1) == AddResult.ADDED) {
            added++;
        }

        assertThat(added).isEqualTo(SubscriptionIndex.MAX_TOTAL_BYTES / TopicFilter.MAX_BYTES);
        index.remove(1, TopicFilter.of(longLevel + 10));
        assertThat(index.add(1, TopicFilter.of(longLevel + 10), QOS_1)).isEqualTo(AddResult.ADDED);
    }

    @Test
    void shouldMatchInBoundedTimeWhenFiltersAreHostile() {
        // As many nodes as a subscriber may have, and each on the way of the topic: all choices of a and + for nine
        // levels, then a chain of + as long as may be that ends with what the topic has not.
        final int chain = SubscriptionIndex.MAX_LEVELS - 10;
        IntStream.range(0, 512)
                .mapToObj(bits -> prefix(bits) + "+/".repeat(chain) + "never")
                .forEach(filter -> add(1, filter, QOS_1));
        final String topic = "a/".repeat(SubscriptionIndex.MAX_LEVELS - 1) + "a";
        assertThat(index.nodeCount())
                .isBetween(SubscriptionIndex.MAX_TOTAL_LEVELS * 9 / 10, SubscriptionIndex.MAX_TOTAL_LEVELS);

        final long startNs = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThat(match(topic)).isEmpty();
        }
        final long elapsedMs = (System.nanoTime() - startNs) / 1_000_000;

        // Each takes a millisecond or so. Without the bound it would be 2^127 steps.
        assertThat(elapsedMs).isLessThan(30_000);
        System.out.println("hostile filters: " + index.nodeCount() + " nodes on the way, us/match=" + elapsedMs * 10);
    }

    @Test
    void shouldFindLevelsWhoseHashesCollide() {
        // "Aa" and "BB" have the same hash, and so has each row of them.
        final List<String> levels = new ArrayList<>(List.of(""));
        for (int i = 0; i < 12; i++) {
            final List<String> longer = new ArrayList<>();
            levels.forEach(level -> longer.addAll(List.of(level + "Aa", level + "BB")));
            levels.clear();
            levels.addAll(longer);
        }
        // One of them is left out, so that its hash is known and it is not.
        for (int i = 1; i < levels.size(); i++) {
            add(i, levels.get(i) + "/x", QOS_1);
        }

        for (int i = 1; i < levels.size(); i++) {
            assertThat(match(levels.get(i) + "/x")).containsExactly(i + " qos=1 rap=false ids=[]");
        }
        assertThat(match(levels.get(0) + "/x")).isEmpty();
    }

    @Test
    void shouldTakeANegativeSubscriberForAGroup() {
        add(-1, "a", QOS_1);

        assertThat(match("a")).containsExactly("-1 qos=1 rap=false ids=[]");
    }

    @Test
    void shouldRefuseMisuse() {
        final TopicFilter filter = TopicFilter.of("a");
        final DirectBuffer tooLong = buffer("a".repeat(TopicFilter.MAX_BYTES + 1));
        add(1, "a", QOS_1);

        assertThatThrownBy(() -> index.add(1, TopicFilter.of("$share/g/a"), QOS_1))
                .hasMessageContaining("join SharedGroups");
        assertThatThrownBy(() -> index.add(SubscriptionIndex.NO_SUBSCRIBER, filter, QOS_1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.match(tooLong, 0, tooLong.capacity(), 0, match -> {}))
                .hasMessageContaining("topicBytes=65536, limit=65535");
        assertThatThrownBy(() -> index.match(buffer("a"), 0, 1, 0, match -> index.remove(1, filter)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(match("a")).hasSize(1);
        assertThatThrownBy(() -> SubscriptionOptions.ofQos(3)).hasMessage("maxQos=3, limit=2, use 0 to 2");
        assertThatThrownBy(
                        () -> new SubscriptionOptions(0, false, false, 0, SubscriptionOptions.MAX_SUBSCRIPTION_ID + 1))
                .hasMessageContaining("subscriptionId=268435456");
        assertThatThrownBy(() ->
                        index.match(buffer("a"), 0, 1, 0, match -> match.subscriptionId(match.subscriptionIdCount())))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static String prefix(final int bits) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            text.append((bits & 1 << i) == 0 ? "a/" : "+/");
        }
        return text.toString();
    }

    private void add(final int subscriber, final String filter, final SubscriptionOptions options) {
        assertThat(index.add(subscriber, TopicFilter.of(filter), options)).isEqualTo(AddResult.ADDED);
    }

    private List<String> match(final String topic) {
        return matchFrom(SubscriptionIndex.NO_SUBSCRIBER, topic);
    }

    private List<String> matchFrom(final int publisher, final String topic) {
        final List<String> found = new ArrayList<>();
        final DirectBuffer bytes = buffer(topic);
        final int count = index.match(bytes, 0, bytes.capacity(), publisher, match -> found.add(describe(match)));
        assertThat(found).hasSize(count);
        return found;
    }

    private static String describe(final SubscriberMatch match) {
        final List<Integer> ids = IntStream.range(0, match.subscriptionIdCount())
                .map(match::subscriptionId)
                .boxed()
                .toList();
        return match.subscriberId() + " qos=" + match.maxQos() + " rap=" + match.retainAsPublished() + " ids=" + ids;
    }
}
