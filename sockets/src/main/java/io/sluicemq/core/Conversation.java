package io.sluicemq.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Holds the plain send and receive of a REQ or REP to one thread, from the first half of an exchange to the second. A thread
 * that has ended no longer counts.
 */
final class Conversation {
    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(Conversation.class, "owner", Thread.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Who began; stored with release behind what was begun, read with acquire by whoever goes on. */
    @SuppressWarnings("UnusedVariable") // Through its handle only.
    private Thread owner;

    void begin() {
        OWNER.setRelease(this, Thread.currentThread());
    }

    void end() {
        OWNER.setRelease(this, (Thread) null);
    }

    /** Refuses a thread that comes between. */
    void check(final String call, final String remedy) {
        final Thread began = (Thread) OWNER.getAcquire(this);
        if (began != null && began != Thread.currentThread() && began.isAlive()) {
            throw new IllegalStateException(
                    call + "=by thread " + Thread.currentThread().getName()
                            + ", limit=the thread that began the exchange, " + began.getName() + ", " + remedy);
        }
    }
}
