package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.Checkpoint;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.RecordHandler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Sessions and their subscriptions, as the records of the log say; each change is a record before it holds. Time is a parameter. The
 * host's thread.
 *
 * <p>{@link #index} is what the live cursor matches by, and so follows the log as that cursor reads it.
 */
final class HostState implements RecordHandler, Checkpoint {
    /** In the options of a record: retained messages are due. */
    private static final int WALK = 128;

    private static final int MAX_POSITIONS_A_RECORD = 4_096;

    final SubscriptionIndex index = new SubscriptionIndex();
    final HostShared shared = new HostShared(index, this::find);
    final HostRetained retained;

    private final Map<String, HostedSession> byName = new HashMap<>();
    private final Int2ObjectHashMap<HostedSession> byNumber = new Int2ObjectHashMap<>();
    private final Map<Integer, Long> recoveredSentUpTo = new HashMap<>();
    private final HostFormat format = new HostFormat();
    private final WireInput input = new WireInput();
    private final Published addressed = new Published();
    private final WireOutput checkpoint = new WireOutput();
    private final int maxSessions;
    private final String clientId;
    private HostLog log;
    private int lastNumber;
    private int localNumber = SubscriptionIndex.NO_SUBSCRIBER;

    HostState(final int maxSessions, final long maxRetainedBytes, final String clientId) {
        this.maxSessions = maxSessions;
        this.clientId = clientId;
        retained = new HostRetained(maxRetainedBytes);
    }

    /** Ends the recovery: from now on changes go to the log. */
    void start(final HostLog newLog, final long nowMs) {
        log = newLog;
        for (final HostedSession session : byNumber.values()) {
            final boolean wasConnected = session.endsAtEpochMs == HostedSession.CONNECTED;
            // A host that died does not know what it had sent.
            final long sentUpTo = wasConnected ? newLog.lastIndex() : recoveredSentUpTo.get(session.number);
            session.progress = new HostSession(session.journaledPosition, sentUpTo);
            if (wasConnected) {
                session.endsAtEpochMs = session.endAfter(nowMs);
            }
            for (final HostSubscription each : session.subscriptions.values()) {
                if (!each.filter.isShared()) {
                    index.add(session.number, each.filter, each.options);
                }
            }
            session.assigned.forgetBefore(session.journaledPosition);
        }
        recoveredSentUpTo.clear();
        shared.start();
        // Before the first append, which deletes what nobody needs.
        long needed = newLog.lastIndex() + 1;
        for (final HostedSession session : byName.values()) {
            needed = Math.min(needed, session.journaledPosition);
        }
        newLog.journal.retainFrom(Math.min(needed, shared.neededFrom()));
        format.start(newLog);
    }

    @Override
    public void onRecord(
            final long recordIndex,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        format.check(type, buffer, offset, length);
        switch (type) {
            case HostRecord.SESSION -> recoverSession(input.wrap(buffer, offset, length));
            case HostRecord.SESSION_ENDED ->
                forget(input.wrap(buffer, offset, length).i32("session"));
            case HostRecord.SUBSCRIBED -> recoverSubscription(recordIndex, input.wrap(buffer, offset, length));
            case HostRecord.UNSUBSCRIBED -> {
                final HostedSession session =
                        byNumber.get(input.wrap(buffer, offset, length).i32("session"));
                if (session != null) {
                    leave(session, TopicFilter.of(input.string("filter")), recordIndex);
                }
            }
            case HostRecord.POSITIONS -> recoverPositions(input.wrap(buffer, offset, length));
            case HostRecord.PUBLISHED -> {
                if ((buffer.getByte(offset) & Published.RETAIN) != 0) {
                    retained.apply(recordIndex, epochNs, buffer, offset, length);
                }
            }
            case HostRecord.RETAINED -> retained.recover(input.wrap(buffer, offset, length));
            case HostRecord.ADDRESSED -> recoverAddressed(input.wrap(buffer, offset, length));
            case HostRecord.WALKED -> recoverWalked(input.wrap(buffer, offset, length));
            case HostRecord.ASSIGNED -> shared.recoverAssigned(recordIndex, input.wrap(buffer, offset, length));
            case HostRecord.GROUP -> shared.recoverGroup(input.wrap(buffer, offset, length));
            case HostRecord.GROUP_POSITIONS -> shared.recoverPositions(input.wrap(buffer, offset, length));
            case HostRecord.IN_FLIGHT -> shared.recoverInFlight(input.wrap(buffer, offset, length));
            case HostRecord.HOST -> format.recover(input.wrap(buffer, offset, length));
            default -> throw HostFormat.unknown(type, input.wrap(buffer, offset, length));
        }
    }

    private void recoverSession(final WireInput in) {
        final int number = in.i32("session");
        final long expirySeconds = in.u32("expiry");
        final long endsAtEpochMs = in.i64("endsAt");
        final long position = in.i64("position");
        final long sentUpTo = in.i64("sentUpTo");
        final String name = in.string("name");
        HostedSession session = byNumber.get(number);
        if (session == null) {
            final HostedSession older = byName.get(name);
            if (older != null) {
                // There was no room to say that it had ended.
                forget(older.number);
            }
            session = new HostedSession(number, name, expirySeconds, new HostSession(position, sentUpTo));
            put(session);
        }
        session.expirySeconds = expirySeconds;
        session.endsAtEpochMs = endsAtEpochMs;
        session.journaledPosition = position;
        recoveredSentUpTo.put(number, sentUpTo);
    }

    private void recoverSubscription(final long recordIndex, final WireInput in) {
        final HostedSession session = byNumber.get(in.i32("session"));
        if (session == null) {
            return;
        }
        final int options = in.u8("options");
        final Subscribe wish = Subscribe.of(0, options & ~WALK, in.i32("subscriptionId"), "");
        final long since = in.i64("since");
        final long until = in.i64("until");
        final TopicFilter filter = TopicFilter.of(in.string("filter"));
        final HostSubscription subscription =
                new HostSubscription(filter, optionsOf(wish), since == 0 ? recordIndex : since);
        session.subscribe(subscription);
        if (filter.isShared()) {
            shared.join(session, subscription);
        }
        if ((options & WALK) != 0) {
            retained.startWalk(session, subscription);
            if (in.remaining() > 0) {
                subscription.walk.moveTo(in.buffer(), in.offset(), in.remaining());
            }
        }
        if (until != 0) {
            session.unsubscribe(filter, until);
        }
    }

    private void recoverAddressed(final WireInput in) {
        final HostedSession session = byNumber.get(in.i32("session"));
        in.skip(Integer.BYTES + Long.BYTES, "subscriptionId and time");
        final HostSubscription subscription = session == null ? null : session.findWalk(in.i64("since"));
        if (subscription != null) {
            addressed.wrap(in.buffer(), in.offset(), in.remaining());
            subscription.walk.moveTo(in.buffer(), addressed.topicAt(), addressed.topicBytes());
        }
    }

    private void recoverWalked(final WireInput in) {
        final HostedSession session = byNumber.get(in.i32("session"));
        final HostSubscription subscription = session == null ? null : session.findWalk(in.i64("since"));
        if (subscription != null) {
            session.endWalk(subscription);
        }
    }

    private void recoverPositions(final WireInput in) {
        while (in.remaining() > 0) {
            final HostedSession session = byNumber.get(in.i32("session"));
            final long position = in.i64("position");
            if (session != null) {
                session.journaledPosition = position;
                session.assigned.forgetBefore(position);
            }
        }
    }

    /** Follows the log as the live cursor reads it. */
    void onLiveRecord(
            final long recordIndex, final int type, final DirectBuffer buffer, final int offset, final int length) {
        if (type == HostRecord.SUBSCRIBED) {
            final int number = input.wrap(buffer, offset, length).i32("session");
            final int options = input.u8("options") & ~WALK;
            final Subscribe wish = Subscribe.of(0, options, input.i32("subscriptionId"), "");
            input.skip(2 * Long.BYTES, "bounds");
            final TopicFilter filter = TopicFilter.of(input.string("filter"));
            if (filter.isShared()) {
                shared.onLiveSubscribed(filter);
            } else if (byNumber.containsKey(number)) {
                // Not of a session that ended since: nothing would take it out again.
                index.add(number, filter, optionsOf(wish));
            }
        } else if (type == HostRecord.UNSUBSCRIBED) {
            final int number = input.wrap(buffer, offset, length).i32("session");
            final TopicFilter filter = TopicFilter.of(input.string("filter"));
            if (!filter.isShared()) {
                index.remove(number, filter);
            }
        }
    }

    private static SubscriptionOptions optionsOf(final Subscribe wish) {
        return new SubscriptionOptions(
                wish.qos(), wish.noLocal(), wish.retainAsPublished(), wish.retainHandling(), wish.subscriptionId());
    }

    /** The session that has the publisher's own name, in the index; all that is published here is local to it. */
    int localNumber() {
        return localNumber;
    }

    /** Whether a subscription wants nothing of what is published here. */
    boolean isLocal(final HostedSession session, final HostSubscription subscription) {
        return subscription.options.noLocal() && session.number == localNumber;
    }

    HostedSession find(final String name) {
        return byName.get(name);
    }

    HostedSession find(final int number) {
        return byNumber.get(number);
    }

    Collection<HostedSession> sessions() {
        return byNumber.values();
    }

    /** Makes a session; null if there are too many, or there is no room in the journal. */
    HostedSession open(final String name, final long expirySeconds) {
        if (byName.size() >= maxSessions) {
            return null;
        }
        final int number = lastNumber + 1;
        final long position = log.lastIndex() + 1;
        final HostedSession session =
                new HostedSession(number, name, expirySeconds, new HostSession(position, position - 1));
        if (!write(session)) {
            return null;
        }
        put(session);
        return session;
    }

    private void put(final HostedSession session) {
        byName.put(session.name, session);
        byNumber.put(session.number, session);
        lastNumber = Math.max(lastNumber, session.number);
        if (session.name.equals(clientId)) {
            localNumber = session.number;
        }
    }

    /** Journals a session as it is; false if there is no room. */
    boolean write(final HostedSession session) {
        encode(session, log.record);
        final boolean written = log.appendRecord() != Journal.FULL;
        session.unwritten = !written;
        if (written) {
            session.journaledPosition = session.progress.position();
        }
        return written;
    }

    private static void encode(final HostedSession session, final WireOutput output) {
        output.begin(HostRecord.SESSION)
                .u32(session.number)
                .u32(session.expirySeconds)
                .i64(session.endsAtEpochMs)
                .i64(session.progress.position())
                .i64(session.progress.sentUpTo())
                .string(session.name);
    }

    /** Forgets a session; it is forgotten in this process even if there is no room to say so. */
    void end(final HostedSession session) {
        if (session.assigned.size() > 0) {
            // So that the others do not get what it has processed.
            log.record.begin(HostRecord.POSITIONS).u32(session.number).i64(session.progress.position());
            log.appendRecord();
        }
        log.record.begin(HostRecord.SESSION_ENDED).u32(session.number);
        log.appendRecord();
        session.closeReader();
        forget(session.number);
    }

    private void forget(final int number) {
        final HostedSession session = byNumber.remove(number);
        if (session != null) {
            byName.remove(session.name, session);
            index.removeAll(number);
            shared.onSessionEnded(session);
        }
    }

    /** Ends sessions whose time is over. */
    int expire(final long nowMs) {
        final List<HostedSession> over = new ArrayList<>();
        for (final HostedSession session : byNumber.values()) {
            if (session.endsAtEpochMs != HostedSession.CONNECTED && session.endsAtEpochMs <= nowMs) {
                over.add(session);
            }
        }
        over.forEach(this::end);
        return over.size();
    }

    /** Subscribes; returns the reason code of the answer, which may go when the log is synced. */
    int subscribe(final HostedSession session, final Subscribe wish) {
        final TopicFilter filter;
        try {
            filter = TopicFilter.of(wish.filter());
        } catch (final IllegalArgumentException e) {
            return Reasons.FILTER_INVALID;
        }
        final boolean isShared = filter.isShared();
        if (isShared && filter.unsharedText().startsWith("$share/")) {
            return Reasons.FILTER_INVALID;
        }
        if (isShared && wish.noLocal()) {
            return Reasons.PROTOCOL_ERROR;
        }
        if (!session.mayHave(filter) || (isShared && !shared.groups.mayJoin(session.number, filter))) {
            return Reasons.QUOTA_EXCEEDED;
        }
        final boolean isLocal = wish.noLocal() && session.number == localNumber;
        final boolean walk = !isShared && !isLocal && wantsRetained(session, wish.retainHandling(), filter);
        log.record
                .begin(HostRecord.SUBSCRIBED)
                .u32(session.number)
                .u8(wish.options() | (walk ? WALK : 0))
                .u32(wish.subscriptionId())
                .i64(0)
                .i64(0)
                .string(wish.filter());
        final long recordIndex = log.appendRecord();
        if (recordIndex == Journal.FULL) {
            return Reasons.QUOTA_EXCEEDED;
        }
        final HostSubscription subscription = new HostSubscription(filter, optionsOf(wish), recordIndex);
        session.subscribe(subscription);
        if (isShared) {
            shared.join(session, subscription);
        }
        if (walk) {
            retained.startWalk(session, subscription);
        }
        return wish.qos();
    }

    private static boolean wantsRetained(final HostedSession session, final int handling, final TopicFilter filter) {
        return handling == 0 || (handling == Subscribe.RETAIN_IF_NEW && !session.subscriptions.containsKey(filter));
    }

    private static void encode(
            final HostedSession session, final HostSubscription subscription, final WireOutput output) {
        final SubscriptionOptions options = subscription.options;
        final String filter = subscription.filter.toString();
        final Subscribe wish = new Subscribe(
                0,
                options.maxQos(),
                options.noLocal(),
                options.retainAsPublished(),
                options.retainHandling(),
                options.subscriptionId(),
                filter);
        final long until = subscription.until == Long.MAX_VALUE ? 0 : subscription.until;
        output.begin(HostRecord.SUBSCRIBED)
                .u32(session.number)
                .u8(wish.options() | (subscription.walk == null ? 0 : WALK))
                .u32(wish.subscriptionId())
                .i64(subscription.since)
                .i64(until)
                .string(filter);
        if (subscription.walk != null) {
            subscription.walk.writePlace(output);
        }
    }

    /** Ends a subscription; returns the reason code of the answer, which may go when the log is synced. */
    int unsubscribe(final HostedSession session, final String text) {
        final TopicFilter filter;
        try {
            filter = TopicFilter.of(text);
        } catch (final IllegalArgumentException e) {
            return Reasons.FILTER_INVALID;
        }
        if (!session.subscriptions.containsKey(filter)) {
            return Reasons.NO_SUBSCRIPTION_EXISTED;
        }
        log.record.begin(HostRecord.UNSUBSCRIBED).u32(session.number).string(text);
        final long recordIndex = log.appendRecord();
        if (recordIndex == Journal.FULL) {
            return Reasons.QUOTA_EXCEEDED;
        }
        leave(session, filter, recordIndex);
        return Reasons.SUCCESS;
    }

    private void leave(final HostedSession session, final TopicFilter filter, final long recordIndex) {
        session.unsubscribe(filter, recordIndex);
        shared.leave(session, filter);
    }

    /**
     * Journals how far sessions are, and lets go of what nobody needs.
     *
     * @param liveIndex where the live cursor stands.
     */
    void writePositions(final long liveIndex) {
        for (final HostedSession session : byNumber.values()) {
            if (session.unwritten) {
                write(session);
            }
        }
        long lowest = liveIndex;
        WireOutput output = null;
        int count = 0;
        for (final HostedSession session : byNumber.values()) {
            if (session.live) {
                session.progress.onPassed(liveIndex);
            }
            final long position = session.progress.position();
            lowest = Math.min(lowest, position);
            if (position != session.journaledPosition && count < MAX_POSITIONS_A_RECORD) {
                output = output == null ? log.record.begin(HostRecord.POSITIONS) : output;
                output.u32(session.number).i64(position);
                session.journaledPosition = position;
                session.forgetEnded();
                session.assigned.forgetBefore(position);
                count++;
            }
        }
        if (output != null) {
            if (FaultPoints.POSITIONS_BEFORE_RECORD) {
                FaultPoints.pass();
            }
            log.appendRecord();
            if (FaultPoints.POSITIONS_RECORDED) {
                FaultPoints.pass();
            }
        }
        log.journal.retainFrom(Math.min(lowest, shared.writePositions(log, liveIndex)));
    }

    @Override
    public void write(final Sink sink) {
        format.write(sink);
        retained.write(sink);
        shared.writeGroups(sink);
        // Not the other map: it has one iterator, which may be with whoever appends the record that this comes before.
        for (final HostedSession session : byName.values()) {
            encode(session, checkpoint);
            add(sink);
            for (final HostSubscription each : session.ended) {
                encode(session, each, checkpoint);
                add(sink);
            }
            for (final HostSubscription each : session.subscriptions.values()) {
                encode(session, each, checkpoint);
                add(sink);
            }
            shared.writeInFlight(sink, session);
        }
    }

    private void add(final Sink sink) {
        sink.add(checkpoint.buffer().getByte(0), checkpoint.buffer(), 0, checkpoint.length());
    }
}
