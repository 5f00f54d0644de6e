package io.sluicemq.durable.core;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The subscriptions that a subscriber wants, each for all its hosts, and the ends of subscriptions that a host may not have heard of. No
 * I/O, no clock. The subscriber's thread.
 */
final class SubscriptionBook {
    private final Map<String, BookEntry> entries = new LinkedHashMap<>();
    private long lastRevision;

    /** Grows with each change, so that a connection knows whether it must look. */
    private long changes;

    long nextRevision() {
        return lastRevision + 1;
    }

    void put(final BookEntry entry) {
        entries.put(entry.filter(), entry);
        lastRevision = Math.max(lastRevision, entry.revision());
        changes++;
    }

    void onCleanStart() {
        entries.clear();
        changes++;
    }

    BookEntry find(final String filter) {
        return entries.get(filter);
    }

    Collection<BookEntry> all() {
        return entries.values();
    }

    long changes() {
        return changes;
    }

    /** A host has no session of ours: it does not have what it had, and needs not be told of ends. */
    void onSessionLost(final int producer) {
        entries.values().forEach(entry -> entry.onSessionLost(producer));
        changes++;
    }

    /**
     * A host has answered.
     *
     * @param producers how many hosts are known.
     */
    void onDone(final BookEntry entry, final int producer, final Done done, final int producers) {
        entry.onDone(producer, done);
        if (!entry.isRemoved() || entries.get(entry.filter()) != entry) {
            return;
        }
        for (int number = 1; number <= producers; number++) {
            if (entry.isOpenAt(number)) {
                return;
            }
        }
        entries.remove(entry.filter());
    }
}
