package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;

/** A shared subscription: its members in the order of their turns, and what each has in flight. */
final class SharedGroup {
    final int id;
    final TopicFilter filter;
    // Those who have subscribed; the one at the place of the next turn comes first.
    final List<Member> members = new ArrayList<>();
    // Also those who have unsubscribed and still have something in flight.
    final Int2ObjectHashMap<Member> all = new Int2ObjectHashMap<>();
    int nextTurn;

    /** A member and its messages. */
    static final class Member {
        final SharedGroup group;
        final int id;
        final SortedIndexes atLeastOnce = new SortedIndexes();
        final SortedIndexes exactlyOnce = new SortedIndexes();
        SubscriptionOptions options;
        boolean subscribed;

        Member(final SharedGroup group, final int id) {
            this.group = group;
            this.id = id;
        }

        int inFlight() {
            return atLeastOnce.size() + exactlyOnce.size();
        }
    }

    SharedGroup(final int id, final TopicFilter filter) {
        this.id = id;
        this.filter = filter;
    }

    void subscribe(final int memberId, final SubscriptionOptions options) {
        Member member = all.get(memberId);
        if (member == null) {
            member = new Member(this, memberId);
            all.put(memberId, member);
        }
        member.options = options;
        if (!member.subscribed) {
            member.subscribed = true;
            // Behind the one whose turn was last, so that it comes last.
            members.add(nextTurn, member);
            nextTurn++;
        }
    }

    void unsubscribe(final Member member) {
        final int place = members.indexOf(member);
        members.remove(place);
        if (place < nextTurn) {
            nextTurn--;
        }
        member.subscribed = false;
        forgetIfDone(member);
    }

    void forgetIfDone(final Member member) {
        if (!member.subscribed && member.inFlight() == 0) {
            all.remove(member.id);
        }
    }

    boolean isOver() {
        return all.isEmpty();
    }
}
