package io.sluicemq.core;

import java.util.PriorityQueue;

/** Tasks that wait for their time, in order. Agent only; takes the time as a parameter. */
final class Timers {
    private final PriorityQueue<Entry> entries = new PriorityQueue<>();

    /** Entries to be used again, linked: a pipe that waits for room asks for a turn every few thousand messages. */
    private Entry free;

    private long sequence;

    void add(final long deadlineNs, final Runnable task) {
        Entry entry = free;
        if (entry == null) {
            entry = new Entry();
        } else {
            free = entry.next;
            entry.next = null;
        }
        entry.deadlineNs = deadlineNs;
        entry.sequence = sequence++;
        entry.task = task;
        entries.add(entry);
    }

    /** Runs what is due; returns how many tasks ran. */
    int run(final long nowNs) {
        int count = 0;
        Entry first = entries.peek();
        while (first != null && first.deadlineNs - nowNs <= 0) {
            entries.remove();
            release(first).run();
            count++;
            first = entries.peek();
        }
        return count;
    }

    private Runnable release(final Entry entry) {
        final Runnable task = entry.task;
        entry.task = null;
        entry.next = free;
        free = entry;
        return task;
    }

    /** Drops every task. */
    void clear() {
        entries.clear();
    }

    /** Milliseconds to the next task, rounded up; {@link Long#MAX_VALUE} for none, 0 when one is due. */
    long millisToNext(final long nowNs) {
        final Entry first = entries.peek();
        if (first == null) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, (first.deadlineNs - nowNs + 999_999) / 1_000_000);
    }

    private static final class Entry implements Comparable<Entry> {
        private long deadlineNs;
        private long sequence;
        private Runnable task;
        private Entry next;

        @Override
        public int compareTo(final Entry other) {
            // The difference, since nanoTime may wrap.
            final int byTime = Long.signum(deadlineNs - other.deadlineNs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
