package io.sluicemq.durable.core;

import java.util.concurrent.atomic.AtomicLong;

/** What a host counts. Written by the host's thread, read by any: each value is released after what it counts. */
final class HostCounters {
    final AtomicLong published = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong delivered = new AtomicLong();
    final AtomicLong redelivered = new AtomicLong();
    final AtomicLong dropped = new AtomicLong();
    final AtomicLong tooLarge = new AtomicLong();
    final AtomicLong expired = new AtomicLong();
    final AtomicLong damaged = new AtomicLong();
    final AtomicLong malformed = new AtomicLong();
    final AtomicLong sessions = new AtomicLong();
    final AtomicLong connections = new AtomicLong();

    /** 1 if the host's thread has failed. */
    final AtomicLong failed = new AtomicLong();

    static void add(final AtomicLong counter, final long count) {
        counter.setRelease(counter.getPlain() + count);
    }
}
