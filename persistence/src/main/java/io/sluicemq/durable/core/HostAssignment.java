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
    /** Records that are read for a group in a turn. */
    private static final int RECORDS_A_TURN = 256;

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
    private int nextBehind;

    /** Groups that were looked at one after the other, over turns, since anything has changed, and that had nothing to do. */
    private int inVain;

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
    }

    private boolean hasRoom(final int memberId) {
        return state.find(memberId).canBeAssigned();
    }

    private boolean isThere(final int memberId) {
        final HostLink link = state.find(memberId).link;
        return link != null && link.resumed && !link.blocked && !link.gone;
    }

    /** A member may have room that had none, or there may be a new one: each group is worth a look again. */
    void onRoom() {
        inVain = 0;
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

    /** A turn of the groups that have something to assign and are not live: up to a time, and one record at the least. */
    int run(final long untilNs) {
        append();
        final List<SharedGroup> behind = groups.behind();
        int work = 0;
        boolean going = mayAppend();
        inVain = inVain < behind.size() ? inVain : 0;
        for (int left = behind.size(); left > 0 && going && inVain < behind.size(); left--) {
            nextBehind = nextBehind < behind.size() ? nextBehind : 0;
            final SharedGroup group = behind.get(nextBehind);
            final int done = catchUp(group, untilNs);
            nextBehind += group.behind ? 1 : 0;
            inVain = done > 0 ? 0 : inVain + 1;
            work += done;
            going = mayAppend() && System.nanoTime() - untilNs < 0;
        }
        // Those that there was no time for may have something to do.
        return mayAppend() && inVain < behind.size() ? Math.max(work, 1) : work;
    }

    /** Whether the journal has not just been full. */
    private boolean mayAppend() {
        return nowNs - retryAtNs >= 0;
    }

    private int catchUp(final SharedGroup group, final long untilNs) {
        own = group;
        int work = 0;
        if (!group.returned.isEmpty()) {
            work += assignReturned(group, untilNs);
        }
        // What was returned goes first.
        if (group.returned.isEmpty()) {
            work += assignPublished(group, untilNs);
        }
        return work;
    }

    private int assignReturned(final SharedGroup group, final long untilNs) {
        int work = 0;
        Long next = group.hasRoom(hasRoom) ? group.returned.first() : null;
        boolean going = next != null;
        while (going) {
            wanted = next;
            found = false;
            seekReturned(group, wanted);
            final boolean end = group.returnedReader.poll(returnedHandler, 1) == 0;
            work++;
            if (end || group.returnedReader.position() > wanted) {
                if (!found) {
                    // The disk has lost it.
                    group.returned.remove(wanted);
                    HostCounters.add(counters.damaged, 1);
                }
                next = group.hasRoom(hasRoom) ? group.returned.higher(wanted) : null;
            }
            going = next != null && work < RECORDS_A_TURN && mayAppend() && System.nanoTime() - untilNs < 0;
        }
        append();
        if (group.returned.isEmpty() && group.returnedReader != null) {
            group.returnedReader.close();
            group.returnedReader = null;
        }
        return work;
    }

    /** Goes on reading where it was, as a place in a segment is found by reading; but over segments it goes at once. */
    private void seekReturned(final SharedGroup group, final long index) {
        if (group.returnedReader == null) {
            group.returnedReader = log.journal.reader();
            group.returnedReader.seek(index);
            return;
        }
        final long position = group.returnedReader.position();
        if (position > index || position >>> Integer.SIZE < index >>> Integer.SIZE) {
            group.returnedReader.seek(index);
        }
    }

    private int assignPublished(final SharedGroup group, final long untilNs) {
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
        boolean going = mayAppend();
        while (going) {
            end = group.reader.position() >= live.position() || group.reader.poll(ownHandler, 1) == 0;
            work += end ? 0 : 1;
            going = !end
                    && group.stalledBytes == 0
                    && work < RECORDS_A_TURN
                    && mayAppend()
                    && System.nanoTime() - untilNs < 0;
        }
        append();
        if (group.stalledBytes == 0 && mayAppend()) {
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
