package io.sluicemq.durable.core;

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
import org.agrona.DirectBuffer;

/**
 * The subscriber's journal. What comes in one turn is collected in a batch, appended as one frame and synced once; the state follows
 * only what is in the journal, so that a checkpoint never says more than the records before it. The subscriber's thread.
 */
final class Inbox implements AutoCloseable {
    private final Durability level;
    private final long maxSegments;
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

    private long retainedFrom = -1;
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
        maxSegments = options.inboxMaxBytes() / options.segmentBytes();
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
        } catch (final WireException e) {
            journal.close();
            throw new JournalException("directory=" + directory + " is no subscriber's: " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            journal.close();
            throw e;
        }
        batch = journal.newBatch();
        recovered = state.unprocessedInboxIndexes();
        lastIndex = state.endIndex();
        numbers = state.producers().size();
        retain();
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
        final long oldest = state.oldestInboxIndex();
        return oldest != ProducerState.NONE
                && (segment(lastIndex) - segment(oldest) + 1 >= maxSegments || state.inboxSize() >= maxMessages);
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

    /**
     * Collects an acknowledgement.
     *
     * @param kind {@link PendingRecords#AWAITED} or {@link PendingRecords#LISTENED}.
     * @return 1 if it is collected, 0 if no such message waits for one, -1 if there is no room at all.
     */
    int acknowledge(final int kind, final int producerNumber, final long index, final long correlationId) {
        final ProducerState producer = state.find(producerNumber);
        final int qos = producer == null ? Qos.AT_MOST_ONCE : producer.qosOfWaiting(index);
        if (qos == Qos.AT_MOST_ONCE) {
            return 0;
        }
        InboxRecords.encodeAcked(output, qos, producer, index);
        if (!add(InboxRecords.ACKED, output.buffer(), 0, output.length())) {
            return -1;
        }
        pending.addAcknowledgement(kind, qos, producer, index, correlationId);
        return 1;
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
        final long first = journal.append(batch);
        if (first == Journal.FULL) {
            return false;
        }
        final PendingRecords.Applied applied = pending.onAppended(first);
        lastIndex = first + batch.count() - 1;
        storedMessages += applied.messages();
        acknowledgedMessages += applied.acknowledged();
        unsynced = true;
        batch.clear();
        if (applied.acknowledged() > 0) {
            retain();
        }
        return true;
    }

    private void retain() {
        final long from = Math.min(state.oldestInboxIndex(), lastIndex);
        if (segment(from) != segment(retainedFrom)) {
            journal.retainFrom(from);
            retainedFrom = from;
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
