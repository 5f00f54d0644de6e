package io.sluicemq.durable.core;

import java.util.UUID;
import org.agrona.collections.LongLongConsumer;
import org.agrona.collections.MutableInteger;

/**
 * What the subscriber knows of one host: its progress, its will, and its messages of QoS 2 that lie in the inbox and are not processed. No
 * I/O, no clock. The subscriber's thread.
 */
final class ProducerState {
    /** Result of {@link #oldestInboxIndex()}: there is no message. */
    static final long NONE = Long.MAX_VALUE;

    /** The number before that of the first will. */
    static final long NO_WILL = Long.MIN_VALUE;

    private final int number;
    private final UUID id;
    private SubscriberProgress progress = new SubscriberProgress();

    private UnprocessedMessages messages = new UnprocessedMessages(0);

    /** Wills of this host that were delivered, by numbers of their own, which are negative. */
    private UnprocessedMessages wills = new UnprocessedMessages(NO_WILL);

    private WitnessedWill will;
    private long lastWill = NO_WILL;
    private boolean willCollected;
    private boolean forgotten;
    private boolean connected;
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

    void connected(final boolean isConnected) {
        connected = isConnected;
    }

    /** Whether a session is open at the host, by a connection. */
    boolean isConnected() {
        return connected;
    }

    /** Whether an earlier process of this subscriber may have handed over a message of QoS 1. */
    boolean isOlderThanThisProcess(final long index) {
        return index <= firstHead;
    }

    /** A message of QoS 2, or a will, is in the journal. */
    void onStored(final long index, final long inboxIndex) {
        if (forgotten) {
            // It was collected before.
            return;
        }
        if (isWill(index)) {
            will = null;
            willCollected = false;
            lastWill = index;
        } else {
            progress.recoverStored(index);
        }
        recoverUnprocessed(index, inboxIndex);
    }

    /** A message of QoS 2, or a will, is in the journal, from a checkpoint. */
    void recoverUnprocessed(final long index, final long inboxIndex) {
        unprocessed(index).add(index, inboxIndex);
    }

    /** The host is removed for good: nothing that is here of it matters any more. Its number stays. */
    void forget() {
        forgotten = true;
        will = null;
        progress = new SubscriberProgress();
        messages = new UnprocessedMessages(0);
        wills = new UnprocessedMessages(NO_WILL);
    }

    boolean isForgotten() {
        return forgotten;
    }

    /** Messages of QoS 2, and wills, that are not processed. */
    int unprocessed() {
        final MutableInteger count = new MutableInteger();
        forEachUnprocessed((index, inboxIndex) -> count.increment());
        return count.get();
    }

    private static boolean isWill(final long index) {
        return index < 0;
    }

    private UnprocessedMessages unprocessed(final long index) {
        return isWill(index) ? wills : messages;
    }

    /** The will that this host has now, or null. */
    WitnessedWill will() {
        return will;
    }

    void will(final WitnessedWill newWill) {
        will = newWill;
    }

    /** Number of the last will that was delivered. */
    long lastWill() {
        return lastWill;
    }

    /** From the journal. */
    void recoverWill(final WitnessedWill recovered, final long last) {
        will = recovered;
        lastWill = Math.max(lastWill, last);
    }

    /** Whether the will's delivery is on its way to the journal. */
    void willCollected(final boolean isCollected) {
        willCollected = isCollected;
    }

    boolean isWillCollected() {
        return willCollected;
    }

    /** Nothing of before is to be processed. */
    void onCleanStart() {
        messages.clear();
        wills.clear();
    }

    /** The QoS of a message that waits to be acknowledged, 0 if there is none. */
    int qosOfWaiting(final long index) {
        if (unprocessed(index).isWaiting(index)) {
            return Qos.EXACTLY_ONCE;
        }
        return progress.isHandedOver(index) ? Qos.AT_LEAST_ONCE : Qos.AT_MOST_ONCE;
    }

    /** An acknowledgement is in the journal; returns whether it is news. */
    boolean onProcessed(final int qos, final long index) {
        if (isWill(index)) {
            // The host does not know of it.
            return wills.end(index);
        }
        processed++;
        return qos == Qos.AT_LEAST_ONCE ? progress.onProcessed(index) : messages.end(index);
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
        return messages.size() == 0 ? progress.storedUpTo() : messages.first() - 1;
    }

    /** Grows with each acknowledgement that the host is to be told of. */
    long processed() {
        return processed;
    }

    /** The oldest record of the journal that holds a message which is not processed. */
    long oldestInboxIndex() {
        return Math.min(messages.oldestInboxIndex(), wills.oldestInboxIndex());
    }

    /** Messages of QoS 2 and wills from the oldest that is not processed. */
    int inboxSize() {
        return messages.size() + wills.size();
    }

    /** Shows the messages of QoS 2 that are not processed, ascending: each the host's index, then ours. */
    void forEachUnprocessed(final LongLongConsumer consumer) {
        wills.forEach(consumer);
        messages.forEach(consumer);
    }
}
