package io.sluicemq.bench;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How many messages of one sender may be under way. One thread sends, another one says what has ended. */
final class Window {
    private static final int YIELDS = 20;

    /** A wake-up that is missed costs no more than this. */
    private static final long MAX_PARK_NS = 1_000_000;

    private final int limit;

    /** Written by the thread that ends messages, with release. */
    private final AtomicLong ended = new AtomicLong();

    /** At how many ended messages the sender is to be woken. Written by the sender. */
    private volatile long wakeAt = Long.MAX_VALUE;

    private volatile Thread waiting;
    private long begun;

    Window(final int limit) {
        this.limit = limit;
    }

    /** Waits for room for one more, and takes it; after a wait, until half of the window is free. */
    void begin() {
        if (begun - ended.getAcquire() >= limit) {
            awaitEnded(begun - limit / 2);
        }
        begun++;
    }

    /** Waits until all have ended. */
    void awaitAll() {
        awaitEnded(begun);
    }

    @SuppressWarnings("ThreadPriorityCheck") // who ends them needs this core
    private void awaitEnded(final long count) {
        for (int i = 0; i < YIELDS && ended.getAcquire() < count; i++) {
            Thread.yield();
        }
        waiting = Thread.currentThread();
        wakeAt = count;
        VarHandle.fullFence();
        while (ended.getAcquire() < count) {
            LockSupport.parkNanos(this, MAX_PARK_NS);
        }
        wakeAt = Long.MAX_VALUE;
    }

    /** The other thread: one has ended. */
    void end() {
        final long count = ended.getPlain() + 1;
        ended.setRelease(count);
        if (count == wakeAt) {
            LockSupport.unpark(waiting);
        }
    }
}
