package io.sluicemq.journal;

import java.util.concurrent.ThreadLocalRandom;

/** Seeds of random loops: {@code -Dsluicemq.seed=...} to repeat a run, else a new one, and printed either way. */
final class Seed {
    private static final String GIVEN = System.getProperty("sluicemq.seed", "");

    private Seed() {}

    static long next(final String what) {
        final long seed = GIVEN.isEmpty() ? ThreadLocalRandom.current().nextLong() : Long.parseLong(GIVEN);
        System.out.println(what + ": sluicemq.seed=" + seed);
        return seed;
    }
}
