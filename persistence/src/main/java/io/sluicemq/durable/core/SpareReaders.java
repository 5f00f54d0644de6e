package io.sluicemq.durable.core;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalReader;
import java.util.ArrayDeque;

/**
 * Readers of the log that sessions are done with and others go on with: a session that just keeps up is live and behind by turns,
 * thousands of times a second, and each reader that is opened maps a file. The host's thread.
 */
final class SpareReaders implements AutoCloseable {
    private static final int MAX = 16;

    private final Journal journal;

    /** The last one given back first, as it is the nearest. */
    private final ArrayDeque<JournalReader> readers = new ArrayDeque<>(MAX);

    SpareReaders(final Journal journal) {
        this.journal = journal;
    }

    /** A reader that stands anywhere. */
    JournalReader take() {
        final JournalReader reader = readers.pollFirst();
        return reader == null ? journal.reader() : reader;
    }

    void give(final JournalReader reader) {
        if (readers.size() == MAX) {
            reader.close();
        } else {
            readers.addFirst(reader);
        }
    }

    /** Closes those that stand in other segments than an index, which would hold the room of deleted files. */
    void trim(final long index) {
        while (!readers.isEmpty() && readers.peekLast().position() >>> Integer.SIZE != index >>> Integer.SIZE) {
            readers.pollLast().close();
        }
    }

    @Override
    public void close() {
        readers.forEach(JournalReader::close);
        readers.clear();
    }
}
