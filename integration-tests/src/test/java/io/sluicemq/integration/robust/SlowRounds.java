package io.sluicemq.integration.robust;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts rounds that took so long that only the bounded park, the net under the wake-up protocol, can have ended them. It may
 * also be that another process had the processor meanwhile, so a thread of no concern is timed beside it to see how often that
 * happens, and one attempt of several is enough.
 */
final class SlowRounds {
    /** Below the shortest bounded park, which is 20 ms. */
    static final long SLOW_NS = 15_000_000L;

    private static final int ATTEMPTS = 3;

    private final List<Long> slowUs = new ArrayList<>();
    private long worstNs;

    void add(final long roundNs) {
        worstNs = Math.max(worstNs, roundNs);
        if (roundNs > SLOW_NS) {
            slowUs.add(roundNs / 1_000);
        }
    }

    /** Runs attempts until one of them has no more slow rounds than one in two thousand and one more. */
    static void check(final String what, final int rounds, final Attempt attempt) throws Exception {
        final int limit = 1 + rounds / 2_000;
        final StringBuilder seen = new StringBuilder();
        for (int i = 0; i < ATTEMPTS; i++) {
            final SlowRounds slowRounds = new SlowRounds();
            final int stalls;
            try (Background background = new Background()) {
                final AtomicBoolean over = new AtomicBoolean();
                final FutureTask<Integer> stallCount = background.start("stall-counter", () -> countStalls(over));
                attempt.run(slowRounds);
                over.set(true);
                stalls = Background.result(stallCount, Duration.ofSeconds(10));
            }
            seen.append(" [slowUs=").append(slowRounds.slowUs);
            seen.append(" worstUs=").append(slowRounds.worstNs / 1_000).append(']');
            seen.append(" stalls=").append(stalls);
            if (slowRounds.slowUs.size() <= limit + stalls) {
                System.out.println(what + ": rounds=" + rounds + seen);
                return;
            }
        }
        throw new AssertionError(what + ":" + seen + ", limit=" + limit + " of rounds=" + rounds
                + ", a wake-up was lost, or the machine is overloaded");
    }

    /** How often a thread that sleeps for a millisecond is late by half of what counts as slow. */
    private static int countStalls(final AtomicBoolean over) {
        int stalls = 0;
        while (!over.get()) {
            final long startNs = System.nanoTime();
            LockSupport.parkNanos(1_000_000L);
            if (System.nanoTime() - startNs > SLOW_NS / 2) {
                stalls++;
            }
        }
        return stalls;
    }

    /** One run over all rounds. */
    interface Attempt {
        void run(SlowRounds slowRounds) throws Exception;
    }
}
