package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

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
    private static final SubscriptionOptions QOS_1 = SubscriptionOptions.ofQos(1);
    private static final SubscriptionOptions QOS_2 = SubscriptionOptions.ofQos(2);
    private static final int NOBODY = -1;

    private final SharedGroups groups = new SharedGroups();
    private final Set<Integer> full = new HashSet<>();
    private long lastIndex;

    @Test
    void shouldGiveMessagesInTurn() {
        final SharedGroup group = join(10, 11, 12);

        assertThat(choose(group, 6)).containsExactly(10, 11, 12, 10, 11, 12);
    }

    @Test
    void shouldPassOverMembersWithoutRoom() {
        final SharedGroup group = join(10, 11, 12);
        full.add(11);

        assertThat(choose(group, 4)).containsExactly(10, 12, 10, 12);
        full.addAll(List.of(10, 12));
        assertThat(choose(group, 1)).containsExactly(NOBODY);
        assertThat(group.hasRoom(this::hasRoom)).isFalse();
        full.remove(11);
        assertThat(choose(group, 2)).containsExactly(11, 11);
    }

    @Test
    void shouldKeepTheTurnOfOthersWhenAMemberLeaves() {
        final SharedGroup group = join(10, 11, 12, 13);
        assertThat(choose(group, 2)).containsExactly(10, 11);

        groups.leave(10, FILTER);
        assertThat(choose(group, 1)).containsExactly(12);
        groups.leave(13, FILTER);
        assertThat(choose(group, 3)).containsExactly(11, 12, 11);
    }

    @Test
    void shouldTakeNameAndFilterTogetherForAGroup() {
        final SharedGroup one = join(1);
        final SharedGroup otherName = groups.join(1, TopicFilter.of("$share/h/a/+"), QOS_2, 7);
        final SharedGroup otherFilter = groups.join(1, TopicFilter.of("$share/g/a"), QOS_2, 8);

        assertThat(new HashSet<>(List.of(one.id, otherName.id, otherFilter.id))).hasSize(3);
        assertThat(List.of(one, otherName, otherFilter)).allMatch(group -> group.id < 0);
        assertThat(groups.find(FILTER)).isSameAs(one);
        assertThat(groups.find(otherName.id)).isSameAs(otherName);
        assertThat(groups.findSince(8)).isSameAs(otherFilter);
        assertThat(groups.find(TopicFilter.of("$share/x/a"))).isNull();
        assertThat(groups.all()).hasSize(3);
    }

    @Test
    void shouldEndAGroupWithItsLastMemberAndBeginAnew() {
        final SharedGroup group = join(10, 11);

        assertThat(groups.leave(10, FILTER)).isNull();
        assertThat(groups.leave(10, FILTER)).isNull();
        assertThat(groups.leave(11, FILTER)).isSameAs(group);

        assertThat(groups.isEmpty()).isTrue();
        assertThat(groups.findSince(group.since)).isNull();
        final SharedGroup next = join(11);
        assertThat(next.id).isNotEqualTo(group.id);
        assertThat(next.position).isEqualTo(next.since + 1);
    }

    @Test
    void shouldGiveAMemberNewOptionsAndLeaveItsTurn() {
        final SharedGroup group = join(10, 11);
        assertThat(choose(group, 1)).containsExactly(10);

        assertThat(groups.join(10, FILTER, QOS_2, 99)).isSameAs(group);

        assertThat(choose(group, 1)).containsExactly(11);
        assertThat(group.choose(this::hasRoom)).isEqualTo(new SharedGroup.Member(10, QOS_2));
        assertThat(group.size()).isEqualTo(2);
    }

    @Test
    void shouldGoOnBehindWhatIsAssignedAndForgetWhatWasReturned() {
        final SharedGroup group = join(10);
        group.returned.add(50L);

        group.onAssigned(70);
        assertThat(group.neededFrom()).isEqualTo(50);
        group.onAssigned(50);

        assertThat(group.position).isEqualTo(71);
        assertThat(group.neededFrom()).isEqualTo(71);
    }

    @Test
    void shouldRefuseMembersBeyondTheLimit() {
        for (int id = 0; id < SharedGroups.MAX_MEMBERS; id++) {
            join(id);
        }

        assertThat(groups.mayJoin(SharedGroups.MAX_MEMBERS, FILTER)).isFalse();
        assertThat(groups.mayJoin(3, FILTER)).isTrue();
        groups.leave(3, FILTER);
        assertThat(groups.mayJoin(SharedGroups.MAX_MEMBERS, FILTER)).isTrue();
    }

    @Test
    void shouldRefuseGroupsBeyondTheLimit() {
        for (int i = 0; i < SharedGroups.MAX_GROUPS; i++) {
            groups.join(1, TopicFilter.of("$share/" + i + "/a"), QOS_2, i);
        }

        assertThat(groups.mayJoin(1, FILTER)).isFalse();
        assertThat(groups.mayJoin(2, TopicFilter.of("$share/77/a"))).isTrue();
        groups.leave(1, TopicFilter.of("$share/77/a"));
        assertThat(groups.mayJoin(1, FILTER)).isTrue();
    }

    private SharedGroup join(final int... members) {
        SharedGroup group = null;
        for (final int member : members) {
            group = groups.join(member, FILTER, QOS_1, ++lastIndex);
        }
        return group;
    }

    private List<Integer> choose(final SharedGroup group, final int count) {
        final List<Integer> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final SharedGroup.Member member = group.choose(this::hasRoom);
            members.add(member == null ? NOBODY : member.id());
        }
        return members;
    }

    private boolean hasRoom(final int member) {
        return !full.contains(member);
    }
}
