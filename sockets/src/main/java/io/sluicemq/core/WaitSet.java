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

    /** What each of the threads waits for, in the same order: null for any change. */
    private final List<Object> sources = new ArrayList<>();

    /** Sleepers of whom one is enough for each change; who has slept longest is first. */
    private final List<Thread> alternates = new ArrayList<>();

    private volatile int count;

    void add(final Thread thread) {
        add(thread, null);
    }

    /** As {@link #add(Thread)}, for a thread that {@link #signal(Object)} wakes for this source only; null for any. */
    void add(final Thread thread, final Object source) {
        lock.lock();
        try {
            threads.add(thread);
            sources.add(source);
            count = threads.size() + alternates.size();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #add}, for a thread that deals with a change on behalf of all that are added so, or wakes the next. */
    void addAlternate(final Thread thread) {
        lock.lock();
        try {
            alternates.add(thread);
            count = threads.size() + alternates.size();
        } finally {
            lock.unlock();
        }
    }

    void remove(final Thread thread) {
        lock.lock();
        try {
            final int index = threads.indexOf(thread);
            if (index >= 0) {
                threads.remove(index);
                sources.remove(index);
            } else {
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
            wake(null, 1);
        }
    }

    /** As {@link #signal()}, where only one source has changed. */
    void signal(final Object source) {
        if (count != 0) {
            wake(source, 1);
        }
    }

    /** Wakes everybody. */
    void signalAll() {
        if (count != 0) {
            wake(null, Integer.MAX_VALUE);
        }
    }

    private void wake(final Object source, final int maxAlternates) {
        lock.lock();
        try {
            for (int i = 0; i < threads.size(); i++) {
                final Object awaited = sources.get(i);
                if (source == null || awaited == null || awaited == source) {
                    LockSupport.unpark(threads.get(i));
                }
            }
            for (int i = 0; i < Math.min(maxAlternates, alternates.size()); i++) {
                LockSupport.unpark(alternates.get(i));
            }
        } finally {
            lock.unlock();
        }
    }
}
