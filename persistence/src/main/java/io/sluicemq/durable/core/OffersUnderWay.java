package io.sluicemq.durable.core;

import java.util.concurrent.atomic.LongAdder;

/**
 * Threads that are about to put something into a queue, so that it can be closed when nobody is any more. Who puts enters, looks whether
 * the queue is over, puts, and leaves; who ends it says that it is over, and then asks. Both counts only grow, and are read and written
 * in one total order. Any thread.
 */
final class OffersUnderWay {
    private final LongAdder entered = new LongAdder();
    private final LongAdder left = new LongAdder();

    void enter() {
        entered.increment();
    }

    void leave() {
        left.increment();
    }

    /** Whether all have left that entered before this call. */
    boolean isNone() {
        // In this order: who enters in between makes the counts differ.
        final long out = left.sum();
        return entered.sum() == out;
    }
}
