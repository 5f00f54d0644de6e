package io.sluicemq.durable.core;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
     * @param producers all that are known.
     */
    void onDone(final BookEntry entry, final int producer, final Done done, final List<ProducerState> producers) {
        entry.onDone(producer, done);
        if (entries.get(entry.filter()) == entry && isOver(entry, producers)) {
            entries.remove(entry.filter());
        }
    }

    /** A host was removed for good: nobody waits for its answers. */
    void onForgotten(final List<ProducerState> producers) {
        entries.values().removeIf(entry -> isOver(entry, producers));
    }

    /** Whether it is the end of a subscription, and all hosts know. */
    private static boolean isOver(final BookEntry entry, final List<ProducerState> producers) {
        if (!entry.isRemoved()) {
            return false;
        }
        for (final ProducerState producer : producers) {
            if (!producer.isForgotten() && entry.isOpenAt(producer.number())) {
                return false;
            }
        }
        return true;
    }
}
