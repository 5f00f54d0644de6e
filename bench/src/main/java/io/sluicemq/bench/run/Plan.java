package io.sluicemq.bench.run;

/**
 * How thorough a run is.
 *
 * @param name on the command line.
 * @param turns of each comparison.
 * @param warmupSeconds before the clock starts, roughly.
 * @param seconds that are measured, roughly.
 * @param verify whether payloads are checked in place of speed.
 */
record Plan(String name, int turns, double warmupSeconds, double seconds, boolean verify) {
    /** Its peer alone differs by a factor of three from turn to turn, so that five of them say little. */
    private static final String NOISY = "quic-lat";

    private static final int NOISY_FACTOR = 3;
    private static final long MOST_VERIFIED_MESSAGES = 2_000;
    private static final long VERIFIED_BYTES = 32 << 20;

    static Plan of(final String name) {
        return switch (name) {
            case "quick" -> new Plan(name, 2, 0.7, 0.6, false);
            case "full" -> new Plan(name, 5, 2, 1.2, false);
            case "verify" -> new Plan(name, 1, 0, 0, true);
            default -> throw new IllegalArgumentException("mode=" + name + ", limit=quick|full|verify, choose one");
        };
    }

    /** A quick run leaves out what takes long and has no bound, and takes one turn of what waits for silence. */
    boolean includes(final Comparison comparison) {
        return verify
                ? comparison.shape().isVerifiable()
                : !name.equals("quick") || !comparison.bounds().isEmpty();
    }

    int turns(final Comparison comparison) {
        if (name.equals("quick") && comparison.shape().isIdle()) {
            return 1;
        }
        return name.equals("full") && comparison.name().equals(NOISY) ? NOISY_FACTOR * turns : turns;
    }

    long warmup(final Comparison comparison, final Entry entry) {
        return verify ? verifiedMessages(comparison) : Math.max(1, Math.round(warmupSeconds * entry.aboutPerSecond()));
    }

    long count(final Comparison comparison, final Entry entry) {
        return verify ? verifiedMessages(comparison) : Math.max(2, Math.round(seconds * entry.aboutPerSecond()));
    }

    private static long verifiedMessages(final Comparison comparison) {
        return Math.min(MOST_VERIFIED_MESSAGES, VERIFIED_BYTES / comparison.messageBytes());
    }
}
