package io.sluicemq.durable.core;

import static io.sluicemq.durable.TestTopics.buffer;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluicemq.durable.TopicFilter;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the way of a message does here makes no garbage. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MatchAllocationTest {
    private static final int WARM_UP = 50_000;
    private static final int TURNS = 1_000_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final DirectBuffer[] topics = IntStream.range(0, 256)
            .mapToObj(i -> buffer("plant/" + i % 16 + "/sensor/" + i))
            .toArray(DirectBuffer[]::new);
    private final String[] texts = IntStream.range(0, 256)
            .mapToObj(i -> "plant/" + i % 16 + "/sensor/" + i)
            .toArray(String[]::new);
    private long sum;

    @Test
    void shouldAllocateNothingWhenFilterIsMatched() {
        final TopicFilter filter = TopicFilter.of("plant/+/sensor/#");

        final long allocated = allocatedBytes("filter.matches", turn -> {
            final DirectBuffer topic = topics[turn & 255];
            return filter.matches(topic, 0, topic.capacity())
                    && filter.matches(texts[turn & 255])
                    && TopicFilter.isTopic(topic, 0, topic.capacity());
        });

        assertThat(allocated).isLessThan(TURNS);
    }

    @Test
    void shouldAllocateNothingWhenIndexIsMatched() {
        final SubscriptionIndex index = new SubscriptionIndex();
        for (int i = 0; i < 10_000; i++) {
            index.add(
                    i,
                    TopicFilter.of("plant/" + i % 16 + "/sensor/" + i),
                    new SubscriptionOptions(1, true, true, 0, 7));
        }
        index.add(0, TopicFilter.of("plant/+/sensor/+"), new SubscriptionOptions(2, false, false, 0, 8));
        index.add(1, TopicFilter.of("plant/#"), SubscriptionOptions.ofQos(0));
        index.add(-1, TopicFilter.of("+/+/+/#"), SubscriptionOptions.ofQos(0));
        final MatchVisitor visitor = match -> {
            for (int i = 0; i < match.subscriptionIdCount(); i++) {
                sum += match.subscriptionId(i);
            }
            sum += match.subscriberId() + match.maxQos();
        };

        final long allocated = allocatedBytes("index.match, 10,003 filters, 4 results", turn -> {
            final DirectBuffer topic = topics[turn & 255];
            return index.match(topic, 0, topic.capacity(), 1, visitor) > 2;
        });

        assertThat(allocated).isLessThan(TURNS);
        assertThat(sum).isPositive();
    }

    @Test
    void shouldAllocateNothingWhenMessageIsAssigned() {
        final SharedGroups groups = new SharedGroups();
        final TopicFilter filter = TopicFilter.of("$share/g/a");
        for (int i = 0; i < 8; i++) {
            groups.join(i, filter, SubscriptionOptions.ofQos(1), i);
        }
        final SharedGroup group = groups.find(filter);
        final AssignedMessages assigned = new AssignedMessages();
        final IntPredicate room = member -> member != 5;

        final long allocated = allocatedBytes("assign, 100 in flight", turn -> {
            assigned.add(turn, group.since, 1);
            assigned.onRead(turn);
            assigned.forgetBefore(turn - 100);
            return group.choose(room) != null && assigned.unread() == 0;
        });

        assertThat(allocated).isLessThan(TURNS);
    }

    @Test
    void shouldAllocateNothingWhenRetainedMessageIsReplaced() {
        final RetainedMessages retained = new RetainedMessages(1_000, 100_000);
        for (final DirectBuffer topic : topics) {
            retained.put(topic, 0, topic.capacity(), 1, RetainedMessages.NEVER);
        }

        final long allocated = allocatedBytes("retained.put", turn -> {
            final DirectBuffer topic = topics[turn & 255];
            return retained.put(topic, 0, topic.capacity(), turn, RetainedMessages.NEVER)
                    == RetainedMessages.PutResult.REPLACED;
        });

        assertThat(allocated).isLessThan(TURNS);
    }

    private long allocatedBytes(final String what, final IntPredicate step) {
        run(step, 0, WARM_UP);
        final long startNs = System.nanoTime();
        final long before = threads.getCurrentThreadAllocatedBytes();

        run(step, WARM_UP, TURNS);

        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        System.out.println(what + ": ns=" + (System.nanoTime() - startNs) / TURNS + " allocated=" + allocated + " B in "
                + TURNS + " turns");
        return allocated;
    }

    private static void run(final IntPredicate step, final int first, final int count) {
        for (int turn = first; turn < first + count; turn++) {
            if (!step.test(turn)) {
                throw new AssertionError("turn=" + turn);
            }
        }
    }
}
