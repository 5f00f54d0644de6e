package io.sluicemq.bench;

/**
 * What one measurement is made of.
 *
 * @param endpoint that the local side binds and the remote side connects to.
 * @param size of each message, in bytes.
 * @param count of messages, or of round trips, that are measured.
 * @param warmup how many pass before.
 * @param verify whether every payload is written and checked, which costs time: for runs that are not compared.
 */
record Load(String endpoint, int size, long count, long warmup, boolean verify) {
    /** Messages before the clock starts: without a warm-up the first one starts it. */
    long before() {
        return Math.max(1, warmup);
    }

    /** Messages that the clock sees. */
    long measured() {
        return warmup > 0 ? count : count - 1;
    }

    /** All messages of one sender. */
    long total() {
        return warmup + count;
    }
}
