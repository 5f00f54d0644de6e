package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.Checkpoint;
import java.util.function.IntFunction;

/**
 * Shared subscriptions, as the records of the log say: groups, up to where each has assigned its messages, and to whom. The host's thread.
 */
final class HostShared {
    private static final int MAX_POSITIONS_A_RECORD = 4_096;
    private static final int MAX_STATE_RECORD_BYTES = 32 << 10;
    private static final SubscriptionOptions OF_GROUPS = SubscriptionOptions.ofQos(Qos.EXACTLY_ONCE);

    final SharedGroups groups = new SharedGroups();

    private final SubscriptionIndex index;
    private final IntFunction<HostedSession> sessions;
    private final WireOutput checkpoint = new WireOutput();
    private long lost;

    HostShared(final SubscriptionIndex index, final IntFunction<HostedSession> sessions) {
        this.index = index;
        this.sessions = sessions;
    }

    /** Ends the recovery. */
    void start() {
        for (final SharedGroup group : groups.all()) {
            addToIndex(group);
            group.live = false;
            groups.addBehind(group);
        }
        lost = 0;
    }

    /** The lowest index that a group needs. */
    long neededFrom() {
        long lowest = Long.MAX_VALUE;
        for (final SharedGroup group : groups.all()) {
            lowest = Math.min(lowest, group.neededFrom());
        }
        return lowest;
    }

    private void addToIndex(final SharedGroup group) {
        if (!group.indexed) {
            group.indexed = true;
            index.add(group.id, group.plain, OF_GROUPS);
        }
    }

    /** The live cursor has read that somebody has subscribed. */
    void onLiveSubscribed(final TopicFilter filter) {
        final SharedGroup group = groups.find(filter);
        if (group != null) {
            addToIndex(group);
        }
    }

    /** A record says that somebody has subscribed. */
    void join(final HostedSession session, final HostSubscription subscription) {
        groups.join(session.number, subscription.filter, subscription.options, subscription.since);
    }

    /** A record says that somebody has unsubscribed, or is no more. */
    void leave(final HostedSession session, final TopicFilter filter) {
        final SharedGroup over = groups.leave(session.number, filter);
        if (over != null) {
            index.removeAll(over.id);
        }
    }

    /** A session has ended: the others get what it had of QoS 1, nobody gets what it had of QoS 2 (MQTT 5.0 section 4.8.2). */
    void onSessionEnded(final HostedSession session) {
        session.subscriptions.keySet().forEach(filter -> leave(session, filter));
        session.assigned.forgetBefore(Math.max(session.journaledPosition, session.progress.position()));
        session.assigned.forEach((assigned, group, qos) -> giveBack(session, assigned, group, qos));
    }

    private void giveBack(final HostedSession session, final long assigned, final long since, final int qos) {
        if (qos == Qos.EXACTLY_ONCE) {
            lost += session.progress.hasStored(assigned) ? 0 : 1;
        } else if (qos == Qos.AT_LEAST_ONCE && !session.progress.hasProcessed(assigned)) {
            final SharedGroup group = groups.findSince(since);
            if (group != null) {
                group.returned.add(assigned);
                groups.addBehind(group);
            }
        }
    }

    /** Messages of QoS 2 that nobody may get any more, since the last call. */
    long takeLost() {
        final long taken = lost;
        lost = 0;
        return taken;
    }

    void recoverAssigned(final long recordIndex, final WireInput in) {
        final HostedSession session = sessions.apply(in.i32("session"));
        in.skip(Integer.BYTES + Long.BYTES, "subscriptionId and time");
        final long since = in.i64("group");
        final long origin = in.i64("origin");
        final int qos = in.u8("flags") & Published.QOS_MASK;
        final SharedGroup group = groups.findSince(since);
        if (group != null) {
            group.onAssigned(origin);
        }
        if (session != null) {
            session.assigned.add(recordIndex, since, qos);
        }
    }

    void recoverGroup(final WireInput in) {
        final long since = in.i64("group");
        final long position = in.i64("position");
        final TopicFilter filter = TopicFilter.of(in.string("filter"));
        final SharedGroup known = groups.findSince(since);
        final SharedGroup group = known == null ? groups.make(filter, since) : known;
        group.position = position;
        group.journaledPosition = position;
        while (in.remaining() > 0) {
            group.returned.add(in.i64("returned"));
        }
    }

    void recoverPositions(final WireInput in) {
        while (in.remaining() > 0) {
            final SharedGroup group = groups.findSince(in.i64("group"));
            final long position = in.i64("position");
            if (group != null) {
                group.position = Math.max(group.position, position);
                group.journaledPosition = group.position;
            }
        }
    }

    void recoverInFlight(final WireInput in) {
        final HostedSession session = sessions.apply(in.i32("session"));
        while (in.remaining() > 0) {
            session.assigned.add(in.i64("index"), in.i64("group"), in.u8("qos"));
        }
    }

    /**
     * Journals how far groups are.
     *
     * @param liveIndex where the live cursor stands.
     * @return the lowest index that one of them needs.
     */
    long writePositions(final HostLog log, final long liveIndex) {
        long lowest = Long.MAX_VALUE;
        WireOutput output = null;
        int count = 0;
        for (final SharedGroup group : groups.all()) {
            if (group.live) {
                group.position = Math.max(group.position, liveIndex);
            }
            lowest = Math.min(lowest, group.neededFrom());
            if (group.position != group.journaledPosition && count < MAX_POSITIONS_A_RECORD) {
                output = output == null ? log.record.begin(HostRecord.GROUP_POSITIONS) : output;
                output.i64(group.since).i64(group.position);
                group.journaledPosition = group.position;
                count++;
            }
        }
        if (output != null) {
            log.appendRecord();
        }
        return lowest;
    }

    /** Into a checkpoint, before the sessions: their subscriptions make them members. */
    void writeGroups(final Checkpoint.Sink sink) {
        for (final SharedGroup group : groups.all()) {
            beginGroup(group);
            for (final long each : group.returned) {
                if (checkpoint.length() >= MAX_STATE_RECORD_BYTES) {
                    add(sink, HostRecord.GROUP);
                    beginGroup(group);
                }
                checkpoint.i64(each);
            }
            add(sink, HostRecord.GROUP);
        }
    }

    private void beginGroup(final SharedGroup group) {
        checkpoint.begin(HostRecord.GROUP).i64(group.since).i64(group.position).string(group.filter.toString());
    }

    /** Into a checkpoint, behind the session itself. */
    void writeInFlight(final Checkpoint.Sink sink, final HostedSession session) {
        if (session.assigned.size() == 0) {
            return;
        }
        checkpoint.begin(HostRecord.IN_FLIGHT).u32(session.number);
        session.assigned.forEach((assigned, group, qos) -> {
            if (checkpoint.length() >= MAX_STATE_RECORD_BYTES) {
                add(sink, HostRecord.IN_FLIGHT);
                checkpoint.begin(HostRecord.IN_FLIGHT).u32(session.number);
            }
            checkpoint.i64(assigned).i64(group).u8(qos);
        });
        add(sink, HostRecord.IN_FLIGHT);
    }

    private void add(final Checkpoint.Sink sink, final int type) {
        sink.add(type, checkpoint.buffer(), 0, checkpoint.length());
    }
}
