package io.sluicemq.durable.core;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalBatch;

/** How the host writes to its journal: records of state one by one, published messages in batches. The host's thread. */
final class HostLog {
    final Journal journal;
    final WireOutput record = new WireOutput();
    final JournalBatch batch;

    private long lastIndex;
    private long lastPublished;
    private boolean syncDue;

    /** Goes on behind an index. */
    HostLog(final Journal journal, final long lastIndex) {
        this.journal = journal;
        this.lastIndex = lastIndex;
        batch = journal.newBatch();
    }

    /** Of the last record. */
    long lastIndex() {
        return lastIndex;
    }

    /** Of the last published message of this process, 0 for none. */
    long lastPublished() {
        return lastPublished;
    }

    /** Appends what lies in {@link #record}, whose first byte is the type; returns the index, or {@link Journal#FULL}. */
    long appendRecord() {
        final int type = record.buffer().getByte(0);
        final long index = journal.append(type, record.buffer(), 0, record.length());
        if (index >= 0) {
            lastIndex = index;
        }
        return index;
    }

    /**
     * Appends what is published and empties the batch.
     *
     * @param reserve whether to leave room for records without which nobody would read what is there.
     * @return the index of the first record, or {@link Journal#FULL}.
     */
    long appendPublished(final boolean reserve) {
        if (reserve && !journal.hasRoomAhead()) {
            batch.clear();
            return Journal.FULL;
        }
        return append(batch);
    }

    /** Appends messages for sessions and empties their batch; returns the index of its first record, or {@link Journal#FULL}. */
    long append(final JournalBatch messages) {
        final long first = journal.append(messages);
        if (first >= 0) {
            lastIndex = first + messages.count() - 1;
            lastPublished = lastIndex;
        }
        messages.clear();
        return first;
    }

    /** What was appended in this turn is to be safe at its end. */
    void syncLater() {
        syncDue = true;
    }

    void syncIfDue() {
        if (syncDue) {
            journal.sync();
            syncDue = false;
        }
    }
}
