package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.durable.TopicFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SharedGroupsTest {
    private static final TopicFilter FILTER = TopicFilter.of("$share/g/a/+");
    private static final SubscriptionOptions QOS_2 = SubscriptionOptions.ofQos(2);

    private final SharedGroups groups = new SharedGroups();
    private final Set<Integer> full = new HashSet<>();
    private final Ending ending = new Ending();

    @Test
    void shouldGiveMessagesInTurn() {
        final int group = join(10, 11, 12);

        assertThat(assign(group, 1, 6)).containsExactly(10, 11, 12, 10, 11, 12);
    }

    @Test
    void shouldPassOverMembersWithoutRoom() {
        final int group = join(10, 11, 12);
        full.add(11);

        assertThat(assign(group, 1, 4)).containsExactly(10, 12, 10, 12);
        full.addAll(List.of(10, 12));
        assertThat(assign(group, 5, 1)).containsExactly(SharedGroups.NOBODY);
        full.remove(11);
        assertThat(assign(group, 5, 2)).containsExactly(11, 11);
        assertThat(groups.inFlight(group, 11)).isEqualTo(2);
    }

    @Test
    void shouldKeepTheTurnOfOthersWhenAMemberLeaves() {
        final int group = join(10, 11, 12, 13);
        assertThat(assign(group, 1, 2)).containsExactly(10, 11);

        groups.leave(group, 10);
        assertThat(assign(group, 3, 1)).containsExactly(12);
        groups.leave(group, 13);
        assertThat(assign(group, 4, 3)).containsExactly(11, 12, 11);
    }

    @Test
    void shouldTakeNameAndFilterTogetherForAGroup() {
        final int one = groups.join(1, FILTER, QOS_2);
        final int otherName = groups.join(1, TopicFilter.of("$share/h/a/+"), QOS_2);
        final int otherFilter = groups.join(1, TopicFilter.of("$share/g/a"), QOS_2);

        assertThat(new HashSet<>(List.of(one, otherName, otherFilter))).hasSize(3);
        assertThat(List.of(one, otherName, otherFilter)).allMatch(id -> id < 0);
        assertThat(groups.groupId(FILTER)).isEqualTo(one);
        assertThat(groups.groupId(TopicFilter.of("$share/x/a"))).isEqualTo(SharedGroups.REFUSED);
        assertThat(groups.groupCount()).isEqualTo(3);
    }

    @Test
    void shouldReturnUnfinishedMessagesInOrderWhenTakenBack() {
        final int group = join(10);
        assign(group, 5, 3);
        assign(group, 1, 3);
        assertThat(groups.settle(group, 10, 6)).isTrue();
        groups.leave(group, 10);
        final List<Long> returned = new ArrayList<>();
        assertThat(groups.groupId(FILTER)).isEqualTo(group);

        groups.takeBack(group, 10, returned::add);

        assertThat(returned).containsExactly(1L, 2L, 3L, 5L, 7L);
        assertThat(groups.groupCount()).isZero();
        assertThat(groups.settle(group, 10, 5)).isFalse();
    }

    @Test
    void shouldKeepWhatIsInFlightWithAMemberThatUnsubscribesUntilItIsSettled() {
        final int group = join(10, 11);
        assertThat(assign(group, 1, 3)).containsExactly(10, 11, 10);

        assertThat(groups.leave(group, 10)).isTrue();
        assertThat(groups.leave(group, 10)).isFalse();

        assertThat(groups.isMember(group, 10)).isFalse();
        assertThat(groups.memberCount(group)).isEqualTo(1);
        assertThat(groups.inFlight(group, 10)).isEqualTo(2);
        assertThat(groups.options(group, 10)).isEqualTo(SubscriptionOptions.ofQos(1));
        assertThat(groups.settle(group, 10, 1)).isTrue();
        assertThat(groups.settle(group, 10, 1)).isFalse();
        assertThat(groups.settle(group, 10, 3)).isTrue();
        assertThat(groups.options(group, 10)).isNull();
    }

    @Test
    void shouldKeepQos2WithItsMemberUntilItsSessionEnds() {
        final int group = groups.join(10, FILTER, QOS_2);
        groups.join(11, FILTER, QOS_2);
        groups.join(10, TopicFilter.of("$share/h/b"), QOS_2);
        groups.assign(group, 4, 2, this::hasRoom);
        groups.assign(group, 5, 1, this::hasRoom);
        groups.assign(group, 3, 1, this::hasRoom);
        groups.assign(group, 6, 2, this::hasRoom);
        groups.assign(group, 2, 2, this::hasRoom);
        final List<Long> returned = new ArrayList<>();

        groups.takeBack(group, 10, returned::add);
        assertThat(returned).containsExactly(3L);
        assertThat(groups.inFlight(group, 10)).isEqualTo(2);
        groups.endSession(10, ending);

        assertThat(ending.returned).isEmpty();
        assertThat(ending.lost).containsExactly(group + ":2", group + ":4");
        assertThat(groups.groupCount()).isEqualTo(1);
        assertThat(groups.inFlight(group, 11)).isEqualTo(2);
        groups.endSession(10, ending);
        groups.endSession(11, ending);
        assertThat(ending.returned).containsExactly(group + ":5");
        assertThat(ending.lost).hasSize(3);
        assertThat(groups.groupCount()).isZero();
    }

    @Test
    void shouldTakeTheLowerQosOfMessageAndMember() {
        final int group = join(10);

        groups.assign(group, 1, 0, this::hasRoom);
        assertThat(groups.inFlight(group, 10)).isZero();
        groups.assign(group, 2, 2, this::hasRoom);
        groups.endSession(10, ending);

        assertThat(ending.returned).containsExactly(group + ":2");
    }

    @Test
    void shouldGiveAMemberNewOptionsAndLeaveItsTurn() {
        final int group = join(10, 11);
        assertThat(assign(group, 1, 1)).containsExactly(10);

        assertThat(groups.join(10, FILTER, QOS_2)).isEqualTo(group);

        assertThat(groups.options(group, 10)).isEqualTo(QOS_2);
        assertThat(assign(group, 2, 3)).containsExactly(11, 10, 11);
    }

    @Test
    void shouldRefuseMembersBeyondTheLimit() {
        for (int id = 0; id < SharedGroups.MAX_MEMBERS; id++) {
            groups.join(id, FILTER, QOS_2);
        }

        assertThat(groups.join(SharedGroups.MAX_MEMBERS, FILTER, QOS_2)).isEqualTo(SharedGroups.REFUSED);
        assertThat(groups.join(3, FILTER, QOS_2)).isNegative();
        groups.endSession(3, ending);
        assertThat(groups.join(SharedGroups.MAX_MEMBERS, FILTER, QOS_2)).isNegative();
    }

    @Test
    void shouldRefuseGroupsBeyondTheLimitAndUseIdsAgain() {
        for (int i = 0; i < SharedGroups.MAX_GROUPS; i++) {
            groups.join(1, TopicFilter.of("$share/" + i + "/a"), QOS_2);
        }

        assertThat(groups.join(1, FILTER, QOS_2)).isEqualTo(SharedGroups.REFUSED);
        groups.leave(groups.groupId(TopicFilter.of("$share/77/a")), 1);
        assertThat(groups.join(1, FILTER, QOS_2)).isBetween(-SharedGroups.MAX_GROUPS, -1);
    }

    @Test
    void shouldSayNobodyOfAGroupThatIsNotThere() {
        assertThat(groups.assign(-5, 1, 1, this::hasRoom)).isEqualTo(SharedGroups.NOBODY);
        assertThat(groups.settle(-5, 1, 1)).isFalse();
        assertThat(groups.leave(-5, 1)).isFalse();
        assertThat(groups.memberCount(-5)).isZero();
        assertThat(groups.inFlight(-5, 1)).isZero();
        assertThat(groups.options(-5, 1)).isNull();
        groups.takeBack(-5, 1, index -> {
            throw new AssertionError("index=" + index);
        });
    }

    @Test
    void shouldRefuseMisuse() {
        assertThatThrownBy(() -> groups.join(-1, FILTER, QOS_2)).hasMessageContaining("memberId=-1");
        assertThatThrownBy(() -> groups.join(1, TopicFilter.of("a"), QOS_2)).hasMessageContaining("filter=a");
        assertThatThrownBy(() -> groups.join(1, FILTER, new SubscriptionOptions(1, true, false, 0, 0)))
                .hasMessageContaining("noLocal=true");
    }

    private int join(final int... members) {
        int group = SharedGroups.REFUSED;
        for (final int member : members) {
            group = groups.join(member, FILTER, SubscriptionOptions.ofQos(1));
        }
        return group;
    }

    private List<Integer> assign(final int group, final long firstIndex, final int count) {
        final List<Integer> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(groups.assign(group, firstIndex + i, 1, this::hasRoom));
        }
        return members;
    }

    private boolean hasRoom(final int member) {
        return !full.contains(member);
    }

    private static final class Ending implements SharedGroups.EndVisitor {
        private final List<String> returned = new ArrayList<>();
        private final List<String> lost = new ArrayList<>();

        @Override
        public void onReturned(final int groupId, final long index) {
            returned.add(groupId + ":" + index);
        }

        @Override
        public void onLost(final int groupId, final long index) {
            lost.add(groupId + ":" + index);
        }
    }
}
