package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Shared subscriptions (MQTT 5.0 section 4.8.2): who is a member of which {@code $share/name/filter}. Each pair of name and filter is a
 * group, from its first member's SUBSCRIBE to the end of its last member. No I/O, no clock. The host's thread.
 */
final class SharedGroups {
    /** Members of a group at the most: a turn asks each at the most once for room, in some microseconds. */
    static final int MAX_MEMBERS = 1_024;

    /** Groups at the most; each may have a reader of its own, which maps a segment. */
    static final int MAX_GROUPS = 4_096;

    private final Map<TopicFilter, SharedGroup> byFilter = new HashMap<>();
    private final Int2ObjectHashMap<SharedGroup> byId = new Int2ObjectHashMap<>();
    private final Long2ObjectHashMap<SharedGroup> bySince = new Long2ObjectHashMap<>();

    /** Those that the live cursor does not serve, or is to serve no more. */
    private final List<SharedGroup> behind = new ArrayList<>();

    private int lastId;

    /** Whether there is room for a member, or it is one. */
    boolean mayJoin(final int memberId, final TopicFilter filter) {
        final SharedGroup group = byFilter.get(filter);
        if (group == null) {
            return byFilter.size() < MAX_GROUPS;
        }
        return group.size() < MAX_MEMBERS || group.isMember(memberId);
    }

    /**
     * Makes a session a member of a group, the last in turn; a member gets new options.
     *
     * @param filter shared.
     * @param index of the record that says so.
     * @return the group, which may be new.
     */
    SharedGroup join(
            final int memberId, final TopicFilter filter, final SubscriptionOptions options, final long index) {
        SharedGroup group = byFilter.get(filter);
        if (group == null) {
            group = make(filter, index);
            // The live cursor has not come to this record yet, and brings all that follows.
            group.live = true;
        }
        group.put(new SharedGroup.Member(memberId, options));
        return group;
    }

    /** A group without members, as in a checkpoint, where those follow. */
    SharedGroup make(final TopicFilter filter, final long since) {
        // An id is used once, as the live cursor may not have read yet that an older group has ended.
        final SharedGroup group = new SharedGroup(--lastId, filter, since);
        byFilter.put(filter, group);
        byId.put(group.id, group);
        bySince.put(since, group);
        return group;
    }

    /**
     * Ends a membership. What the member was assigned stays with it (MQTT 5.0 section 3.10.4).
     *
     * @return the group if it has ended with its last member; else null.
     */
    SharedGroup leave(final int memberId, final TopicFilter filter) {
        final SharedGroup group = byFilter.get(filter);
        if (group == null || !group.remove(memberId) || group.size() > 0) {
            return null;
        }
        byFilter.remove(filter);
        byId.remove(group.id);
        bySince.remove(group.since);
        removeBehind(group);
        group.closeReaders();
        return group;
    }

    SharedGroup find(final TopicFilter filter) {
        return byFilter.get(filter);
    }

    SharedGroup find(final int id) {
        return byId.get(id);
    }

    /** By the index of the record that began it; null if it has ended. */
    SharedGroup findSince(final long since) {
        return bySince.get(since);
    }

    Collection<SharedGroup> all() {
        return byFilter.values();
    }

    boolean isEmpty() {
        return byFilter.isEmpty();
    }

    /** Groups that do not get all they are to get by the live cursor. */
    List<SharedGroup> behind() {
        return behind;
    }

    void addBehind(final SharedGroup group) {
        if (!group.behind) {
            group.behind = true;
            behind.add(group);
        }
    }

    void removeBehind(final SharedGroup group) {
        if (group.behind) {
            group.behind = false;
            behind.remove(group);
        }
    }
}
