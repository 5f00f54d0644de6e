package io.sluicemq.durable.core;

import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalBatch;
import io.sluicemq.journal.JournalException;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.JournalReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;

/**
 * The subscriber's journal. What comes in one turn is collected in a batch, appended as one frame and synced once; the state follows
 * only what is in the journal, so that a checkpoint never says more than the records before it. The subscriber's thread.
 */
final class Inbox implements AutoCloseable {
    /** The journal's name for who reads results. */
    private static final String RESULTS = "results";

    private final Durability level;
    private final long maxBytes;
    private final int segmentBytes;
    private final int maxMessages;
    private final InboxState state = new InboxState();
    private final Journal journal;
    private final JournalBatch batch;
    private final PendingRecords pending = new PendingRecords();
    private final WireOutput output = new WireOutput();
    private final PendingRecords.Acknowledged acknowledged;
    private final long[] recovered;

    /** Of the last record. */
    private long lastIndex;

    /** Of the last record that is durable. Set with release before anybody is told of that record; read by any thread with acquire. */
    private final AtomicLong durableIndex = new AtomicLong();

    private long retainedFrom = -1;

    /** Bytes of the files from the oldest record that is needed to the last, and what segments these are in. */
    private long neededBytes;

    private long neededFrom = -1;
    private long neededTo = -1;

    /** Up to where results are needed no more; negative if there never was one. */
    private long resultsReleased;

    /** Results in the batch. */
    private boolean hasResults;

    /** In the batch: a host is removed, whose messages need not be kept. */
    private boolean hasForgotten;

    private boolean unsynced;

    /** Messages in journal or batch, and in the journal, since the open. */
    private long collectedMessages;

    private long storedMessages;
    private long acknowledgedMessages;

    /** The last number of a host that is in the journal or the batch. */
    private int numbers;

    Inbox(
            final Path directory,
            final DurableSubscriberOptions options,
            final PendingRecords.Acknowledged acknowledged) {
        level = options.level();
        maxBytes = options.inboxMaxBytes();
        segmentBytes = options.segmentBytes();
        maxMessages = options.inboxMaxMessages();
        this.acknowledged = acknowledged;
        final JournalOptions journalOptions = JournalOptions.builder()
                .segmentBytes(options.segmentBytes())
                .retainBytes(0)
                .retainFor(Duration.ZERO)
                .checkpoint(state)
                .build();
        journal = Journal.open(directory, journalOptions);
        try {
            journal.recover(state);
            own(directory, options.name());
            if (options.cleanStart()) {
                forgetAll(directory);
            }
        } catch (final WireException e) {
            journal.close();
            throw new JournalException("directory=" + directory + " is no subscriber's: " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            journal.close();
            throw e;
        }
        batch = journal.newBatch();
        recovered = state.unprocessedInboxIndexes();
        lastIndex = Math.max(lastIndex, state.endIndex());
        durableIndex.setRelease(lastIndex);
        numbers = state.producers().size();
        resultsReleased = journal.position(RESULTS);
        retain();
    }

    private void forgetAll(final Path directory) {
        output.begin(InboxRecords.CLEAN_START);
        lastIndex = journal.append(InboxRecords.CLEAN_START, output.buffer(), 0, output.length());
        if (lastIndex == Journal.FULL) {
            throw new JournalException("directory=" + directory + " is full, limit=room for a clean start, make room");
        }
        journal.sync();
        state.onCleanStart();
    }

    /** Makes sure that the inbox is that of the session: its hosts were told what is stored here, and under no other name. */
    private void own(final Path directory, final String name) {
        if (state.owner() == null) {
            // Where it was lost, with what else was damaged, all that is left is kept.
            journal.retainFrom(0);
            output.begin(InboxRecords.OWNER).string(name);
            lastIndex = journal.append(InboxRecords.OWNER, output.buffer(), 0, output.length());
            if (lastIndex == Journal.FULL) {
                throw new JournalException("directory=" + directory + " is full, limit=room for a record, make room");
            }
            state.owner(name);
        } else if (!state.owner().equals(name)) {
            throw new JournalException("directory=" + directory + " is the inbox of session=" + state.owner()
                    + ", limit=session=" + name + ", open it under its name, or another directory");
        }
    }

    /** Lets go of results. */
    void releaseResults(final long upTo) {
        journal.acknowledge(RESULTS, upTo);
        resultsReleased = upTo;
    }

    /** A reader of its own, at the oldest record; sees what is durable. Any thread. */
    Results results() {
        return new Results(journal.reader(), durableIndex::getAcquire);
    }

    /** Bytes of a result. */
    int maxResultBytes() {
        return journal.maxRecordBytes() - InboxRecords.RESULT_HEADER_BYTES;
    }

    InboxState state() {
        return state;
    }

    /** Records of messages that were not processed at the open, ascending. */
    long[] recovered() {
        return recovered.clone();
    }

    /** A reader for the application, at the oldest message that is not processed. */
    JournalReader reader() {
        final JournalReader reader = journal.reader();
        if (recovered.length == 0) {
            reader.seekEnd();
        } else {
            reader.seek(recovered[0]);
        }
        return reader;
    }

    int maxMessageBytes() {
        return journal.maxRecordBytes();
    }

    /** Whether nothing more is to be taken from hosts. */
    boolean isFull() {
        final long oldest = Math.min(state.oldestInboxIndex(), oldestResult());
        return (oldest != ProducerState.NONE && bytesFrom(oldest) + segmentBytes > maxBytes)
                || state.inboxSize() >= maxMessages;
    }

    /** By the files that are there: each open begins a segment, and what was not used of the one before is given back. */
    private long bytesFrom(final long oldest) {
        if (segment(oldest) != neededFrom || segment(lastIndex) != neededTo) {
            neededFrom = segment(oldest);
            neededTo = segment(lastIndex);
            neededBytes = journal.bytesFrom(oldest);
        }
        return neededBytes;
    }

    private long oldestResult() {
        return Math.max(0, resultsReleased) >= state.lastResult() ? ProducerState.NONE : resultsReleased;
    }

    private static long segment(final long index) {
        return index >>> Integer.SIZE;
    }

    /** Collects a message of QoS 2, which is a whole DELIVER; false if there is no room at all. */
    boolean store(
            final ProducerState producer,
            final long index,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (!add(InboxRecords.messageType(producer.number()), buffer, offset, length)) {
            return false;
        }
        pending.addMessage(producer, index);
        collectedMessages++;
        return true;
    }

    /** Collects a will of a host as a message, which is a whole DELIVER; false if there is no room at all. */
    boolean storeWill(final ProducerState producer, final long index, final DirectBuffer buffer, final int length) {
        if (!add(InboxRecords.willMessageType(producer.number()), buffer, 0, length)) {
            return false;
        }
        pending.addMessage(producer, index);
        collectedMessages++;
        return true;
    }

    /** Collects what is known of a host's will; false if there is no room at all. */
    boolean will(final ProducerState producer) {
        InboxRecords.encodeWill(output, producer);
        return addOther(InboxRecords.WILL);
    }

    /** Collects that a host is removed for good, with all that is here of it; false if there is no room at all. */
    boolean forget(final ProducerState producer) {
        output.begin(InboxRecords.FORGOTTEN).u32(producer.number());
        if (!addOther(InboxRecords.FORGOTTEN)) {
            return false;
        }
        state.forget(producer);
        hasForgotten = true;
        return true;
    }

    /** Collects an acknowledgement, with its result if there is one; null if it is collected, else what became of it. */
    AcknowledgeOutcome acknowledge(final AcknowledgeCommand command) {
        final ProducerState producer = state.find(command.producer());
        final int qos = producer == null ? Qos.AT_MOST_ONCE : producer.qosOfWaiting(command.index());
        final boolean resultAlone = command.producer() == 0 && command.hasResult();
        if (qos == Qos.AT_MOST_ONCE && !resultAlone) {
            return AcknowledgeOutcome.UNKNOWN;
        }
        final int type = command.hasResult() ? InboxRecords.RESULT : InboxRecords.ACKED;
        InboxRecords.encodeAcked(output, type, qos, producer, command.index());
        if (command.hasResult()) {
            command.appendResult(output);
        }
        if (!add(type, output.buffer(), 0, output.length())) {
            return AcknowledgeOutcome.FULL;
        }
        pending.addAcknowledgement(command.kind(), qos, producer, command.index(), command.correlationId());
        hasResults |= command.hasResult();
        return null;
    }

    /** The state of a host; collected if it is new. Null if there is no room at all. */
    ProducerState producer(final UUID id) {
        final ProducerState known = state.find(id);
        if (known != null) {
            return known;
        }
        if (numbers == InboxRecords.MAX_PRODUCERS) {
            throw new WireException(
                    "producers=" + numbers + ", limit=" + InboxRecords.MAX_PRODUCERS + ", begin with a new directory");
        }
        InboxRecords.encodeProducer(output, numbers + 1, id);
        if (!addOther(InboxRecords.PRODUCER)) {
            return null;
        }
        numbers++;
        return state.add(id);
    }

    /** Collects a subscription, or the end of one; false if there is no room at all. */
    boolean subscription(final BookEntry entry) {
        InboxRecords.encodeSubscription(output, entry);
        if (!addOther(InboxRecords.SUBSCRIPTION)) {
            return false;
        }
        state.subscriptions().put(entry);
        return true;
    }

    private boolean addOther(final int type) {
        final boolean added = add(type, output.buffer(), 0, output.length());
        if (added) {
            pending.addOther();
        }
        return added;
    }

    private boolean add(final int type, final DirectBuffer buffer, final int offset, final int length) {
        if (batch.add(type, buffer, offset, length)) {
            return true;
        }
        return append() && batch.add(type, buffer, offset, length);
    }

    private boolean append() {
        if (batch.count() == 0) {
            return true;
        }
        if (hasResults && resultsReleased < 0) {
            // From now on they are kept until they are released.
            releaseResults(lastIndex);
        }
        final long first = journal.append(batch);
        if (first == Journal.FULL) {
            return false;
        }
        pending.onAppended(first);
        lastIndex = first + batch.count() - 1;
        storedMessages += pending.messages();
        acknowledgedMessages += pending.acknowledged();
        unsynced = true;
        batch.clear();
        if (hasResults) {
            state.onResult(lastIndex);
            hasResults = false;
        }
        if (pending.acknowledged() > 0 || hasForgotten) {
            hasForgotten = false;
            retain();
        }
        return true;
    }

    private void retain() {
        final long from = Math.min(state.oldestInboxIndex(), lastIndex);
        if (segment(from) != segment(retainedFrom)) {
            journal.retainFrom(from);
            retainedFrom = from;
            if (resultsReleased >= 0 && oldestResult() == ProducerState.NONE) {
                // All were released; what came since must not be kept for them.
                releaseResults(lastIndex);
            }
        }
    }

    /** Makes all durable that was collected, and tells of it; false if the journal is full, then all stays as it is. */
    boolean commit() {
        if (!append()) {
            return false;
        }
        if (unsynced) {
            if (level == Durability.SYNCED) {
                journal.sync();
            }
            unsynced = false;
            durableIndex.setRelease(lastIndex);
            if (FaultPoints.INBOX_COMMITTED) {
                FaultPoints.pass();
            }
            pending.onDurable(acknowledged);
        }
        return true;
    }

    /** Messages of QoS 2 since the open, those that are not durable yet included. */
    long collectedMessages() {
        return collectedMessages;
    }

    /** Messages of QoS 2 since the open that are in the journal. */
    long storedMessages() {
        return storedMessages;
    }

    long acknowledgedMessages() {
        return acknowledgedMessages;
    }

    /** Drops what was collected and is not in the journal; whoever waits for it is not told. */
    @Override
    public void close() {
        journal.close();
    }
}
