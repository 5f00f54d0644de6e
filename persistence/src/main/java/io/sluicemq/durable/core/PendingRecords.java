package io.sluicemq.durable.core;

import java.util.Arrays;

/**
 * What the records mean that were collected since somebody was last told: in the order of the records, first those that are in the
 * journal, then those in the batch. The subscriber's thread; allocates only to grow.
 */
final class PendingRecords {
    static final int OTHER = 0;
    static final int MESSAGE = 1;

    /** An acknowledgement that a thread waits for. */
    static final int AWAITED = 2;

    /** An acknowledgement whose end goes to the listener. */
    static final int LISTENED = 3;

    private int[] kinds = new int[64];
    private int[] qos = new int[64];
    private ProducerState[] producers = new ProducerState[64];
    private long[] indexes = new long[64];
    private long[] correlationIds = new long[64];
    private int count;
    private int appended;
    private int messages;
    private int acknowledged;

    void addOther() {
        add(OTHER, null, 0, 0);
    }

    void addMessage(final ProducerState producer, final long index) {
        add(MESSAGE, producer, index, 0);
    }

    void addAcknowledgement(
            final int kind, final int ofQos, final ProducerState producer, final long index, final long correlationId) {
        add(kind, producer, index, correlationId);
        qos[count - 1] = ofQos;
    }

    private void add(final int kind, final ProducerState producer, final long index, final long correlationId) {
        if (count == kinds.length) {
            final int capacity = count * 2;
            kinds = Arrays.copyOf(kinds, capacity);
            qos = Arrays.copyOf(qos, capacity);
            producers = Arrays.copyOf(producers, capacity);
            indexes = Arrays.copyOf(indexes, capacity);
            correlationIds = Arrays.copyOf(correlationIds, capacity);
        }
        kinds[count] = kind;
        producers[count] = producer;
        indexes[count] = index;
        correlationIds[count] = correlationId;
        count++;
    }

    /** Messages of the batch that {@link #onAppended} was told of last. */
    int messages() {
        return messages;
    }

    /** Acknowledgements of that batch that were news. */
    int acknowledged() {
        return acknowledged;
    }

    /** The batch is in the journal, from an index on. */
    void onAppended(final long firstIndex) {
        messages = 0;
        acknowledged = 0;
        for (int i = appended; i < count; i++) {
            if (kinds[i] == MESSAGE) {
                producers[i].onStored(indexes[i], firstIndex + i - appended);
                messages++;
            } else if (producers[i] != null && producers[i].onProcessed(qos[i], indexes[i])) {
                acknowledged++;
            }
        }
        appended = count;
    }

    /** Is told of acknowledgements. */
    @FunctionalInterface
    interface Acknowledged {
        void onAcknowledged(int kind, long correlationId);
    }

    /** All that is in the journal is durable. */
    void onDurable(final Acknowledged acknowledged) {
        for (int i = 0; i < appended; i++) {
            if (kinds[i] >= AWAITED) {
                acknowledged.onAcknowledged(kinds[i], correlationIds[i]);
            }
        }
        // Only ever called with an empty batch.
        Arrays.fill(producers, 0, count, null);
        count = 0;
        appended = 0;
    }
}
