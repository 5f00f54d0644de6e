package io.sluicemq.testkit.peers;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition instead of for a time. Any thread may call. */
public final class Await {

    private static final int SPINS = 200;
    private static final long MIN_PARK_NS = 10_000;
    private static final long MAX_PARK_NS = 2_000_000;

    private Await() {}

    /**
     * Asks until the condition holds, at first without a pause, then every two milliseconds.
     *
     * @param limit to wait at most; the condition is asked at least once.
     * @param condition to hold.
     * @param what the condition says, for the failure text.
     * @throws AssertionError when it does not hold in time, or the thread is interrupted.
     */
    public static void until(final Duration limit, final BooleanSupplier condition, final String what) {
        if (!holds(limit, condition)) {
            throw new AssertionError("not in time: " + what + ", waitedMs=" + limit.toMillis()
                    + (Thread.currentThread().isInterrupted() ? ", interrupted" : ""));
        }
    }

    /** As {@link #until}, with a result; also false when the thread is interrupted. */
    static boolean holds(final Duration limit, final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        final long limitNs = limit.toNanos();
        long parkNs = MIN_PARK_NS;
        for (int turn = 0; !condition.getAsBoolean(); turn++) {
            if (System.nanoTime() - startNs >= limitNs || Thread.currentThread().isInterrupted()) {
                return false;
            }
            if (turn < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(parkNs);
                parkNs = Math.min(parkNs * 2, MAX_PARK_NS);
            }
        }
        return true;
    }
}
