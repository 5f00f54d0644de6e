package io.sluicemq.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that sleep until something changes. The sleeper adds itself (a full fence), looks once more, and parks; whoever
 * changes something makes its change visible with a fence, then signals, which costs one read while nobody sleeps.
 */
public final class WaitSet {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Thread> threads = new ArrayList<>();

    /** Sleepers of whom one is enough for each change; who has slept longest is first. */
    private final List<Thread> alternates = new ArrayList<>();

    private volatile int count;

    void add(final Thread thread) {
        add(threads, thread);
    }

    /** As {@link #add}, for a thread that deals with a change on behalf of all that are added so, or wakes the next. */
    void addAlternate(final Thread thread) {
        add(alternates, thread);
    }

    private void add(final List<Thread> list, final Thread thread) {
        lock.lock();
        try {
            list.add(thread);
            count = threads.size() + alternates.size();
        } finally {
            lock.unlock();
        }
    }

    void remove(final Thread thread) {
        lock.lock();
        try {
            if (!threads.remove(thread)) {
                alternates.remove(thread);
            }
            count = threads.size() + alternates.size();
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Wakes the sleepers, of alternates only the first; each looks again and sleeps on if there is nothing for it. */
    void signal() {
        if (count != 0) {
            wake(1);
        }
    }

    /** Wakes everybody. */
    void signalAll() {
        if (count != 0) {
            wake(Integer.MAX_VALUE);
        }
    }

    private void wake(final int maxAlternates) {
        lock.lock();
        try {
            for (final Thread thread : threads) {
                LockSupport.unpark(thread);
            }
            for (int i = 0; i < Math.min(maxAlternates, alternates.size()); i++) {
                LockSupport.unpark(alternates.get(i));
            }
        } finally {
            lock.unlock();
        }
    }
}
