package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.TestTopics;
import io.sluicemq.durable.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Random steps on the groups and on lists that do the same the slow way. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SharedGroupsModelTest {
    private static final int MEMBERS = 6;
    private static final int GROUPS = 4;

    private final SharedGroups groups = new SharedGroups();
    // For each filter: member -> index -> QoS of what is in flight, and who has subscribed with which QoS, in turn.
    private final List<Map<Integer, Map<Long, Integer>>> inFlight = new ArrayList<>();
    private final List<Map<Integer, Integer>> turns = new ArrayList<>();
    private final boolean[] full = new boolean[MEMBERS];
    private long nextIndex = 1L << 62;
    private long seed;

    @RepeatedTest(5)
    void shouldAgreeWithANaiveModel() {
        seed = TestTopics.seed(SharedGroupsModelTest.class);
        final Random random = new Random(seed);
        for (int i = 0; i < GROUPS; i++) {
            inFlight.add(new HashMap<>());
            turns.add(new LinkedHashMap<>());
        }

        for (int step = 0; step < 5_000; step++) {
            final int group = random.nextInt(GROUPS);
            final int member = random.nextInt(MEMBERS);
            full[random.nextInt(MEMBERS)] = random.nextBoolean();
            switch (random.nextInt(20)) {
                case 0, 1 -> join(group, member, random.nextInt(3));
                case 2 -> leave(group, member);
                case 3 -> takeBack(group, member);
                case 4 -> endSession(random.nextInt(4) == 0 ? member : MEMBERS);
                case 5, 6, 7, 8, 9, 10 -> settle(random, group, member);
                default -> assign(group, random.nextInt(3));
            }
            compare(group);
        }
    }

    private static TopicFilter filter(final int group) {
        return TopicFilter.of("$share/g/" + group);
    }

    private int id(final int group) {
        return groups.groupId(filter(group));
    }

    private void join(final int group, final int member, final int qos) {
        turns.get(group).put(member, qos);

        assertThat(groups.join(member, filter(group), SubscriptionOptions.ofQos(qos)))
                .isNegative();
    }

    private void leave(final int group, final int member) {
        final boolean known = turns.get(group).remove(member) != null;

        assertThat(groups.leave(id(group), member)).as("seed=%d", seed).isEqualTo(known);
    }

    private void assign(final int group, final int qos) {
        // The next in turn with room stands first of those with room; it then becomes the last of all.
        final Map<Integer, Integer> turn = turns.get(group);
        final int expected = turn.keySet().stream()
                .filter(member -> !full[member])
                .findFirst()
                .orElse(SharedGroups.NOBODY);
        final long index = nextIndex++;

        final int chosen = groups.assign(id(group), index, qos, member -> !full[member]);

        assertThat(chosen).as("seed=%d", seed).isEqualTo(expected);
        if (chosen != SharedGroups.NOBODY) {
            rotateBehind(turn, chosen);
            final int effective = Math.min(qos, turn.get(chosen));
            if (effective > 0) {
                inFlight.get(group)
                        .computeIfAbsent(chosen, id -> new TreeMap<>())
                        .put(index, effective);
            }
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

    private void settle(final Random random, final int group, final int member) {
        final List<Long> indexes = List.copyOf(flight(group, member).keySet());
        final long index =
                indexes.isEmpty() ? nextIndex : indexes.get(random.nextBoolean() ? 0 : random.nextInt(indexes.size()));
        final boolean known = flight(group, member).remove(index) != null;

        assertThat(groups.settle(id(group), member, index)).as("seed=%d", seed).isEqualTo(known);
    }

    private void takeBack(final int group, final int member) {
        final List<Long> expected = take(group, member, 1);
        final List<Long> returned = new ArrayList<>();

        groups.takeBack(id(group), member, returned::add);

        assertThat(returned).as("seed=%d", seed).isEqualTo(expected);
    }

    private void endSession(final int member) {
        final Map<Integer, List<Long>> returned = new HashMap<>();
        final Map<Integer, List<Long>> lost = new HashMap<>();
        final Map<Integer, List<Long>> expectedReturned = new HashMap<>();
        final Map<Integer, List<Long>> expectedLost = new HashMap<>();
        for (int group = 0; group < GROUPS; group++) {
            turns.get(group).remove(member);
            note(expectedReturned, id(group), take(group, member, 1));
            note(expectedLost, id(group), take(group, member, 2));
        }

        groups.endSession(member, new SharedGroups.EndVisitor() {
            @Override
            public void onReturned(final int groupId, final long index) {
                returned.computeIfAbsent(groupId, id -> new ArrayList<>()).add(index);
            }

            @Override
            public void onLost(final int groupId, final long index) {
                lost.computeIfAbsent(groupId, id -> new ArrayList<>()).add(index);
            }
        });

        assertThat(returned).as("seed=%d", seed).isEqualTo(expectedReturned);
        assertThat(lost).as("seed=%d", seed).isEqualTo(expectedLost);
    }

    private static void note(final Map<Integer, List<Long>> target, final int group, final List<Long> indexes) {
        if (!indexes.isEmpty()) {
            target.put(group, indexes);
        }
    }

    private List<Long> take(final int group, final int member, final int qos) {
        final List<Long> taken = flight(group, member).entrySet().stream()
                .filter(entry -> entry.getValue() == qos)
                .map(Map.Entry::getKey)
                .toList();
        taken.forEach(flight(group, member)::remove);
        return taken;
    }

    private Map<Long, Integer> flight(final int group, final int member) {
        return inFlight.get(group).computeIfAbsent(member, id -> new TreeMap<>());
    }

    private void compare(final int group) {
        int unsettled = 0;
        for (int member = 0; member < MEMBERS; member++) {
            unsettled += flight(group, member).size();
            assertThat(groups.inFlight(id(group), member))
                    .as("seed=%d", seed)
                    .isEqualTo(flight(group, member).size());
            assertThat(groups.isMember(id(group), member))
                    .as("seed=%d", seed)
                    .isEqualTo(turns.get(group).containsKey(member));
        }
        assertThat(groups.memberCount(id(group)))
                .as("seed=%d", seed)
                .isEqualTo(turns.get(group).size());
        final boolean gone = turns.get(group).isEmpty() && unsettled == 0;
        assertThat(id(group) == SharedGroups.REFUSED).as("seed=%d", seed).isEqualTo(gone);
    }
}
