package io.sluicemq.transport.ipc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whose turn it is to write a ring in shared memory, among the threads of this process. A lock, tried for a bounded time, so that
 * nobody waits for a thread that does not run; and past it a producer, a thread that was alone for long: it writes without the
 * lock, whose compare-and-set would wait until the record before has left the core. The next other thread ends that.
 *
 * <p>The producer stores that it is inside, looks whether it is the producer still, and writes. It has no fence between the two. Who
 * ends it takes the title away, and then stops the thread for a moment: after that, one of the two sees the other. Any thread.
 */
final class WriterTurn {
    private static final int SPINS = 200;
    private static final int YIELDS = 20;
    private static final int MIN_TRIES = 50;

    /** So many turns in a row make a thread the producer; more and more, each time that another comes all the same. */
    private static final long MIN_TURNS_TO_PRODUCER = 1_000;

    private static final long MORE_TURNS = 8;

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

    /** Who may {@link #beginAlone}; written under the lock. */
    private volatile Thread producer;

    // Under the lock.
    private Thread last;
    private long turnsInARow;
    private long turnsToProducer = MIN_TURNS_TO_PRODUCER;

    /**
     * Makes a turn that nobody has.
     *
     * @param singleProducer whether one thread alone becomes the producer, and others have turns to write only when it knows that
     *     it does not write; then it need not be ended for them.
     */
    WriterTurn(final boolean singleProducer) {
        this.singleProducer = singleProducer;
    }

    /** Whether a thread writes without the lock, so that those who have it may only look. */
    boolean hasProducer() {
        return producer != null;
    }

    /** Whether the calling thread, given as self, is the producer; then {@link #endAlone} follows, whatever the result of beginAlone. */
    boolean isProducer(final Thread self) {
        return producer == self;
    }

    /** The producer: whether it may write now. */
    boolean beginAlone(final Thread self) {
        INSIDE.setOpaque(words, 1L);
        // For the compiler, which may else look before it stores.
        VarHandle.storeStoreFence();
        return producer == self;
    }

    /** The producer is done. */
    void endAlone() {
        INSIDE.setRelease(words, 0L);
    }

    /** Tries to get the lock, to look. */
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

    /** Tries to get the lock, to write: then there is no producer, or it does not write. */
    boolean enterToWrite() {
        if (!enter()) {
            return false;
        }
        if (singleProducer || (producer == null && isOutside()) || endProducer()) {
            return true;
        }
        leave();
        return false;
    }

    private boolean isOutside() {
        return (long) INSIDE.getAcquire(words) == 0;
    }

    /** Under the lock: there is no producer any more; false while it is still inside. */
    private boolean endProducer() {
        final Thread thread = producer;
        if (thread != null) {
            producer = null;
            last = null;
            turnsToProducer = Math.min(turnsToProducer, Long.MAX_VALUE / MORE_TURNS) * MORE_TURNS;
            stop(thread);
        }
        return awaitOutside(YIELDS);
    }

    /** Under the lock, when nobody shall write any more and the producer can see that: whether it is outside, within that time. */
    boolean awaitProducer(final long limitNs) {
        final Thread thread = producer;
        if (thread != null) {
            stop(thread);
        }
        final long startNs = System.nanoTime();
        boolean outside = awaitOutside(MIN_TRIES);
        while (!outside && System.nanoTime() - startNs < limitNs) {
            outside = awaitOutside(MIN_TRIES);
        }
        return outside;
    }

    /** To look at a thread's stack stops it: what it has stored is visible afterwards, and it sees what was stored before. */
    @SuppressWarnings("ReturnValueIgnored") // The stack is of no use.
    private static void stop(final Thread thread) {
        if (thread != Thread.currentThread()) {
            thread.getStackTrace();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: who is inside may need this core to go on.
    private boolean awaitOutside(final int yields) {
        for (int i = 0; i < yields; i++) {
            if (isOutside()) {
                return true;
            }
            Thread.yield();
        }
        return false;
    }

    /** Under the lock: counts a turn of the calling thread, given as self; null for one that is no producer. */
    void count(final Thread self) {
        if (self == null || self != last) {
            last = self;
            turnsInARow = 0;
        } else if (++turnsInARow >= (singleProducer ? 1 : turnsToProducer) && isPlatformThread(self)) {
            producer = self;
        }
    }

    /** To look at the stack of a virtual thread need not stop it. */
    private static boolean isPlatformThread(final Thread thread) {
        return thread.getClass() == Thread.class || !thread.getClass().getName().startsWith("java.lang.");
    }

    /** Gives the lock back. */
    void leave() {
        LOCK.setRelease(words, 0L);
    }

    /** On cache lines of their own: 1 while a thread has the lock, and while the producer is inside. */
    @SuppressWarnings("unused")
    private static final class Words {
        private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
        private long lock;
        private long inside;
        private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    }
}
