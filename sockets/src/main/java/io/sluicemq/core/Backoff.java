package io.sluicemq.core;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * How a blocked call waits: it spins a little, yields for about as long as a tcp round trip takes, then is to park. A
 * virtual thread parks at once, as spinning would hold its carrier.
 */
final class Backoff {
    /** First park: a net under the wake-up protocol. */
    private static final long FIRST_PARK_NS = 20_000_000L;

    /** Parks double up to this, so that many threads that wait for long do not cost an idle process what shows. */
    private static final long MAX_PARK_NS = 16 * FIRST_PARK_NS;

    /** In which a producer at full speed sends some sixty messages. */
    private static final long LEAD_NS = 2_000L;

    private static final int SPINS = 20;
    private static final long YIELD_NS = 60_000L;
    private static final MethodHandle IS_VIRTUAL = findIsVirtual();

    private int spins;
    private long yieldUntilNs;
    private long netNs = FIRST_PARK_NS;

    Backoff() {
        if (isVirtual(Thread.currentThread())) {
            spins = SPINS;
            yieldUntilNs = Long.MIN_VALUE;
        }
    }

    /**
     * Spends a moment away from the rings, after a batch that ended because its producers were caught up with. A consumer on
     * the heels of a producer takes the cache line from it that it is writing, which slows down both by a half and more.
     */
    static void letProducersLead() {
        if (!isVirtual(Thread.currentThread())) {
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < LEAD_NS) {
                Thread.onSpinWait();
            }
        }
    }

    /**
     * Spends a moment awake.
     *
     * @return false when it is time to park.
     */
    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: on few cores the other side needs this one.
    boolean spinOrYield() {
        if (spins < SPINS) {
            spins++;
            Thread.onSpinWait();
            return true;
        }
        if (yieldUntilNs == Long.MIN_VALUE) {
            return false;
        }
        final long nowNs = System.nanoTime();
        if (yieldUntilNs == 0) {
            yieldUntilNs = nowNs + YIELD_NS;
        } else if (nowNs - yieldUntilNs > 0) {
            return false;
        }
        Thread.yield();
        return true;
    }

    /** Whether the thread may do the I/O agent's turn: not a virtual one, which would hold its carrier. */
    boolean mayLead() {
        return yieldUntilNs != Long.MIN_VALUE;
    }

    /** How long to park at most: until the deadline, and not beyond the net, which is wider at each call. */
    long nextParkNs(final long deadlineNs) {
        final long parkNs = netNs;
        netNs = Math.min(2 * parkNs, MAX_PARK_NS);
        return deadlineNs == Long.MAX_VALUE ? parkNs : Math.min(parkNs, deadlineNs - System.nanoTime());
    }

    /** When a timeout that starts now is over; {@link Long#MAX_VALUE} for never. */
    static long deadlineNs(final long timeoutNs) {
        // Beyond a century the sum could overflow, and nobody waits so long.
        return timeoutNs > Long.MAX_VALUE / 3 ? Long.MAX_VALUE : System.nanoTime() + timeoutNs;
    }

    static boolean isPast(final long deadlineNs) {
        return deadlineNs != Long.MAX_VALUE && System.nanoTime() - deadlineNs >= 0;
    }

    private static boolean isVirtual(final Thread thread) {
        if (IS_VIRTUAL == null) {
            return false;
        }
        try {
            return (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (final Throwable e) {
            throw new IllegalStateException("Thread.isVirtual failed", e);
        }
    }

    private static MethodHandle findIsVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (final ReflectiveOperationException e) {
            // Older than JDK 21: there are no virtual threads.
            return null;
        }
    }
}
