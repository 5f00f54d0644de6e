package io.sluicemq.durable.core;

import static io.sluicemq.durable.TestTopics.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.durable.TestTopics;
import io.sluicemq.durable.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All filters and all topics of up to four levels over a small alphabet, against a naive matcher. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TopicEnumerationTest {
    private static final List<String> TEXTS = TestTopics.all(4, "a", "b", "", "$x", "+", "#");
    private static final List<String> FILTERS =
            TEXTS.stream().filter(TestTopics::naiveIsFilter).toList();
    private static final List<String> TOPICS = TestTopics.all(4, "a", "b", "", "$x").stream()
            .filter(topic -> !topic.isEmpty())
            .toList();

    @Test
    void shouldTakeThoseFiltersThatAreValidAndNoOthers() {
        final List<String> refused =
                TEXTS.stream().filter(text -> !TestTopics.naiveIsFilter(text)).toList();

        assertThat(FILTERS).hasSizeGreaterThan(800);
        assertThat(refused).hasSizeGreaterThan(200);
        for (final String text : FILTERS) {
            assertThat(TopicFilter.of(text)).hasToString(text);
        }
        for (final String text : refused) {
            assertThatThrownBy(() -> TopicFilter.of(text))
                    .as("text=%s", text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldMatchAsTheNaiveMatcherDoes() {
        for (final String text : FILTERS) {
            final TopicFilter filter = TopicFilter.of(text);
            final TopicFilter shared = TopicFilter.of("$share/g/" + text);
            for (final String topic : TOPICS) {
                final boolean expected = TestTopics.naiveMatch(text, topic);
                if (TestTopics.matches(filter, topic) != expected || shared.matches(topic) != expected) {
                    throw new AssertionError("filter=" + text + " topic=" + topic + " expected=" + expected);
                }
            }
        }
    }

    @Test
    void shouldFindInTheIndexWhatEachFilterMatches() {
        final SubscriptionIndex index = new SubscriptionIndex();
        for (int id = 0; id < FILTERS.size(); id++) {
            index.add(id, TopicFilter.of(FILTERS.get(id)), SubscriptionOptions.ofQos(1));
        }
        for (final String topic : TOPICS) {
            final Set<String> expected = FILTERS.stream()
                    .filter(filter -> TestTopics.naiveMatch(filter, topic))
                    .collect(Collectors.toCollection(TreeSet::new));
            final List<String> found = new ArrayList<>();
            final DirectBuffer bytes = buffer(topic);

            index.match(
                    bytes,
                    0,
                    bytes.capacity(),
                    SubscriptionIndex.NO_SUBSCRIBER,
                    match -> found.add(FILTERS.get(match.subscriberId())));

            assertThat(new TreeSet<>(found)).as("topic=%s", topic).isEqualTo(expected);
            assertThat(found).as("topic=%s", topic).hasSameSizeAs(expected);
        }
    }

    @Test
    void shouldWalkOverRetainedTopicsThatEachFilterMatches() {
        final RetainedMessages retained = new RetainedMessages(TOPICS.size(), Integer.MAX_VALUE);
        for (int i = 0; i < TOPICS.size(); i++) {
            final DirectBuffer bytes = buffer(TOPICS.get(i));
            retained.put(bytes, 0, bytes.capacity(), i, RetainedMessages.NEVER);
        }
        for (final String filter : FILTERS) {
            final Set<String> expected = TOPICS.stream()
                    .filter(topic -> TestTopics.naiveMatch(filter, topic))
                    .collect(Collectors.toCollection(TreeSet::new));
            final List<String> found = new ArrayList<>();
            final RetainedCursor cursor = RetainedCursor.matching(TopicFilter.of(filter));

            final boolean done = retained.walk(cursor, 2 * TOPICS.size(), 0, (topic, length, index, expiryMs) -> {
                assertThat(topic.getStringWithoutLengthUtf8(0, length)).isEqualTo(TOPICS.get((int) index));
                found.add(TOPICS.get((int) index));
            });

            assertThat(done).isTrue();
            assertThat(new TreeSet<>(found)).as("filter=%s", filter).isEqualTo(expected);
            assertThat(found).as("filter=%s", filter).hasSameSizeAs(expected);
        }
    }
}
