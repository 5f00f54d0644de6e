package io.sluicemq.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who may write where in a {@link MessageRing}, how many messages wait, and whether the door is closed. Producers and the
 * consumer have one word each, of the same form: a position in the ring's memory in units of {@link #UNIT_BYTES}, and a count
 * of messages, both of them modulo a power of two. So one atomic step of a producer takes room, is counted, and fails if the
 * ring was closed or is at its mark; and a consumer sees every claim that was begun.
 *
 * <p>With many producers the step is a compare-and-set, which is the producer's fence too. A single producer's step is a plain
 * store, so that a message costs it no fence. Whoever must not miss it, such as a closer, waits for {@link #settle()} instead:
 * a store leaves its core in well under a microsecond.
 */
final class Claims {
    /** Result of a claim that finds the ring at a limit, or closed. */
    static final long REFUSED = -1;

    static final int UNIT_BYTES = 8;

    // The largest ring has 2^27 units, so neither field can come round to where it was before the consumer has
    // followed.
    private static final int POSITION_BITS = 34;
    private static final int COUNT_BITS = 29;
    private static final long POSITION_MASK = (1L << POSITION_BITS) - 1;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    /** In the producers' word when no more claims are granted. A single producer's stores may undo it: it has the flag. */
    private static final long CLOSED = Long.MIN_VALUE;

    /** Many times what a store takes to leave its core. */
    private static final long STORE_NS = 5_000L;

    /** A single producer that stopped in the middle of a claim is waited for at least so long, and so many yields. */
    private static final long MAX_CLAIM_NS = 1_000_000_000L;

    private static final int MIN_CLAIM_YIELDS = 1_000;

    private static final VarHandle CLAIMED;
    private static final VarHandle CLAIMING;
    private static final VarHandle RELEASED_SEEN;
    private static final VarHandle RELEASED;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            CLAIMED = lookup.findVarHandle(Producers.class, "claimed", long.class);
            CLAIMING = lookup.findVarHandle(Producers.class, "claiming", int.class);
            RELEASED_SEEN = lookup.findVarHandle(Producers.class, "releasedSeen", long.class);
            RELEASED = lookup.findVarHandle(Consumer.class, "released", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final boolean singleProducer;
    private final int capacityUnits;

    /** What may be taken: a single producer leaves room for the header of the next record. */
    private final int maxUnits;

    private final Producers producers = new Producers();
    private final Consumer consumer = new Consumer();
    private volatile int maxMessages;
    private volatile boolean closed;

    Claims(final boolean singleProducer, final int capacityBytes, final int maxMessages) {
        this.singleProducer = singleProducer;
        this.capacityUnits = capacityBytes / UNIT_BYTES;
        this.maxUnits = singleProducer ? capacityUnits - 1 : capacityUnits;
        this.maxMessages = maxMessages;
    }

    /**
     * Producer: takes room for one message.
     *
     * @param units it needs; where they would reach beyond the end of the memory, what is left there is taken too.
     * @return the position where the room starts, or {@link #REFUSED}.
     */
    long claim(final int units) {
        return singleProducer ? claimAlone(units) : claimAmongOthers(units);
    }

    private long claimAlone(final int units) {
        final Producers own = producers;
        CLAIMING.setOpaque(own, 1);
        // For the compiler, which may else move this store behind the look at the flag; on the machine it is free. That
        // the
        // store leaves the core only later is what a close waits for.
        VarHandle.storeStoreFence();
        final long state = own.claimed;
        final int needed = withPadding(state, units);
        final boolean granted = !closed && (fits(state, own.releasedSeen, needed) || fits(state, refresh(), needed));
        if (granted) {
            CLAIMED.setRelease(own, advance(state, needed, 1));
        }
        CLAIMING.setRelease(own, 0);
        return granted ? state & POSITION_MASK : REFUSED;
    }

    private long claimAmongOthers(final int units) {
        // What is seen of the consumer is read first: with a claim older than that, the ring would look full.
        long seen = (long) RELEASED_SEEN.getAcquire(producers);
        long state = (long) CLAIMED.getAcquire(producers);
        while (state >= 0) {
            final int needed = withPadding(state, units);
            if (fits(state, seen, needed)) {
                final long witness = (long) CLAIMED.compareAndExchange(producers, state, advance(state, needed, 1));
                if (witness == state) {
                    return state & POSITION_MASK;
                }
                state = witness;
            } else {
                seen = refresh();
                state = (long) CLAIMED.getVolatile(producers);
                if (!fits(state, seen, withPadding(state, units))) {
                    return REFUSED;
                }
            }
        }
        return REFUSED;
    }

    /** Any thread but the producer: fences, and gives what a single producer has stored before the time to be seen. */
    void settle() {
        VarHandle.fullFence();
        if (singleProducer) {
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < STORE_NS) {
                Thread.onSpinWait();
            }
        }
    }

    private int withPadding(final long state, final int units) {
        final int toEnd = capacityUnits - ((int) state & (capacityUnits - 1));
        return units <= toEnd ? units : toEnd + units;
    }

    private boolean fits(final long state, final long seen, final int units) {
        final int limit = maxMessages;
        return usedUnits(state, seen) + units <= maxUnits && (limit <= 0 || messages(state, seen) < limit);
    }

    private long refresh() {
        final long now = (long) RELEASED.getAcquire(consumer);
        RELEASED_SEEN.setRelease(producers, now);
        return now;
    }

    private static long advance(final long state, final long units, final long messages) {
        return ((state + units) & POSITION_MASK)
                | ((((state >>> POSITION_BITS) + messages) & COUNT_MASK) << POSITION_BITS);
    }

    private static long usedUnits(final long claimed, final long released) {
        return (claimed - released) & POSITION_MASK;
    }

    private static long messages(final long claimed, final long released) {
        return ((claimed >>> POSITION_BITS) - (released >>> POSITION_BITS)) & COUNT_MASK;
    }

    /** Producer: counts a message that needs no room; false when closed. */
    boolean admit() {
        return !closed && change(1);
    }

    /** Producer: a message that was admitted is not there any more. */
    void dismiss() {
        change(-1);
    }

    private boolean change(final int messages) {
        while (true) {
            final long state = (long) CLAIMED.getVolatile(producers);
            if (state < 0 && messages > 0) {
                return false;
            }
            if (CLAIMED.compareAndSet(producers, state, advance(state, 0, messages) | (state & CLOSED))) {
                return true;
            }
        }
    }

    /** Consumer: where it is. */
    long released() {
        return consumer.released & POSITION_MASK;
    }

    /** Consumer: gives room back, and counts messages as taken. */
    void release(final long units, final int messages) {
        RELEASED.setRelease(consumer, advance(consumer.released, units, messages));
    }

    /** Messages that wait, claims under way included. Any thread. */
    long size() {
        final long released = (long) RELEASED.getAcquire(consumer);
        return messages((long) CLAIMED.getVolatile(producers), released);
    }

    /** Whether this much would be granted now. Any thread; stale at once while others claim. */
    boolean hasRoom(final int units) {
        final long released = (long) RELEASED.getAcquire(consumer);
        final long state = (long) CLAIMED.getVolatile(producers);
        return state >= 0 && !closed && fits(state, released, withPadding(state, units));
    }

    /** Whether half of all room is free. Consumer. */
    boolean isHalfEmpty() {
        final long released = consumer.released;
        final long state = (long) CLAIMED.getVolatile(producers);
        return 2 * messages(state, released) <= maxMessagesOrNone() && 2 * usedUnits(state, released) <= capacityUnits;
    }

    private long maxMessagesOrNone() {
        final int limit = maxMessages;
        return limit <= 0 ? Long.MAX_VALUE : limit;
    }

    int maxMessages() {
        return maxMessages;
    }

    void maxMessages(final int messages) {
        maxMessages = messages;
    }

    /**
     * Lets nobody in any more. Any thread, any number of times. Claims that were granted are in {@link #size()} when this
     * returns, but for one of a single producer that did not run for a second in the middle of it.
     */
    void close() {
        closed = true;
        CLAIMED.getAndBitwiseOr(producers, CLOSED);
        if (singleProducer) {
            settle();
            awaitClaimUnderWay();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: the producer may need this core to go on.
    private void awaitClaimUnderWay() {
        final long untilNs = System.nanoTime() + MAX_CLAIM_NS;
        int yields = 0;
        while ((int) CLAIMING.getAcquire(producers) != 0
                && (yields < MIN_CLAIM_YIELDS || System.nanoTime() - untilNs < 0)) {
            yields++;
            Thread.yield();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** What producers write, on cache lines of its own, so that the consumer's writes do not slow them down. */
    @SuppressWarnings("unused")
    private static final class Producers {
        private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
        private long claimed;

        /** 1 while a single producer is between its look at {@link #closed} and its claim. */
        private int claiming;

        /** The consumer's word as some producer saw it last. */
        private long releasedSeen;

        private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    }

    /** What the consumer writes, likewise. */
    @SuppressWarnings("unused")
    private static final class Consumer {
        private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
        private long released;
        private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    }
}
