package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.JournalReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.agrona.ExpandableArrayBuffer;

/**
 * A shared subscription: its members in the order of their turns, and up to where in the log its messages have been assigned. Either it
 * is <i>live</i>, and takes what the live cursor reads, or it has a cursor of its own, since no member had room. The host's thread.
 */
final class SharedGroup {
    /** Below 0, so that it can stand among sessions in a {@link SubscriptionIndex}. */
    final int id;

    final TopicFilter filter;

    /** What topics are compared with. */
    final TopicFilter plain;

    /** Index of the record that began it: its name in the log. */
    final long since;

    /** Assigned messages whose sessions have ended, by the indexes of those records; they go before newer ones. */
    final TreeSet<Long> returned = new TreeSet<>();

    /** A message that was read and that nobody had room for. */
    final ExpandableArrayBuffer stalled = new ExpandableArrayBuffer(64);

    int stalledBytes;
    long stalledIndex;
    long stalledEpochNs;

    /** All published messages before it are assigned, or not for this group. */
    long position;

    /** What was journaled last. */
    long journaledPosition;

    boolean live;

    /** Whether it is among those that the live cursor alone does not serve. */
    boolean behind;

    /** Whether it stands in the index that the live cursor matches by. */
    boolean indexed;

    JournalReader reader;
    JournalReader returnedReader;

    private final List<Member> members = new ArrayList<>();
    private int nextTurn;

    /** A member, and how it is to get messages. */
    record Member(int id, SubscriptionOptions options) {}

    SharedGroup(final int id, final TopicFilter filter, final long since) {
        this.id = id;
        this.filter = filter;
        this.since = since;
        plain = TopicFilter.of(filter.unsharedText());
        position = since + 1;
        journaledPosition = position;
    }

    /** Takes a member in as the last in turn, or gives one new options. */
    void put(final Member member) {
        final int place = placeOf(member.id);
        if (place >= 0) {
            members.set(place, member);
        } else {
            // Behind the one whose turn was last.
            members.add(nextTurn, member);
            nextTurn++;
        }
    }

    /** Returns whether it was one. */
    boolean remove(final int memberId) {
        final int place = placeOf(memberId);
        if (place < 0) {
            return false;
        }
        members.remove(place);
        if (place < nextTurn) {
            nextTurn--;
        }
        return true;
    }

    boolean isMember(final int memberId) {
        return placeOf(memberId) >= 0;
    }

    private int placeOf(final int memberId) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id == memberId) {
                return i;
            }
        }
        return -1;
    }

    int size() {
        return members.size();
    }

    /**
     * Chooses who gets a message: the next in turn who has room. Allocates nothing.
     *
     * @param hasRoom asked for members in turn, by their ids.
     * @return null if nobody has.
     */
    Member choose(final IntPredicate hasRoom) {
        final int count = members.size();
        for (int i = 0; i < count; i++) {
            final int turn = (nextTurn + i) % count;
            final Member member = members.get(turn);
            if (hasRoom.test(member.id)) {
                nextTurn = (turn + 1) % count;
                return member;
            }
        }
        return null;
    }

    boolean hasRoom(final IntPredicate hasRoom) {
        for (int i = 0; i < members.size(); i++) {
            if (hasRoom.test(members.get(i).id)) {
                return true;
            }
        }
        return false;
    }

    /** A record of the log has assigned a message: a published one, or one that was returned. */
    void onAssigned(final long origin) {
        if (!returned.remove(origin)) {
            position = Math.max(position, origin + 1);
        }
    }

    /** The lowest index that it may still have to read. */
    long neededFrom() {
        return returned.isEmpty() ? position : Math.min(position, returned.first());
    }

    void closeReaders() {
        closeReader();
        if (returnedReader != null) {
            returnedReader.close();
            returnedReader = null;
        }
    }

    void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
