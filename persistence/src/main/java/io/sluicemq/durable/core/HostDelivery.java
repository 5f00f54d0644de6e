package io.sluicemq.durable.core;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Brings what is in the log to the sessions. One live cursor reads each record once and gives it to all sessions that are live and
 * match. A session that was away, or has no room, reads by a cursor of its own up to where the live cursor is, and then is live again;
 * so each record comes once, and in order. The host's thread.
 */
final class HostDelivery implements AutoCloseable {
    private static final int LIVE_LIMIT = 1_024;
    private static final int OWN_LIMIT = 256;

    private static final int FLAGS_AT = 1;
    private static final int PREVIOUS_AT = 1 + 1 + Long.BYTES;
    private static final int EXPIRES_AT = PREVIOUS_AT + Long.BYTES;

    private final Journal journal;
    private final HostLog log;
    private final HostState state;
    private final HostLinks links;
    private final HostCounters counters;
    private final JournalReader live;
    private final long maxStalledBytes;
    final HostReplays replays;
    final HostWaits waits;
    private final SpareReaders spares;
    private final HostAssignment assignment;
    private final List<HostedSession> behind = new ArrayList<>();
    private final Published message = new Published();
    private final WireOutput output = new WireOutput();
    private final MatchVisitor onMatch = this::onMatch;
    private final MatchVisitor onMatchAtMostOnce = this::onMatchAtMostOnce;
    private final RecordHandler ownHandler = new OwnHandler();
    private final RecordHandler liveHandler = new LiveHandler();
    private final int[] ids = new int[Delivery.MAX_SUBSCRIPTION_IDS];
    private int idCount;
    private HostedSession own;
    private long index;
    private long publishedAtEpochNs;
    private long nowMs;
    private int firstBehind;

    /** Room that all sessions have taken for what they keep. */
    private long stalledBytes;

    /** The own cursor is to go back by one record, which it cannot while it reads. */
    private boolean readAgain;

    HostDelivery(
            final HostLog log,
            final HostState state,
            final HostLinks links,
            final HostCounters counters,
            final JournalReader live,
            final long maxStalledBytes) {
        this.maxStalledBytes = maxStalledBytes;
        journal = log.journal;
        this.log = log;
        this.state = state;
        this.links = links;
        this.counters = counters;
        this.live = live;
        spares = new SpareReaders(journal);
        replays = new HostReplays(journal, links);
        waits = new HostWaits(state);
        assignment = new HostAssignment(log, state, counters, live);
    }

    private final class LiveHandler implements RecordHandler {
        @Override
        public void onRecord(
                final long recordIndex,
                final long epochNs,
                final int type,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            if (type == HostRecord.ADDRESSED || type == HostRecord.ASSIGNED) {
                if (type == HostRecord.ASSIGNED) {
                    // Nobody may see what a power cut could give to another.
                    log.syncIfDue();
                }
                final HostedSession session = state.find(addressee(buffer, offset));
                if (session != null && session.live && recordIndex >= session.liveFrom && !session.link.gone) {
                    offerAddressed(session, recordIndex, type, buffer, offset, length);
                }
                return;
            }
            if (type != HostRecord.PUBLISHED) {
                state.onLiveRecord(recordIndex, type, buffer, offset, length);
                return;
            }
            index = recordIndex;
            publishedAtEpochNs = epochNs;
            message.wrap(buffer, offset, length);
            if (message.qos() != Qos.AT_MOST_ONCE) {
                match(onMatch);
            }
        }

        @Override
        public void onSkipped(final long fromIndex, final long toIndex) {
            HostCounters.add(counters.damaged, 1);
        }
    }

    private final class OwnHandler implements RecordHandler {
        @Override
        public void onRecord(
                final long recordIndex,
                final long epochNs,
                final int type,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            if ((type == HostRecord.ADDRESSED || type == HostRecord.ASSIGNED)
                    && addressee(buffer, offset) == own.number) {
                offerAddressed(own, recordIndex, type, buffer, offset, length);
                return;
            }
            if (type != HostRecord.PUBLISHED) {
                return;
            }
            index = recordIndex;
            publishedAtEpochNs = epochNs;
            message.wrap(buffer, offset, length);
            if (message.qos() != Qos.AT_MOST_ONCE) {
                matchOwn();
            }
        }

        @Override
        public void onSkipped(final long fromIndex, final long toIndex) {
            HostCounters.add(counters.damaged, 1);
        }
    }

    private static int addressee(final DirectBuffer buffer, final int offset) {
        return buffer.getInt(offset + 1, ByteOrder.LITTLE_ENDIAN);
    }

    private void offerAddressed(
            final HostedSession session,
            final long recordIndex,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        index = recordIndex;
        final int idAt = offset + 1 + Integer.BYTES;
        ids[0] = buffer.getInt(idAt, ByteOrder.LITTLE_ENDIAN);
        idCount = ids[0] == 0 ? 0 : 1;
        publishedAtEpochNs = buffer.getLong(offset + HostRecord.PUBLISHED_NS_AT, ByteOrder.LITTLE_ENDIAN);
        final int body = type == HostRecord.ASSIGNED ? HostRecord.ASSIGNED_BODY : HostRecord.ADDRESSED_BODY;
        message.wrap(buffer, offset + body, length - body);
        if (type == HostRecord.ASSIGNED) {
            session.assigned.onRead(recordIndex);
        }
        offer(session, message.qos(), true);
    }

    /** Where the live cursor stands. */
    long liveIndex() {
        return live.position();
    }

    /** A subscriber has said where it is: its session reads from there. */
    void resume(final HostedSession session, final Resume resume) {
        session.stalledBytes = 0;
        session.progress.onResume(resume, session.link.receiveMaximum);
        // At most once, so nothing of before.
        session.droppedUpTo = Math.max(session.droppedUpTo, log.lastIndex());
        startOwnCursor(session).seek(session.progress.cursor());
    }

    private JournalReader startOwnCursor(final HostedSession session) {
        session.live = false;
        session.reader = spares.take();
        behind.add(session);
        return session.reader;
    }

    /** A subscriber is gone. */
    void stop(final HostedSession session) {
        if (session.live) {
            session.progress.onPassed(live.position());
        }
        session.live = false;
        session.stalledBytes = 0;
        stalledBytes -= session.stalled.capacity();
        session.stalled = HostedSession.emptyBuffer();
        stalledBytes += session.stalled.capacity();
        session.closeReader();
        behind.remove(session);
        session.progress.onDisconnected();
        session.progress.keepProcessed(session.assigned::contains);
    }

    /** A turn: what there is, up to a bound; groups, walks and sessions that are behind get so much time each, and do one step at the least. */
    int run(final long turnMs, final long budgetNs) {
        nowMs = turnMs;
        assignment.begin(turnMs);
        int work = live.poll(liveHandler, LIVE_LIMIT);
        spares.trim(live.position());
        work += assignment.run(System.nanoTime() + budgetNs);
        work += state.retained.walk(log, nowMs, System.nanoTime() + budgetNs);
        return work + catchUp(System.nanoTime() + budgetNs);
    }

    /** Something was heard: of members, there may be room that there was not. */
    void onRoom() {
        assignment.onRoom();
    }

    private int catchUp(final long untilNs) {
        int work = 0;
        final int count = behind.size();
        firstBehind++;
        for (int i = 0; i < count && !behind.isEmpty(); i++) {
            final int done = catchUp(behind.get(Math.floorMod(firstBehind + i, behind.size())), untilNs);
            work += done;
            if (done > 0 && System.nanoTime() - untilNs >= 0) {
                // The next turn begins with the next one.
                firstBehind += i;
                break;
            }
        }
        return work;
    }

    private int catchUp(final HostedSession session, final long untilNs) {
        if (session.link.blocked || session.link.gone || !session.progress.hasRoom()) {
            return 0;
        }
        if (session.stalledBytes > 0) {
            return sendStalled(session) ? 1 : 0;
        }
        own = session;
        readAgain = false;
        final JournalReader reader = session.reader;
        int work = 0;
        boolean going = true;
        while (going && session.stalledBytes == 0 && session.progress.hasRoom() && !session.link.gone) {
            if (reader.position() >= live.position() || reader.poll(ownHandler, 1) == 0) {
                goLive(session);
                // It may be assigned something now.
                return work + 1;
            }
            work++;
            going = !readAgain && work < OWN_LIMIT && System.nanoTime() - untilNs < 0;
        }
        if (readAgain) {
            reader.seek(session.stalledIndex);
        } else if (session.stalledBytes == 0) {
            session.progress.onPassed(reader.position());
        }
        return work;
    }

    private void goLive(final HostedSession session) {
        session.liveFrom = session.reader.position();
        session.progress.onPassed(session.liveFrom);
        session.live = true;
        spares.give(session.reader);
        session.reader = null;
        behind.remove(session);
        assignment.onRoom();
        state.retained.onLive(session);
    }

    private void match(final MatchVisitor visitor) {
        state.index.match(message.buffer(), message.topicAt(), message.topicBytes(), state.localNumber(), visitor);
    }

    private void onMatch(final SubscriberMatch match) {
        if (match.subscriberId() < 0) {
            assignment.onLive(match.subscriberId(), index, publishedAtEpochNs, message);
            return;
        }
        final HostedSession session = state.find(match.subscriberId());
        if (session == null || !session.live || index < session.liveFrom || session.link.gone) {
            return;
        }
        takeIds(match);
        offer(session, Math.min(message.qos(), match.maxQos()), match.retainAsPublished());
    }

    private void takeIds(final SubscriberMatch match) {
        idCount = Math.min(match.subscriptionIdCount(), Delivery.MAX_SUBSCRIPTION_IDS);
        for (int i = 0; i < idCount; i++) {
            ids[i] = match.subscriptionId(i);
        }
    }

    private void matchOwn() {
        idCount = 0;
        int maxQos = -1;
        boolean retainAsPublished = false;
        for (final HostSubscription each : own.allSubscriptions()) {
            if (isMatch(each)) {
                maxQos = Math.max(maxQos, each.options.maxQos());
                retainAsPublished |= each.options.retainAsPublished();
                addId(each);
            }
        }
        if (maxQos >= 0) {
            offer(own, Math.min(message.qos(), maxQos), retainAsPublished);
        }
    }

    private boolean isMatch(final HostSubscription subscription) {
        return !subscription.filter.isShared()
                && !state.isLocal(own, subscription)
                && subscription.holdsAt(index)
                && subscription.filter.matches(message.buffer(), message.topicAt(), message.topicBytes());
    }

    private void addId(final HostSubscription subscription) {
        if (subscription.options.subscriptionId() != 0 && idCount < ids.length) {
            ids[idCount++] = subscription.options.subscriptionId();
        }
    }

    /** Sends a record to a session that matches it, or keeps it for when that can be. */
    private void offer(final HostedSession session, final int qos, final boolean retainAsPublished) {
        if (message.isExpired(nowMs)) {
            HostCounters.add(counters.expired, 1);
            return;
        }
        if (qos == Qos.AT_MOST_ONCE) {
            if (index > session.droppedUpTo) {
                session.droppedUpTo = index;
                encode(0, retainAsPublished, index, 0);
                sendAtMostOnce(session.link);
            }
            return;
        }
        final HostSession.Decision decision = session.progress.decide(index, qos);
        if (decision == HostSession.Decision.SKIP) {
            return;
        }
        final boolean again = decision == HostSession.Decision.SEND_AGAIN || message.isReturned();
        final int marks = (again ? Delivery.REDELIVERED : 0) | (message.isReturned() ? Delivery.RETURNED : 0);
        encode(qos | marks, retainAsPublished, index, session.progress.previous());
        if (links.isTooLarge(session.link, output.length())) {
            return;
        }
        if (session.progress.hasRoom() && !session.link.blocked) {
            if (FaultPoints.DELIVER_BEFORE_SEND) {
                FaultPoints.pass();
            }
            markLast(session, output.buffer().getByte(FLAGS_AT));
            if (links.send(session.link, output.buffer(), output.length())) {
                onSent(session, index, qos, again);
                return;
            }
        }
        stall(session, qos);
    }

    private void encode(
            final int flags, final boolean retainAsPublished, final long messageIndex, final long previous) {
        final int retained = retainAsPublished && message.isRetained() ? Delivery.RETAIN : 0;
        Delivery.begin(output, flags | retained, messageIndex, previous, message.expiresAtEpochMs(), publishedAtEpochNs)
                .u8(idCount);
        for (int i = 0; i < idCount; i++) {
            output.u32(ids[i]);
        }
        output.bytes(message.buffer(), message.contentAt(), message.contentBytes());
    }

    /** The receiver need not wait for more: there is none, or no room for it. */
    private void markLast(final HostedSession session, final byte flags) {
        if (index >= log.lastPublished() || session.progress.isLastOfWindow()) {
            output.putByte(FLAGS_AT, (byte) (flags | Delivery.LAST_OF_BATCH));
        }
    }

    private void onSent(final HostedSession session, final long sentIndex, final int qos, final boolean again) {
        if (FaultPoints.DELIVER_SENT) {
            FaultPoints.pass();
        }
        session.progress.onSent(sentIndex, qos);
        HostCounters.add(counters.delivered, 1);
        if (again) {
            HostCounters.add(counters.redelivered, 1);
        }
    }

    /** Keeps a delivery that was read and could not be sent, or reads it again if too much is kept; what comes after it is read by a cursor of the session's own. */
    private void stall(final HostedSession session, final int qos) {
        session.progress.onPassed(index);
        session.stalledIndex = index;
        session.stalledQos = qos;
        final int before = session.stalled.capacity();
        final boolean kept = output.length() <= before || stalledBytes + output.length() - before <= maxStalledBytes;
        if (kept) {
            session.stalled.putBytes(0, output.buffer(), 0, output.length());
            session.stalledBytes = output.length();
            stalledBytes += session.stalled.capacity() - before;
        }
        if (!session.live) {
            readAgain = !kept;
        } else if (kept) {
            startOwnCursor(session).seek(live);
        } else {
            startOwnCursor(session).seek(index);
        }
    }

    private boolean sendStalled(final HostedSession session) {
        final long expiresAtEpochMs = session.stalled.getLong(EXPIRES_AT, ByteOrder.LITTLE_ENDIAN);
        if (expiresAtEpochMs != 0 && expiresAtEpochMs <= nowMs) {
            session.stalledBytes = 0;
            session.progress.onPassed(session.stalledIndex + 1);
            HostCounters.add(counters.expired, 1);
            return true;
        }
        final byte flags = session.stalled.getByte(FLAGS_AT);
        session.stalled.putLong(PREVIOUS_AT, session.progress.previous(), ByteOrder.LITTLE_ENDIAN);
        if (session.progress.isLastOfWindow()) {
            session.stalled.putByte(FLAGS_AT, (byte) (flags | Delivery.LAST_OF_BATCH));
        }
        if (!links.send(session.link, session.stalled, session.stalledBytes)) {
            return false;
        }
        session.stalledBytes = 0;
        onSent(session, session.stalledIndex, session.stalledQos, (flags & Delivery.REDELIVERED) != 0);
        return true;
    }

    /** Sends a message that is not in the log to those who are there. */
    void sendAtMostOnce(final DirectBuffer buffer, final int offset, final int length, final long turnMs) {
        nowMs = turnMs;
        index = 0;
        publishedAtEpochNs = turnMs * 1_000_000;
        message.wrap(buffer, offset, length);
        match(onMatchAtMostOnce);
    }

    private void onMatchAtMostOnce(final SubscriberMatch match) {
        if (match.subscriberId() < 0) {
            sendAtMostOnceToOne(match.subscriberId());
            return;
        }
        final HostedSession session = state.find(match.subscriberId());
        if (session != null && session.link != null && session.link.resumed) {
            takeIds(match);
            encode(0, match.retainAsPublished(), 0, 0);
            sendAtMostOnce(session.link);
        }
    }

    private void sendAtMostOnceToOne(final int groupId) {
        final SharedGroup.Member member = assignment.chooseNow(groupId);
        if (member == null) {
            HostCounters.add(counters.dropped, 1);
            return;
        }
        ids[0] = member.options().subscriptionId();
        idCount = ids[0] == 0 ? 0 : 1;
        encode(0, member.options().retainAsPublished(), 0, 0);
        sendAtMostOnce(state.find(member.id()).link);
    }

    private void sendAtMostOnce(final HostLink link) {
        if (links.isTooLarge(link, output.length())) {
            return;
        }
        if (!link.blocked && !link.gone && links.send(link, output.buffer(), output.length())) {
            HostCounters.add(counters.delivered, 1);
        } else {
            HostCounters.add(counters.dropped, 1);
        }
    }

    @Override
    public void close() {
        replays.close();
        assignment.close();
        state.sessions().forEach(HostedSession::closeReader);
        spares.close();
        live.close();
    }
}
