package io.sluicemq.transport.ipc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whose turn it is to write a ring in shared memory, among the threads of this process: a lock, tried for a bounded time, so that
 * nobody waits for a thread that does not run. A single producer that was declared writes without it, as its compare-and-set would
 * wait until the record before has left the core: it stores that it is inside, looks whether the ring is closed, and writes, with no
 * fence in between. Who closes the ring stops that thread for a moment; after that, one of the two sees the other. Any thread.
 */
final class WriterTurn {
    private static final int SPINS = 200;
    private static final int YIELDS = 20;
    private static final int MIN_TRIES = 50;

    private static final VarHandle LOCK;
    private static final VarHandle INSIDE;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(Words.class, "lock", long.class);
            INSIDE = MethodHandles.lookup().findVarHandle(Words.class, "inside", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Words words = new Words();
    private final boolean singleProducer;

    /** Who wrote last without the lock. */
    private volatile Thread producer;

    /**
     * Makes a turn that nobody has.
     *
     * @param singleProducer whether one thread at a time offers without the lock, and others have turns to write only while it knows
     *     that it does not, as the agent has while messages of that thread wait in the outlet.
     */
    WriterTurn(final boolean singleProducer) {
        this.singleProducer = singleProducer;
    }

    /** Whether a thread writes without the lock, so that those who have it may only look, but for the agent. */
    boolean hasSingleProducer() {
        return singleProducer;
    }

    /** The single producer begins to write; it looks whether it may, and then {@link #endAlone} follows. */
    void beginAlone() {
        final Thread self = Thread.currentThread();
        if (producer != self) {
            producer = self;
        }
        INSIDE.setOpaque(words, 1L);
        // For the compiler, which may else look before it stores.
        VarHandle.storeStoreFence();
    }

    void endAlone() {
        INSIDE.setRelease(words, 0L);
    }

    /** Tries to get the lock. */
    boolean enter() {
        return LOCK.compareAndSet(words, 0L, 1L) || enterAfterOthers();
    }

    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: the other thread may need this core to go on.
    private boolean enterAfterOthers() {
        for (int i = 0; i < SPINS + YIELDS; i++) {
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
            if ((long) LOCK.getOpaque(words) == 0 && LOCK.compareAndSet(words, 0L, 1L)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #enter}, for at least so long. */
    boolean enterWithin(final long limitNs) {
        final long startNs = System.nanoTime();
        for (int i = 0; i < MIN_TRIES || System.nanoTime() - startNs < limitNs; i++) {
            if (enter()) {
                return true;
            }
        }
        return false;
    }

    /** Gives the lock back. */
    void leave() {
        LOCK.setRelease(words, 0L);
    }

    /**
     * Under the lock, when the ring is closed and the single producer can see that: whether it is outside for good, within that
     * time. To look at a thread's stack stops it: what it has stored is visible afterwards, and it sees what was stored before.
     */
    @SuppressWarnings({"ThreadPriorityCheck", "ReturnValueIgnored"}) // It may need this core; its stack is of no use.
    boolean awaitProducer(final long limitNs) {
        final Thread thread = producer;
        if (thread == null || thread == Thread.currentThread()) {
            return true;
        }
        thread.getStackTrace();
        final long startNs = System.nanoTime();
        int tries = 0;
        while ((long) INSIDE.getAcquire(words) != 0) {
            if (tries++ > MIN_TRIES && System.nanoTime() - startNs > limitNs) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    /** On cache lines of their own: 1 while a thread has the lock, and while the single producer is inside. */
    @SuppressWarnings("unused")
    private static final class Words {
        private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
        private long lock;
        private long inside;
        private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    }
}
