package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntArrayList;

/**
 * Shared subscriptions (MQTT 5.0 section 4.8.2): members of {@code $share/name/filter}, whose turn it is, and which message is in
 * flight to whom. Each pair of name and filter is a group. One thread at a time.
 *
 * <p>A group's id is negative and those of members are not, so both may stand in one {@link SubscriptionIndex}: the group as a
 * subscriber to {@link TopicFilter#unsharedText}. To assign and to settle allocates nothing once the member's room is there.
 */
public final class SharedGroups {

    /** Members of a group at the most: a turn asks each at the most once for room, in some microseconds. */
    public static final int MAX_MEMBERS = 1_024;

    /** Groups at the most; each has a node in the index and lists for its members, some hundred bytes each. */
    public static final int MAX_GROUPS = 65_536;

    /** No member has room now, or there is none, or no such group. */
    public static final int NOBODY = -1;

    /** What {@link #join} says when there are too many groups or members; no group has this id. */
    public static final int REFUSED = 0;

    /** Told what becomes of messages in flight when a session ends. */
    public interface EndVisitor {

        /**
         * A message of QoS 1 that another member should get, before newer ones.
         *
         * @param groupId of the group.
         * @param index of the message in the log; ascending within a group.
         */
        void onReturned(int groupId, long index);

        /**
         * A message of QoS 2, which no other member may get (MQTT 5.0 section 4.8.2): count it as dropped.
         *
         * @param groupId of the group.
         * @param index of the message in the log; ascending within a group.
         */
        void onLost(int groupId, long index);
    }

    private final Map<TopicFilter, SharedGroup> byFilter = new HashMap<>();
    private final Int2ObjectHashMap<SharedGroup> byId = new Int2ObjectHashMap<>();
    private final Int2ObjectHashMap<TreeSet<Integer>> groupsOfMember = new Int2ObjectHashMap<>();
    private final IntArrayList freeIds = new IntArrayList();
    private int lastId;

    /** Without groups. */
    public SharedGroups() {}

    /**
     * Makes a subscriber a member of a group, the last in turn; a member gets new options.
     *
     * @param memberId 0 or more.
     * @param filter shared.
     * @param options of this member. No Local is not for shared subscriptions (MQTT 5.0 section 3.8.3.1).
     * @return the id of the group, negative, or {@link #REFUSED}.
     * @throws IllegalArgumentException when the filter is not shared, the id is negative, or No Local is set.
     */
    public int join(final int memberId, final TopicFilter filter, final SubscriptionOptions options) {
        if (memberId < 0 || !filter.isShared() || options.noLocal()) {
            throw new IllegalArgumentException("memberId=" + memberId + ", filter=" + filter + ", noLocal="
                    + options.noLocal() + ", limit=0 and $share/name/filter without No Local, subscribe plainly");
        }
        SharedGroup group = byFilter.get(filter);
        if (group == null) {
            if (byFilter.size() >= MAX_GROUPS) {
                return REFUSED;
            }
            group = new SharedGroup(freeIds.isEmpty() ? --lastId : freeIds.popInt(), filter);
            byFilter.put(filter, group);
            byId.put(group.id, group);
        } else if (group.members.size() >= MAX_MEMBERS && !isMember(group.id, memberId)) {
            return REFUSED;
        }
        group.subscribe(memberId, options);
        groupsOfMember.computeIfAbsent(memberId, id -> new TreeSet<>()).add(group.id);
        return group.id;
    }

    /**
     * Chooses who gets a message: the next in turn who has room. A message of effective QoS 1 or 2 is then in flight to it.
     *
     * @param groupId of the group.
     * @param index of the message in the log.
     * @param qos that it was published with, 0 to 2; the member's may be lower.
     * @param hasRoom asked for members in turn: whether one can take a message now. Must not call this object.
     * @return the id of the member, or {@link #NOBODY}: try again when one has room or has joined.
     */
    public int assign(final int groupId, final long index, final int qos, final IntPredicate hasRoom) {
        final SharedGroup group = byId.get(groupId);
        if (group == null) {
            return NOBODY;
        }
        final int count = group.members.size();
        for (int i = 0; i < count; i++) {
            final int turn = (group.nextTurn + i) % count;
            final SharedGroup.Member member = group.members.get(turn);
            if (hasRoom.test(member.id)) {
                group.nextTurn = (turn + 1) % count;
                note(member, index, Math.min(qos, member.options.maxQos()));
                return member.id;
            }
        }
        return NOBODY;
    }

    /**
     * A message is done: acknowledged, or refused by its member, which does not bring it to another (MQTT 5.0 section 4.8.2).
     *
     * @param groupId of the group.
     * @param memberId to whom it went.
     * @param index of the message in the log.
     * @return false when it was not in flight to this member.
     */
    public boolean settle(final int groupId, final int memberId, final long index) {
        final SharedGroup.Member member = member(groupId, memberId);
        if (member == null || !(member.atLeastOnce.remove(index) || member.exactlyOnce.remove(index))) {
            return false;
        }
        member.group.forgetIfDone(member);
        endIfOver(member);
        return true;
    }

    /**
     * Ends a membership: an UNSUBSCRIBE. What is in flight stays with the member until it is settled (MQTT 5.0 section
     * 3.10.4), {@link #takeBack taken back}, or its session ends.
     *
     * @param groupId of the group.
     * @param memberId who leaves.
     * @return false when it is no member.
     */
    public boolean leave(final int groupId, final int memberId) {
        final SharedGroup.Member member = member(groupId, memberId);
        if (member == null || !member.subscribed) {
            return false;
        }
        member.group.unsubscribe(member);
        endIfOver(member);
        return true;
    }

    /**
     * Takes the messages of QoS 1 that are in flight to a member back, for others: its connection is gone, or it has left. Those of
     * QoS 2 stay with it (MQTT 5.0 section 4.8.2).
     *
     * @param groupId of the group.
     * @param memberId of the member.
     * @param returned takes the indexes in ascending order; they go before newer messages. Must not call this object.
     */
    public void takeBack(final int groupId, final int memberId, final LongConsumer returned) {
        final SharedGroup.Member member = member(groupId, memberId);
        if (member != null) {
            member.atLeastOnce.drain(returned);
            member.group.forgetIfDone(member);
            endIfOver(member);
        }
    }

    /**
     * Ends a member's session in all its groups.
     *
     * @param memberId of the member.
     * @param visitor told what becomes of the messages that were in flight; must not call this object.
     */
    public void endSession(final int memberId, final EndVisitor visitor) {
        final TreeSet<Integer> groupIds = groupsOfMember.remove(memberId);
        if (groupIds == null) {
            return;
        }
        for (final int groupId : groupIds) {
            final SharedGroup.Member member = member(groupId, memberId);
            member.atLeastOnce.drain(index -> visitor.onReturned(groupId, index));
            member.exactlyOnce.drain(index -> visitor.onLost(groupId, index));
            if (member.subscribed) {
                member.group.unsubscribe(member);
            } else {
                member.group.forgetIfDone(member);
            }
            endIfOver(member);
        }
    }

    /**
     * Finds a group.
     *
     * @param filter shared.
     * @return the id, or {@link #REFUSED} when there is none.
     */
    public int groupId(final TopicFilter filter) {
        final SharedGroup group = byFilter.get(filter);
        return group == null ? REFUSED : group.id;
    }

    /**
     * Whether a subscriber is a member now.
     *
     * @param groupId of the group.
     * @param memberId of the subscriber.
     * @return false also after it left with messages in flight.
     */
    public boolean isMember(final int groupId, final int memberId) {
        final SharedGroup.Member member = member(groupId, memberId);
        return member != null && member.subscribed;
    }

    /**
     * Options of a member.
     *
     * @param groupId of the group.
     * @param memberId of the member.
     * @return also after it left with messages in flight; null when the group does not know it.
     */
    public SubscriptionOptions options(final int groupId, final int memberId) {
        final SharedGroup.Member member = member(groupId, memberId);
        return member == null ? null : member.options;
    }

    /**
     * Members of a group.
     *
     * @param groupId of the group.
     * @return those who have subscribed. With 0 the group ends: take it out of the index and drop what waits for it.
     */
    public int memberCount(final int groupId) {
        final SharedGroup group = byId.get(groupId);
        return group == null ? 0 : group.members.size();
    }

    /**
     * Messages in flight to a member through a group.
     *
     * @param groupId of the group.
     * @param memberId of the member.
     * @return how many there are.
     */
    public int inFlight(final int groupId, final int memberId) {
        final SharedGroup.Member member = member(groupId, memberId);
        return member == null ? 0 : member.inFlight();
    }

    /**
     * Groups that have a member, or a message in flight.
     *
     * @return how many there are.
     */
    public int groupCount() {
        return byFilter.size();
    }

    private SharedGroup.Member member(final int groupId, final int memberId) {
        final SharedGroup group = byId.get(groupId);
        return group == null ? null : group.all.get(memberId);
    }

    private static void note(final SharedGroup.Member member, final long index, final int qos) {
        if (qos == 1) {
            member.atLeastOnce.add(index);
        } else if (qos == 2) {
            member.exactlyOnce.add(index);
        }
    }

    private void endIfOver(final SharedGroup.Member member) {
        final SharedGroup group = member.group;
        if (!group.all.containsKey(member.id)) {
            final TreeSet<Integer> groupIds = groupsOfMember.get(member.id);
            if (groupIds != null) {
                groupIds.remove(group.id);
                if (groupIds.isEmpty()) {
                    groupsOfMember.remove(member.id);
                }
            }
        }
        if (group.isOver()) {
            byFilter.remove(group.filter);
            byId.remove(group.id);
            freeIds.addInt(group.id);
        }
    }
}
