package io.sluicemq.testkit.peers;

import java.util.concurrent.ThreadLocalRandom;

/** Seeds of random loops: {@code -Dsluicemq.seed=...} to repeat a run, else a new one, and printed either way. Any thread. */
public final class Seed {
    private static final System.Logger LOG = System.getLogger(Seed.class.getName());
    private static final String GIVEN = System.getProperty("sluicemq.seed", "");

    private Seed() {}

    /**
     * The seed of one loop.
     *
     * @param what it is for, as printed.
     * @return the seed.
     */
    public static long next(final String what) {
        final long seed = GIVEN.isEmpty() ? ThreadLocalRandom.current().nextLong() : Long.parseLong(GIVEN);
        LOG.log(System.Logger.Level.INFO, "{0}: sluicemq.seed={1}", what, Long.toString(seed));
        return seed;
    }
}
