package io.sluicemq.durable.core;

import org.agrona.collections.LongArrayQueue;
import org.agrona.collections.LongLongConsumer;

/**
 * Messages of one host that lie in the inbox, from the oldest that is not processed: the host's index of each, and that of its record in
 * our journal. No I/O. The subscriber's thread; allocates only to grow.
 */
final class UnprocessedMessages {
    private final IndexWindow indexes = new IndexWindow();
    private final LongArrayQueue inboxIndexes = new LongArrayQueue();

    /** Begins with a number below all indexes that will come. */
    UnprocessedMessages(final long below) {
        indexes.reset(below);
    }

    void add(final long index, final long inboxIndex) {
        indexes.add(index, Qos.EXACTLY_ONCE);
        inboxIndexes.addLong(inboxIndex);
    }

    boolean isWaiting(final long index) {
        return indexes.isWaiting(index);
    }

    /** One is processed; returns whether it is news. */
    boolean end(final long index) {
        final int before = indexes.size();
        final boolean ended = indexes.end(index);
        for (int passed = before - indexes.size(); passed > 0; passed--) {
            inboxIndexes.pollLong();
        }
        return ended;
    }

    /** Our index of the oldest, {@link ProducerState#NONE} if there is none. */
    long oldestInboxIndex() {
        return inboxIndexes.isEmpty() ? ProducerState.NONE : inboxIndexes.peekLong();
    }

    /** The oldest; only if there is one. */
    long first() {
        return indexes.first();
    }

    /** Forgets all; further ones have larger indexes. */
    void clear() {
        indexes.reset(indexes.last());
        inboxIndexes.clear();
    }

    int size() {
        return indexes.size();
    }

    /** Shows those that are not processed, ascending: each the host's index, then ours. */
    void forEach(final LongLongConsumer consumer) {
        final LongArrayQueue.LongIterator inbox = inboxIndexes.iterator();
        indexes.forEach((index, ended) -> {
            final long inboxIndex = inbox.nextValue();
            if (!ended) {
                consumer.accept(index, inboxIndex);
            }
        });
    }
}
