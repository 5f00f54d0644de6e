package io.sluicemq.durable.core;

import io.sluicemq.journal.Checkpoint;
import io.sluicemq.journal.RecordHandler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;

/**
 * What the records of a subscriber's journal mean: its hosts, messages of QoS 2 that are not processed, and subscriptions. Rebuilt from
 * the journal, and written into its checkpoints. No I/O of its own, no clock. The subscriber's thread.
 */
final class InboxState implements RecordHandler, Checkpoint {
    /** Processed messages in one record of a checkpoint. */
    private static final int INDEXES_A_RECORD = 4096;

    /** Pairs of indexes in one record of a checkpoint. */
    private static final int PAIRS_A_RECORD = 4096;

    private final WireInput input = new WireInput();
    private final Delivery delivery = new Delivery();

    /** For checkpoints, as are the pairs: with many messages they are large. */
    private final WireOutput checkpoint = new WireOutput();

    private final LongArrayList pairs = new LongArrayList();

    /** By number less one. */
    private final List<ProducerState> producers = new ArrayList<>();

    private final List<ProducerState> readableProducers = Collections.unmodifiableList(producers);
    private final Map<UUID, ProducerState> byId = new HashMap<>();
    private final SubscriptionBook subscriptions = new SubscriptionBook();

    /** Name of the session; null before it is written. */
    private String owner;

    /** Of the last record that was recovered. */
    private long endIndex;

    private long lastResult;

    /** Something that was in the journal is gone, the record of the owner perhaps. */
    private boolean damaged;

    String owner() {
        return owner;
    }

    void owner(final String name) {
        owner = name;
    }

    SubscriptionBook subscriptions() {
        return subscriptions;
    }

    List<ProducerState> producers() {
        return readableProducers;
    }

    /** Null if there is none. */
    ProducerState find(final UUID id) {
        return byId.get(id);
    }

    /** Null if there is none. */
    ProducerState find(final int number) {
        return number < 1 || number > producers.size() ? null : producers.get(number - 1);
    }

    /** Whether a message waits for its acknowledgement. */
    boolean isWaiting(final int number, final long index) {
        final ProducerState producer = find(number);
        return producer != null && producer.qosOfWaiting(index) != Qos.AT_MOST_ONCE;
    }

    ProducerState add(final UUID id) {
        final ProducerState producer = new ProducerState(producers.size() + 1, id);
        producers.add(producer);
        byId.put(id, producer);
        return producer;
    }

    /** A host is removed for good. One that comes under the same id later is a new one. */
    void forget(final ProducerState producer) {
        producer.forget();
        byId.remove(producer.id(), producer);
        subscriptions.onForgotten(producers);
    }

    @Override
    public void onRecord(
            final long index,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        endIndex = Math.max(endIndex, index);
        if (owner == null && !damaged && type != InboxRecords.OWNER) {
            throw new WireException(
                    "firstRecordType=" + type + ", limit=" + InboxRecords.OWNER + ", use another directory");
        }
        input.wrap(buffer, offset, length);
        switch (InboxRecords.kind(type)) {
            case InboxRecords.MESSAGE, InboxRecords.WILL_MESSAGE ->
                known(InboxRecords.producer(type)).onStored(delivery.wrap(input).index(), index);
            case InboxRecords.ACKED -> recoverAcked();
            case InboxRecords.RESULT -> {
                onResult(index);
                recoverAcked();
            }
            case InboxRecords.CLEAN_START -> onCleanStart();
            case InboxRecords.OWNER -> owner = input.string("session");
            case InboxRecords.LAST_RESULT -> onResult(input.i64("lastResult"));
            case InboxRecords.PRODUCER -> recoverProducer();
            case InboxRecords.WILL -> recoverWill();
            case InboxRecords.FORGOTTEN -> forget(known(input.i32("producer")));
            case InboxRecords.SUBSCRIPTION -> recoverSubscription();
            case InboxRecords.PROGRESS -> recoverProgress();
            case InboxRecords.UNPROCESSED -> recoverUnprocessed();
            default ->
                throw new WireException(
                        "recordType=" + type + ", limit=those of this version, use the one that wrote it");
        }
    }

    @Override
    public void onSkipped(final long fromIndex, final long toIndex) {
        damaged = true;
    }

    private ProducerState known(final int number) {
        final ProducerState producer = find(number);
        if (producer == null) {
            throw new WireException("producer=" + number + ", limit=" + producers.size() + ", its record is missing");
        }
        return producer;
    }

    private void recoverProducer() {
        final int number = input.i32("number");
        final UUID id = new UUID(input.i64("id"), input.i64("id"));
        if (find(number) == null) {
            add(id);
        }
    }

    private void recoverAcked() {
        final int qos = input.u8("qos");
        if (qos == Qos.AT_MOST_ONCE) {
            return;
        }
        final ProducerState producer = known(input.i32("producer"));
        final long index = input.i64("index");
        if (qos == Qos.AT_LEAST_ONCE) {
            producer.progress().recoverProcessed(index, input.i64("processedUpTo"));
        } else {
            producer.onProcessed(qos, index);
        }
    }

    private void recoverWill() {
        final ProducerState producer = known(input.i32("producer"));
        final long last = input.i64("lastWill");
        final boolean has = input.u8("hasWill") != 0;
        final long deliverAtEpochMs = has ? input.i64("deliverAt") : 0;
        producer.recoverWill(has ? new WitnessedWill(Will.decode(input), deliverAtEpochMs) : null, last);
    }

    private void recoverSubscription() {
        final long revision = input.i64("revision");
        final boolean removed = input.u8("removed") != 0;
        final int options = input.u8("options");
        final int subscriptionId = input.i32("subscriptionId");
        subscriptions.put(new BookEntry(input.string("filter"), revision, removed, options, subscriptionId, false));
    }

    private void recoverProgress() {
        final SubscriberProgress progress = known(input.i32("producer")).progress();
        progress.recoverStored(input.i64("storedUpTo"));
        final Progress processed = Progress.decode(input, "PROGRESS");
        progress.recoverProcessed(processed.upTo(), processed.upTo());
        processed.beyond().forEach(each -> progress.recoverProcessed(each, processed.upTo()));
    }

    private void recoverUnprocessed() {
        final ProducerState producer = known(input.i32("producer"));
        for (int left = input.i32("count"); left > 0; left--) {
            producer.recoverUnprocessed(input.i64("index"), input.i64("inboxIndex"));
        }
    }

    /** All that was held for the application is forgotten. What is known of duplicates stays. */
    void onCleanStart() {
        producers.forEach(ProducerState::onCleanStart);
        subscriptions.onCleanStart();
    }

    /** A result is in the journal. */
    void onResult(final long index) {
        lastResult = index;
    }

    /** Index of the last result, 0 if there was none. */
    long lastResult() {
        return lastResult;
    }

    /** Index of the last record that was recovered, 0 if there was none. */
    long endIndex() {
        return endIndex;
    }

    /** The state after all records that are in the journal: nothing of what is about to be appended. */
    @Override
    public void write(final Sink sink) {
        final WireOutput output = checkpoint;
        if (owner != null) {
            output.begin(InboxRecords.OWNER).string(owner);
            put(sink, InboxRecords.OWNER, output);
        }
        for (final ProducerState producer : producers) {
            InboxRecords.encodeProducer(output, producer.number(), producer.id());
            put(sink, InboxRecords.PRODUCER, output);
            if (producer.isForgotten()) {
                output.begin(InboxRecords.FORGOTTEN).u32(producer.number());
                put(sink, InboxRecords.FORGOTTEN, output);
                continue;
            }
            writeProgress(sink, producer);
            InboxRecords.encodeWill(output, producer);
            put(sink, InboxRecords.WILL, output);
            writeUnprocessed(sink, producer);
        }
        output.begin(InboxRecords.LAST_RESULT).i64(lastResult);
        put(sink, InboxRecords.LAST_RESULT, output);
        for (final BookEntry entry : subscriptions.all()) {
            InboxRecords.encodeSubscription(output, entry);
            put(sink, InboxRecords.SUBSCRIPTION, output);
        }
    }

    /** In parts that each hold on their own, as much may be processed beyond something that is not. */
    private void writeProgress(final Sink sink, final ProducerState producer) {
        final Progress progress = producer.processedSoFar();
        final List<Long> beyond = progress.beyond();
        int from = 0;
        do {
            final int to = Math.min(beyond.size(), from + INDEXES_A_RECORD);
            checkpoint
                    .begin(InboxRecords.PROGRESS)
                    .u32(producer.number())
                    .i64(producer.progress().storedUpTo());
            new Progress(progress.upTo(), beyond.subList(from, to), progress.exactlyOnceUpTo()).encode(checkpoint);
            put(sink, InboxRecords.PROGRESS, checkpoint);
            from = to;
        } while (from < beyond.size());
    }

    private void writeUnprocessed(final Sink sink, final ProducerState producer) {
        producer.forEachUnprocessed((index, inboxIndex) -> {
            pairs.addLong(index);
            pairs.addLong(inboxIndex);
            if (pairs.size() == 2 * PAIRS_A_RECORD) {
                putPairs(sink, producer);
            }
        });
        putPairs(sink, producer);
    }

    private void putPairs(final Sink sink, final ProducerState producer) {
        checkpoint.begin(InboxRecords.UNPROCESSED).u32(producer.number()).u32(pairs.size() / 2);
        pairs.forEachLong(checkpoint::i64);
        put(sink, InboxRecords.UNPROCESSED, checkpoint);
        pairs.clear();
    }

    private static void put(final Sink sink, final int type, final WireOutput output) {
        sink.add(type, output.buffer(), 0, output.length());
    }

    /** The oldest record that holds a message which is not processed, {@link ProducerState#NONE} if there is none. */
    long oldestInboxIndex() {
        long oldest = ProducerState.NONE;
        for (int i = 0; i < producers.size(); i++) {
            oldest = Math.min(oldest, producers.get(i).oldestInboxIndex());
        }
        return oldest;
    }

    /** Messages of QoS 2 from the oldest that is not processed, of all hosts. */
    long inboxSize() {
        long size = 0;
        for (int i = 0; i < producers.size(); i++) {
            size += producers.get(i).inboxSize();
        }
        return size;
    }

    /** Records that hold messages which are not processed, ascending. */
    long[] unprocessedInboxIndexes() {
        final LongArrayList indexes = new LongArrayList();
        producers.forEach(producer -> producer.forEachUnprocessed((index, inboxIndex) -> indexes.addLong(inboxIndex)));
        final long[] sorted = indexes.toLongArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
