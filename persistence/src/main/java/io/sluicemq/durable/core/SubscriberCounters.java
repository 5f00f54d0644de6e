package io.sluicemq.durable.core;

import io.sluicemq.durable.SubscriberStats;
import java.util.concurrent.atomic.AtomicLong;

/** What the subscriber's thread counts. It alone writes, with release; any thread reads. */
final class SubscriberCounters {
    final AtomicLong hosts = new AtomicLong();
    final AtomicLong received = new AtomicLong();
    final AtomicLong duplicates = new AtomicLong();
    final AtomicLong stored = new AtomicLong();
    final AtomicLong acknowledged = new AtomicLong();
    final AtomicLong wills = new AtomicLong();
    final AtomicLong unprocessed = new AtomicLong();
    final AtomicLong connectionsLost = new AtomicLong();
    final AtomicLong violations = new AtomicLong();
    private volatile String lastError = "";

    static void add(final AtomicLong counter, final long more) {
        counter.setRelease(counter.getPlain() + more);
    }

    void error(final String text) {
        lastError = text;
    }

    SubscriberStats snapshot() {
        return new SubscriberStats(
                (int) hosts.getAcquire(),
                received.getAcquire(),
                duplicates.getAcquire(),
                stored.getAcquire(),
                acknowledged.getAcquire(),
                unprocessed.getAcquire(),
                wills.getAcquire(),
                connectionsLost.getAcquire(),
                violations.getAcquire(),
                lastError);
    }
}
