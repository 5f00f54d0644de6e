package io.sluicemq.core;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * How a blocked call waits: it spins a little, yields for about as long as a tcp round trip takes, then is to park. A
 * virtual thread parks at once, as spinning would hold its carrier. The caller keeps the state, in numbers, so that waiting
 * allocates nothing.
 */
final class Backoff {
    /** First park: a net under the wake-up protocol. */
    private static final long FIRST_PARK_NS = 20_000_000L;

    /** Parks double so often, so that many threads that wait for long do not cost an idle process what shows. */
    private static final int MAX_DOUBLINGS = 4;

    /** In which a producer at full speed sends some sixty messages. */
    private static final long START_NS = 2_000L;

    private static final int SPINS = 20;
    private static final long AWAKE_NS = 60_000L;
    private static final MethodHandle IS_VIRTUAL = findIsVirtual();

    /** For {@link #awakeUntilNs()}: not at all. */
    private static final long NEVER_AWAKE = Long.MIN_VALUE;

    private Backoff() {}

    /** Until when a wait that starts now is to stay awake: for a virtual thread, not at all. */
    static long awakeUntilNs() {
        return isVirtual(Thread.currentThread()) ? NEVER_AWAKE : System.nanoTime() + AWAKE_NS;
    }

    /**
     * Spends a moment away from the rings, after a batch that ended because its producers were caught up with. A consumer on
     * the heels of a producer takes the cache line from it that it is writing, which slows down both by a half and more.
     */
    static void giveProducersAStart() {
        if (!isVirtual(Thread.currentThread())) {
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < START_NS) {
                Thread.onSpinWait();
            }
        }
    }

    /**
     * Spends a moment awake.
     *
     * @param turn how many such moments this wait had before.
     * @param awakeUntilNs of this wait.
     * @return false when it is time to park.
     */
    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: on few cores the other side needs this one.
    static boolean spinOrYield(final int turn, final long awakeUntilNs) {
        if (awakeUntilNs == NEVER_AWAKE) {
            return false;
        }
        if (turn < SPINS) {
            Thread.onSpinWait();
            return true;
        }
        if (System.nanoTime() - awakeUntilNs > 0) {
            return false;
        }
        Thread.yield();
        return true;
    }

    /** Whether the thread may do the I/O agent's turn: not a virtual one, which would hold its carrier. */
    static boolean mayLead(final long awakeUntilNs) {
        return awakeUntilNs != NEVER_AWAKE;
    }

    /**
     * How long to park at most: until the deadline, and not beyond the net, which is wider at each park.
     *
     * @param parks of this wait before.
     */
    static long parkNs(final int parks, final long deadlineNs) {
        final long parkNs = FIRST_PARK_NS << Math.min(parks, MAX_DOUBLINGS);
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

    static boolean isVirtual(final Thread thread) {
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
