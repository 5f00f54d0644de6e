package io.sluicemq.core;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that whoever changes it signals. Not for the message path. */
public final class Waits {
    private Waits() {}

    static boolean await(
            final WaitSet waiters, final IoAgent agent, final BooleanSupplier condition, final Duration timeout)
            throws InterruptedException {
        final long deadlineNs = Backoff.deadlineNs(nanos(timeout));
        int parks = 0;
        final Thread self = Thread.currentThread();
        waiters.add(self);
        try {
            while (!condition.getAsBoolean()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting");
                }
                if (Backoff.isPast(deadlineNs)) {
                    return false;
                }
                if (agent.isInvoked()) {
                    agent.invoke();
                } else {
                    agent.duty().asleep();
                    LockSupport.parkNanos(waiters, Backoff.parkNs(parks++, deadlineNs));
                    agent.duty().awake();
                }
            }
            return true;
        } finally {
            waiters.remove(self);
        }
    }

    /**
     * A duration that may be longer than a long can hold.
     *
     * @param duration negative counts as zero.
     * @return nanoseconds.
     */
    public static long nanos(final Duration duration) {
        try {
            return Math.max(0, duration.toNanos());
        } catch (final ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
