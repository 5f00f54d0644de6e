package io.sluicemq.durable.core;

import java.util.UUID;
import org.agrona.collections.LongArrayQueue;
import org.agrona.collections.LongLongConsumer;

/**
 * What the subscriber knows of one host: its progress, and its messages of QoS 2 that lie in the inbox and are not processed. No I/O, no
 * clock. The subscriber's thread.
 */
final class ProducerState {
    /** Result of {@link #oldestInboxIndex()}: there is no message. */
    static final long NONE = Long.MAX_VALUE;

    private final int number;
    private final UUID id;
    private final SubscriberProgress progress = new SubscriberProgress();

    /** Messages of QoS 2 in the inbox, by the host's index; and their indexes in our journal, one for each. */
    private final IndexWindow unprocessed = new IndexWindow();

    private final LongArrayQueue inboxIndexes = new LongArrayQueue();
    private long firstHead = -1;

    /** Acknowledgements in the journal since the open. */
    private long processed;

    ProducerState(final int number, final UUID id) {
        this.number = number;
        this.id = id;
    }

    int number() {
        return number;
    }

    UUID id() {
        return id;
    }

    SubscriberProgress progress() {
        return progress;
    }

    /** A connection began; the host's log ends at an index. */
    void onWelcome(final long headIndex) {
        if (firstHead < 0) {
            firstHead = headIndex;
        }
    }

    /** Whether an earlier process of this subscriber may have handed over a message of QoS 1. */
    boolean isOlderThanThisProcess(final long index) {
        return index <= firstHead;
    }

    /** A message of QoS 2 is in the journal. */
    void onStored(final long index, final long inboxIndex) {
        progress.recoverStored(index);
        recoverUnprocessed(index, inboxIndex);
    }

    /** A message of QoS 2 is in the journal, from a checkpoint. */
    void recoverUnprocessed(final long index, final long inboxIndex) {
        unprocessed.add(index, Qos.EXACTLY_ONCE);
        inboxIndexes.addLong(inboxIndex);
    }

    /** Nothing of before is to be processed. */
    void onCleanStart() {
        unprocessed.reset(progress.storedUpTo());
        inboxIndexes.clear();
    }

    /** The QoS of a message that waits to be acknowledged, 0 if there is none. */
    int qosOfWaiting(final long index) {
        if (unprocessed.isWaiting(index)) {
            return Qos.EXACTLY_ONCE;
        }
        return progress.isHandedOver(index) ? Qos.AT_LEAST_ONCE : Qos.AT_MOST_ONCE;
    }

    /** An acknowledgement is in the journal; returns whether it is news. */
    boolean onProcessed(final int qos, final long index) {
        processed++;
        if (qos == Qos.AT_LEAST_ONCE) {
            return progress.onProcessed(index);
        }
        final int before = unprocessed.size();
        final boolean ended = unprocessed.end(index);
        for (int passed = before - unprocessed.size(); passed > 0; passed--) {
            inboxIndexes.pollLong();
        }
        return ended;
    }

    /** What the host is told when a connection begins. */
    Resume resume() {
        return progress.resume(exactlyOnceUpTo());
    }

    /** How far the application has come. */
    Progress processedSoFar() {
        return progress.progress(exactlyOnceUpTo());
    }

    private long exactlyOnceUpTo() {
        return unprocessed.isEmpty() ? progress.storedUpTo() : unprocessed.first() - 1;
    }

    /** Grows with each acknowledgement that the host is to be told of. */
    long processed() {
        return processed;
    }

    /** The oldest record of the journal that holds a message which is not processed. */
    long oldestInboxIndex() {
        return inboxIndexes.isEmpty() ? NONE : inboxIndexes.peekLong();
    }

    /** Messages of QoS 2 from the oldest that is not processed. */
    int inboxSize() {
        return unprocessed.size();
    }

    /** Shows the messages of QoS 2 that are not processed, ascending: each the host's index, then ours. */
    void forEachUnprocessed(final LongLongConsumer consumer) {
        final LongArrayQueue.LongIterator inbox = inboxIndexes.iterator();
        unprocessed.forEach((index, ended) -> {
            final long inboxIndex = inbox.nextValue();
            if (!ended) {
                consumer.accept(index, inboxIndex);
            }
        });
    }
}
