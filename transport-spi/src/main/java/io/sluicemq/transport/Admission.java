package io.sluicemq.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The count of messages in a {@link MessageRing}: who may come in, how many wait, and whether the door is closed. Producers
 * raise {@code admitted} before they write, so that a consumer sees every claim that was begun; the consumer raises {@code
 * taken}. Both only grow, so a stale value errs on the safe side.
 */
final class Admission {
    /** In {@code admitted} when no more are let in, so that one atomic step decides between a producer and a close. */
    private static final long CLOSED = Long.MIN_VALUE;

    private static final VarHandle ADMITTED;
    private static final VarHandle TAKEN_SEEN;
    private static final VarHandle TAKEN;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            ADMITTED = lookup.findVarHandle(Producers.class, "admitted", long.class);
            TAKEN_SEEN = lookup.findVarHandle(Producers.class, "takenSeen", long.class);
            TAKEN = lookup.findVarHandle(Consumer.class, "taken", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final boolean singleProducer;
    private final Producers producers = new Producers();
    private final Consumer consumer = new Consumer();
    private volatile int maxMessages;

    /** Beside {@link #CLOSED} for a single producer's batches, whose plain stores could overwrite that bit. */
    private volatile boolean closed;

    Admission(final boolean singleProducer, final int maxMessages) {
        this.singleProducer = singleProducer;
        this.maxMessages = maxMessages;
    }

    /**
     * Producer: asks to write one message; false at the mark or when closed.
     *
     * @param inBatch whether a fence follows after some messages. A single producer's claim is then a plain store, and a close
     *     by another thread may miss the claim that is being made.
     */
    boolean admit(final boolean inBatch) {
        final Producers p = producers;
        final int limit = maxMessages;
        final long seen = p.admitted;
        if (seen < 0 || closed || isAtMark(p, seen, limit)) {
            return false;
        }
        if (inBatch && singleProducer) {
            ADMITTED.setRelease(p, seen + 1);
            return true;
        }
        final long before = (long) ADMITTED.getAndAdd(p, 1L);
        if (before < 0 || isAtMark(p, before, limit)) {
            dismiss();
            return false;
        }
        return true;
    }

    private boolean isAtMark(final Producers p, final long admitted, final int limit) {
        return limit > 0 && admitted - (long) TAKEN_SEEN.getOpaque(p) >= limit && admitted - refreshTaken(p) >= limit;
    }

    private long refreshTaken(final Producers p) {
        final long now = (long) TAKEN.getAcquire(consumer);
        TAKEN_SEEN.setOpaque(p, now);
        return now;
    }

    /** Producer: was admitted, but found no room for its bytes. */
    void dismiss() {
        ADMITTED.getAndAdd(producers, -1L);
    }

    /** Consumer: took messages; producers see it when their room is looked at. */
    void take(final int messages) {
        TAKEN.setRelease(consumer, consumer.taken + messages);
    }

    /** Messages that wait, claims under way included. Any thread. */
    long size() {
        final long taken = (long) TAKEN.getAcquire(consumer);
        return Math.max(0, ((long) ADMITTED.getVolatile(producers) & ~CLOSED) - taken);
    }

    /** Whether the mark is reached. Any thread. */
    boolean isFull() {
        final int limit = maxMessages;
        return limit > 0 && size() >= limit;
    }

    int maxMessages() {
        return maxMessages;
    }

    void maxMessages(final int messages) {
        maxMessages = messages;
    }

    /** Lets nobody in any more. Any thread. */
    void close() {
        closed = true;
        long seen;
        do {
            seen = (long) ADMITTED.getVolatile(producers);
        } while (seen >= 0 && !ADMITTED.compareAndSet(producers, seen, seen | CLOSED));
    }

    boolean isClosed() {
        return closed;
    }

    /** What producers write, on cache lines of its own, so that the consumer's writes do not slow them down. */
    @SuppressWarnings("unused")
    private static final class Producers {
        private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
        private volatile long admitted;

        /** Last seen value of {@code taken}, by any producer: opaque, so that it is at least whole. */
        private long takenSeen;

        private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    }

    /** What the consumer writes, likewise. */
    @SuppressWarnings("unused")
    private static final class Consumer {
        private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
        private long taken;
        private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    }
}
