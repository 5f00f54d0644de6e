package io.sluicemq.durable.core;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * Threads that are about to put something into a queue, so that it can be closed when nobody is any more. Who puts enters, looks whether
 * the queue is over, puts, leaves, and looks again; who ends it says that it is over, and then asks. Both counts only grow. Any thread.
 *
 * <p>Of one who counts and then looks, and one who ends and then reads the counts, at least one sees the other: that takes a full fence
 * on either side, as an adder's increment alone may be seen later than what its thread reads behind it.
 */
final class OffersUnderWay {
    private final LongAdder entered = new LongAdder();
    private final LongAdder left = new LongAdder();

    void enter() {
        entered.increment();
        VarHandle.fullFence();
    }

    void leave() {
        left.increment();
        VarHandle.fullFence();
    }

    /** Whether all have left that entered before this call. */
    boolean isNone() {
        VarHandle.fullFence();
        // In this order: who enters in between makes the counts differ.
        final long out = left.sum();
        return entered.sum() == out;
    }
}
