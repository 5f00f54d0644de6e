package io.sluicemq.durable.core;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.agrona.DirectBuffer;

/**
 * Counts what lies in a subscriber's journal, read as any other process would: which messages of QoS 2 it has stored, which
 * acknowledgements and results. The payload of a message begins with its id and a space. One thread.
 */
public final class InboxAudit implements RecordHandler {
    private static final int POLL_LIMIT = 1_000;
    private static final int DECIMAL = 10;

    private final WireInput input = new WireInput();
    private final Delivery delivery = new Delivery();
    private final Set<Long> ids = new HashSet<>();
    private final Set<Long> beforeResults = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Set<Long> doubled = new TreeSet<>();
    private int doubledAcknowledgements;
    private int results;
    private final List<String> gaps = new ArrayList<>();
    private long position = -1;

    /**
     * Reads on from where it has stopped.
     *
     * @param directory of the inbox.
     */
    public void read(final Path directory) {
        try (JournalReader reader = Journal.readOnly(directory)) {
            if (position >= 0) {
                reader.seek(position);
            }
            int polled;
            do {
                polled = reader.poll(this, POLL_LIMIT);
            } while (polled > 0);
            position = reader.position();
        }
    }

    @Override
    public void onRecord(
            final long index,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        input.wrap(buffer, offset, length);
        switch (InboxRecords.kind(type)) {
            case InboxRecords.MESSAGE -> onMessage(InboxRecords.producer(type));
            case InboxRecords.ACKED -> onAcknowledged();
            case InboxRecords.RESULT -> {
                results++;
                onAcknowledged();
            }
            default -> {
                // Hosts and subscriptions.
            }
        }
    }

    private void onMessage(final int producer) {
        delivery.wrap(input);
        final DirectBuffer buffer = delivery.buffer();
        long id = 0;
        for (int at = delivery.payloadAt(); buffer.getByte(at) != ' '; at++) {
            id = id * DECIMAL + buffer.getByte(at) - '0';
        }
        final boolean isNew = ids.add(id);
        if (results == 0) {
            beforeResults.add(id);
        }
        final boolean isNamedAnew = names.add(producer + ":" + delivery.index());
        if (!isNew || !isNamedAnew) {
            doubled.add(id);
        }
    }

    private void onAcknowledged() {
        final int qos = input.u8("qos");
        final int producer = input.i32("producer");
        if (!acknowledged.add(qos + ":" + producer + ":" + input.i64("index"))) {
            doubledAcknowledgements++;
        }
    }

    @Override
    public void onSkipped(final long fromIndex, final long toIndex) {
        gaps.add(Long.toHexString(fromIndex) + ".." + Long.toHexString(toIndex));
    }

    /**
     * What it has seen.
     *
     * @return ids of messages of QoS 2 that were stored.
     */
    public Set<Long> ids() {
        return Collections.unmodifiableSet(ids);
    }

    /**
     * What may go once it is acknowledged: a result that nobody has read keeps only what is behind it.
     *
     * @return those of {@link #ids()} that were stored before the first result.
     */
    public Set<Long> idsBeforeResults() {
        return Collections.unmodifiableSet(beforeResults);
    }

    /**
     * What must not be.
     *
     * @return ids that are there twice, or under a name that is.
     */
    public Set<Long> doubled() {
        return Collections.unmodifiableSet(doubled);
    }

    /**
     * What must not be.
     *
     * @return acknowledgements, with or without a result, of a message that had one before.
     */
    public int doubledAcknowledgements() {
        return doubledAcknowledgements;
    }

    /**
     * What {@code receiveAndAppend} has written.
     *
     * @return how many.
     */
    public int results() {
        return results;
    }

    /**
     * Where records were missing: segments that went before they were read, or damage.
     *
     * @return ranges of indexes, in hex.
     */
    public List<String> gaps() {
        return Collections.unmodifiableList(gaps);
    }
}
