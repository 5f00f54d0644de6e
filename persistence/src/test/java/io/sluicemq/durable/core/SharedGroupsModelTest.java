package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.TestTopics;
import io.sluicemq.durable.TopicFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Random steps on the groups, and on lists that do the same the slow way. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SharedGroupsModelTest {
    private static final int MEMBERS = 6;
    private static final int GROUPS = 4;
    private static final int NOBODY = -1;

    private final SharedGroups groups = new SharedGroups();
    // For each filter: who has subscribed with which QoS, in turn.
    private final List<Map<Integer, Integer>> turns = new ArrayList<>();
    private final boolean[] full = new boolean[MEMBERS];
    private long lastIndex;
    private long seed;

    @RepeatedTest(5)
    void shouldAgreeWithANaiveModel() {
        seed = TestTopics.seed(SharedGroupsModelTest.class);
        final Random random = new Random(seed);
        for (int i = 0; i < GROUPS; i++) {
            turns.add(new LinkedHashMap<>());
        }

        for (int step = 0; step < 5_000; step++) {
            final int group = random.nextInt(GROUPS);
            final int member = random.nextInt(MEMBERS);
            full[random.nextInt(MEMBERS)] = random.nextBoolean();
            switch (random.nextInt(10)) {
                case 0, 1 -> join(group, member, random.nextInt(3));
                case 2, 3 -> leave(group, member);
                default -> choose(group);
            }
            compare(group);
        }
    }

    @RepeatedTest(5)
    void shouldRememberWhatIsAssignedLikeAMap() {
        seed = TestTopics.seed(SharedGroupsModelTest.class);
        final Random random = new Random(seed);
        final AssignedMessages assigned = new AssignedMessages();
        final TreeMap<Long, Long> expected = new TreeMap<>();
        long read = 0;
        long position = 0;

        for (int step = 0; step < 5_000; step++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    position += random.nextInt((int) (lastIndex - position) + 1);
                    assigned.forgetBefore(position);
                    expected.headMap(position).clear();
                }
                case 1 -> {
                    read = Math.max(read, lastIndex - random.nextInt(20));
                    assigned.onRead(read);
                }
                default -> {
                    lastIndex += 1 + random.nextInt(3);
                    assigned.add(lastIndex, -lastIndex, (int) (lastIndex % 3));
                    expected.put(lastIndex, -lastIndex);
                }
            }

            final TreeMap<Long, Long> there = new TreeMap<>();
            assigned.forEach((index, group, qos) -> {
                assertThat(qos).as("seed=%d", seed).isEqualTo((int) (index % 3));
                there.put(index, group);
            });
            assertThat(there).as("seed=%d", seed).isEqualTo(expected);
            assertThat(assigned.unread())
                    .as("seed=%d", seed)
                    .isEqualTo(expected.tailMap(read, false).size());
        }
    }

    private static TopicFilter filter(final int group) {
        return TopicFilter.of("$share/g/" + group);
    }

    private void join(final int group, final int member, final int qos) {
        turns.get(group).put(member, qos);

        groups.join(member, filter(group), SubscriptionOptions.ofQos(qos), ++lastIndex);
    }

    private void leave(final int group, final int member) {
        final Map<Integer, Integer> turn = turns.get(group);
        final boolean last = turn.remove(member) != null && turn.isEmpty();

        assertThat(groups.leave(member, filter(group)) != null)
                .as("seed=%d", seed)
                .isEqualTo(last);
    }

    private void choose(final int number) {
        // The next in turn with room stands first of those with room; it then becomes the last of all.
        final Map<Integer, Integer> turn = turns.get(number);
        final int expected = turn.keySet().stream()
                .filter(member -> !full[member])
                .findFirst()
                .orElse(NOBODY);
        final SharedGroup group = groups.find(filter(number));

        final SharedGroup.Member chosen = group == null ? null : group.choose(member -> !full[member]);

        assertThat(chosen == null ? NOBODY : chosen.id()).as("seed=%d", seed).isEqualTo(expected);
        if (chosen != null) {
            assertThat(chosen.options().maxQos()).as("seed=%d", seed).isEqualTo(turn.get(expected));
            rotateBehind(turn, expected);
        }
    }

    private static void rotateBehind(final Map<Integer, Integer> turn, final int chosen) {
        for (final int member : List.copyOf(turn.keySet())) {
            turn.put(member, turn.remove(member));
            if (member == chosen) {
                return;
            }
        }
    }

    private void compare(final int number) {
        final SharedGroup group = groups.find(filter(number));
        assertThat(group == null)
                .as("seed=%d", seed)
                .isEqualTo(turns.get(number).isEmpty());
        if (group != null) {
            assertThat(group.size())
                    .as("seed=%d", seed)
                    .isEqualTo(turns.get(number).size());
            for (int member = 0; member < MEMBERS; member++) {
                assertThat(group.isMember(member))
                        .as("seed=%d", seed)
                        .isEqualTo(turns.get(number).containsKey(member));
            }
        }
    }
}
