package io.sluicemq.durable.core;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalBatch;
import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.agrona.DirectBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongArrayList;

/**
 * Gives each message of a shared subscription to one member: it is appended to the log once more, addressed to that session, so that
 * order, window and redelivery are those of any message, and a host that dies has assigned it or not. The host's thread.
 *
 * <p>A group is live, and gets what the live cursor reads, or has a cursor of its own while no member has room.
 */
final class HostAssignment implements AutoCloseable {
    /** Records that a group's own cursor reads in a turn, and groups that do in a turn. */
    private static final int RECORDS_A_TURN = 256;

    private static final int GROUPS_A_TURN = 64;

    /** After a full journal. */
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final HostLog log;
    private final HostState state;
    private final SharedGroups groups;
    private final HostCounters counters;
    private final JournalReader live;
    private final JournalBatch batch;
    private final WireOutput output = new WireOutput();
    private final Published message = new Published();
    private final IntPredicate hasRoom = this::hasRoom;
    private final IntPredicate isThere = this::isThere;
    private final RecordHandler ownHandler = new OwnHandler();
    private final RecordHandler returnedHandler = new ReturnedHandler();

    // Of each record in the batch.
    private final List<SharedGroup> batchGroups = new ArrayList<>();
    private final List<HostedSession> batchSessions = new ArrayList<>();
    private final LongArrayList batchOrigins = new LongArrayList();
    private final IntArrayList batchQualities = new IntArrayList();

    private SharedGroup own;
    private long wanted;
    private boolean found;
    private long nowMs;
    private long nowNs = System.nanoTime();
    private long retryAtNs = nowNs;
    private int firstBehind;

    HostAssignment(final HostLog log, final HostState state, final HostCounters counters, final JournalReader live) {
        this.log = log;
        this.state = state;
        this.counters = counters;
        this.live = live;
        groups = state.shared.groups;
        batch = log.journal.newBatch();
    }

    /** A published message behind the own cursor of a group. */
    private final class OwnHandler implements RecordHandler {
        @Override
        public void onRecord(
                final long index,
                final long epochNs,
                final int type,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            if (type != HostRecord.PUBLISHED) {
                return;
            }
            message.wrap(buffer, offset, length);
            if (message.qos() != Qos.AT_MOST_ONCE
                    && own.plain.matches(buffer, message.topicAt(), message.topicBytes())
                    && !assign(own, index, epochNs)) {
                stall(own, index, epochNs);
            }
        }

        @Override
        public void onSkipped(final long fromIndex, final long toIndex) {
            HostCounters.add(counters.damaged, 1);
        }
    }

    /** A message that another session had been assigned. */
    private final class ReturnedHandler implements RecordHandler {
        @Override
        public void onRecord(
                final long index,
                final long epochNs,
                final int type,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            if (index == wanted && type == HostRecord.ASSIGNED) {
                found = true;
                final long publishedNs = buffer.getLong(offset + HostRecord.PUBLISHED_NS_AT, ByteOrder.LITTLE_ENDIAN);
                message.wrap(buffer, offset + HostRecord.ASSIGNED_BODY, length - HostRecord.ASSIGNED_BODY);
                assign(own, index, publishedNs);
            }
        }

        @Override
        public void onSkipped(final long fromIndex, final long toIndex) {
            HostCounters.add(counters.damaged, 1);
        }
    }

    private boolean hasRoom(final int memberId) {
        return state.find(memberId).canBeAssigned();
    }

    private boolean isThere(final int memberId) {
        final HostLink link = state.find(memberId).link;
        return link != null && link.resumed && !link.blocked && !link.gone;
    }

    /** Takes groups to which something was returned away from the live cursor, before that one goes on. */
    void begin(final long turnMs) {
        nowMs = turnMs;
        nowNs = System.nanoTime();
        final List<SharedGroup> behind = groups.behind();
        for (int i = 0; i < behind.size(); i++) {
            if (behind.get(i).live) {
                stopLive(behind.get(i));
            }
        }
    }

    private void stopLive(final SharedGroup group) {
        group.live = false;
        group.position = Math.max(group.position, live.position());
        group.reader = log.journal.reader();
        group.reader.seek(live);
        groups.addBehind(group);
    }

    /** The live cursor has read a message that matches a group. */
    void onLive(final int groupId, final long index, final long epochNs, final Published published) {
        final SharedGroup group = groups.find(groupId);
        if (group == null || !group.live || index < group.position) {
            return;
        }
        message.wrap(published);
        if (!assign(group, index, epochNs)) {
            stopLive(group);
            stall(group, index, epochNs);
        }
    }

    /** Keeps what {@link #message} looks at for when somebody has room. */
    private void stall(final SharedGroup group, final long index, final long epochNs) {
        group.stalledBytes = message.copyTo(group.stalled);
        group.stalledIndex = index;
        group.stalledEpochNs = epochNs;
        group.position = index;
    }

    /** Who gets a message of QoS 0 that is not in the log; null if nobody is there. */
    SharedGroup.Member chooseNow(final int groupId) {
        final SharedGroup group = groups.find(groupId);
        return group == null ? null : group.choose(isThere);
    }

    /** Puts what {@link #message} looks at into the batch, for the next member; false if nobody has room and it is to be kept. */
    private boolean assign(final SharedGroup group, final long origin, final long publishedNs) {
        if (message.isExpired(nowMs)) {
            HostCounters.add(counters.expired, 1);
            group.returned.remove(origin);
            return true;
        }
        final SharedGroup.Member member = group.choose(hasRoom);
        if (member == null) {
            return false;
        }
        final HostedSession session = state.find(member.id());
        final int qos = Math.min(message.qos(), member.options().maxQos());
        final boolean retain = message.isRetained() && member.options().retainAsPublished();
        final boolean again = group.returned.contains(origin);
        output.begin(HostRecord.ASSIGNED)
                .u32(session.number)
                .u32(member.options().subscriptionId())
                .i64(publishedNs)
                .i64(group.since)
                .i64(origin)
                .u8(qos | (retain ? Published.RETAIN : 0) | (again ? Published.RETURNED : 0))
                .i64(message.expiresAtEpochMs())
                .bytes(message.buffer(), message.contentAt(), message.contentBytes());
        if (!batch.add(HostRecord.ASSIGNED, output.buffer(), 0, output.length())) {
            if (!append()) {
                // In order with those before it, which are to be read again.
                goBack(group, origin);
                return true;
            }
            batch.add(HostRecord.ASSIGNED, output.buffer(), 0, output.length());
        }
        batchGroups.add(group);
        batchSessions.add(session);
        batchOrigins.addLong(origin);
        batchQualities.addInt(qos);
        session.unappended++;
        return true;
    }

    /** Appends what was assigned; if there is no room, that is to be assigned again. */
    boolean append() {
        final int count = batchGroups.size();
        if (count == 0) {
            return true;
        }
        final long synced = log.journal.syncedIndex();
        final long first = log.append(batch);
        for (int i = 0; i < count; i++) {
            final SharedGroup group = batchGroups.get(i);
            final HostedSession session = batchSessions.get(i);
            final long origin = batchOrigins.getLong(i);
            session.unappended--;
            if (first == Journal.FULL) {
                goBack(group, origin);
                continue;
            }
            group.onAssigned(origin);
            session.assigned.add(first + i, group.since, batchQualities.getInt(i));
            if (origin <= synced) {
                // Or it would be safe from a power cut, and not to whom it went.
                log.syncLater();
            }
        }
        batchGroups.clear();
        batchSessions.clear();
        batchOrigins.clear();
        batchQualities.clear();
        return first != Journal.FULL;
    }

    private void goBack(final SharedGroup group, final long origin) {
        retryAtNs = nowNs + RETRY_NS;
        if (group.returned.contains(origin)) {
            return;
        }
        if (group.live) {
            stopLive(group);
        }
        group.stalledBytes = 0;
        group.position = Math.min(group.position, origin);
        if (group.reader.position() > origin) {
            group.reader.seek(origin);
        }
    }

    /** A turn of the groups that have something to assign and are not live. */
    int run() {
        append();
        final List<SharedGroup> behind = groups.behind();
        if (behind.isEmpty() || nowNs - retryAtNs < 0) {
            return 0;
        }
        int work = 0;
        final int turns = Math.min(GROUPS_A_TURN, behind.size());
        firstBehind++;
        for (int i = 0; i < turns && !behind.isEmpty(); i++) {
            work += catchUp(behind.get(Math.floorMod(firstBehind + i, behind.size())));
        }
        return work;
    }

    private int catchUp(final SharedGroup group) {
        own = group;
        int work = 0;
        if (!group.returned.isEmpty()) {
            work += assignReturned(group);
        }
        // What was returned goes first.
        if (group.returned.isEmpty()) {
            work += assignPublished(group);
        }
        return work;
    }

    private int assignReturned(final SharedGroup group) {
        int work = 0;
        Long next = group.returned.first();
        while (next != null && work < RECORDS_A_TURN && nowNs - retryAtNs >= 0 && group.hasRoom(hasRoom)) {
            wanted = next;
            found = false;
            seekReturned(group, next);
            while (group.returnedReader.position() <= next && group.returnedReader.poll(returnedHandler, 1) > 0) {
                work++;
            }
            if (!found) {
                // The disk has lost it.
                group.returned.remove(next);
            }
            next = group.returned.higher(next);
        }
        append();
        if (group.returned.isEmpty() && group.returnedReader != null) {
            group.returnedReader.close();
            group.returnedReader = null;
        }
        return work;
    }

    private void seekReturned(final SharedGroup group, final long index) {
        if (group.returnedReader == null) {
            group.returnedReader = log.journal.reader();
            group.returnedReader.seek(index);
        } else if (group.returnedReader.position() > index) {
            group.returnedReader.seek(index);
        }
    }

    private int assignPublished(final SharedGroup group) {
        if (group.reader == null) {
            if (!group.hasRoom(hasRoom)) {
                return 0;
            }
            group.reader = log.journal.reader();
            group.reader.seek(group.position);
        }
        int work = 0;
        if (group.stalledBytes > 0) {
            message.wrap(group.stalled, 0, group.stalledBytes);
            if (!assign(group, group.stalledIndex, group.stalledEpochNs)) {
                return 0;
            }
            group.stalledBytes = 0;
            work++;
        }
        boolean end = false;
        while (work < RECORDS_A_TURN && group.stalledBytes == 0 && nowNs - retryAtNs >= 0 && !end) {
            end = group.reader.position() >= live.position() || group.reader.poll(ownHandler, 1) == 0;
            work += end ? 0 : 1;
        }
        append();
        if (group.stalledBytes == 0 && nowNs - retryAtNs >= 0) {
            group.position = Math.max(group.position, group.reader.position());
            if (end) {
                group.live = true;
                group.closeReader();
                groups.removeBehind(group);
            }
        }
        return work;
    }

    @Override
    public void close() {
        groups.all().forEach(SharedGroup::closeReaders);
    }
}
