package io.sluicemq.durable.core;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/**
 * What the subscriber's thread and the receiving thread share. Messages of QoS 0 and 1 pass through a bounded queue; those of QoS 2 lie in
 * the journal, and only their number is told. Each message of the queue knows how many of QoS 2 come before it, and is put in before
 * later ones of QoS 2 are told of, so that the order of arrival is kept over both.
 */
final class HandOver {
    private final int maxBytes;
    private final Runnable wakeSubscriber;
    private final OneToOneConcurrentArrayQueue<HandOverEntry> entries;
    private final OneToOneConcurrentArrayQueue<HandOverEntry> free;
    private final int capacity;

    /** Written by the subscriber's thread with release; read by the receiving one with acquire. */
    private final AtomicLong stored = new AtomicLong();

    /** Plain for the subscriber's thread. */
    private long offeredBytes;

    /** Written by the receiving thread with release. */
    private final AtomicLong takenBytes = new AtomicLong();

    /** The thread that waits for messages. Written by it, then a fence; read by the subscriber's thread behind a fence. */
    private volatile Thread waiting;

    /** Whether the subscriber's thread waits for room. Written by it, then a fence; read by the receiving thread behind one. */
    private volatile boolean blocked;

    /** Numbers of hosts that were removed. Written by the subscriber's thread; an array is never changed. */
    private volatile int[] forgotten = {};

    private volatile boolean closed;
    private volatile Throwable failure;
    private boolean offered;

    HandOver(final int maxMessages, final int maxBytes, final Runnable wakeSubscriber) {
        this.maxBytes = maxBytes;
        this.wakeSubscriber = wakeSubscriber;
        capacity = maxMessages;
        entries = new OneToOneConcurrentArrayQueue<>(Math.max(2, maxMessages));
        free = new OneToOneConcurrentArrayQueue<>(Math.max(2, maxMessages));
    }

    // The subscriber's thread.

    /** How many messages may be offered now. */
    int room() {
        if (offeredBytes - takenBytes.getAcquire() >= maxBytes) {
            return 0;
        }
        return Math.max(0, capacity - entries.size());
    }

    /** As {@link #room()}; if there is none, the subscriber's thread will be woken when there is. */
    int roomOrBlock() {
        int room = room();
        if (room == 0) {
            blocked = true;
            VarHandle.fullFence();
            room = room();
        }
        if (room > 0) {
            blocked = false;
        }
        return room;
    }

    /** Puts in a message, for which there must be {@link #room()}: a whole DELIVER. */
    void offer(
            final ProducerState producer,
            final boolean redelivered,
            final long storedBefore,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        HandOverEntry entry = free.poll();
        if (entry == null) {
            entry = new HandOverEntry();
        }
        entry.set(buffer, offset, length);
        entry.describe(producer.number(), redelivered, storedBefore);
        offeredBytes += length;
        entries.offer(entry);
        offered = true;
    }

    /** What waits of a host is not handed over any more. */
    void forget(final int producer) {
        final int[] more = Arrays.copyOf(forgotten, forgotten.length + 1);
        more[more.length - 1] = producer;
        forgotten = more;
    }

    /** So many messages of QoS 2 are durable since the open. */
    void onDurable(final long messages) {
        if (messages != stored.getPlain()) {
            stored.setRelease(messages);
            offered = true;
        }
    }

    /** Wakes the application if there is news. */
    void signal() {
        if (offered) {
            offered = false;
            wakeReceiver();
        }
    }

    /** Nothing more will come. */
    void close(final Throwable cause) {
        failure = cause;
        closed = true;
        wakeReceiver();
    }

    private void wakeReceiver() {
        VarHandle.fullFence();
        final Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    // The receiving thread.

    long stored() {
        return stored.getAcquire();
    }

    /** Null if there is none. */
    HandOverEntry peek() {
        return entries.peek();
    }

    void remove() {
        final HandOverEntry entry = entries.poll();
        takenBytes.setRelease(takenBytes.getPlain() + entry.length());
    }

    boolean isForgotten(final int producer) {
        final int[] numbers = forgotten;
        for (final int number : numbers) {
            if (number == producer) {
                return true;
            }
        }
        return false;
    }

    /** Gives back an entry that was removed. */
    void recycle(final HandOverEntry entry) {
        entry.clear();
        free.offer(entry);
    }

    /** To be called after messages were removed. */
    void wakeSubscriberIfBlocked() {
        VarHandle.fullFence();
        if (blocked && entries.size() <= capacity / 2) {
            blocked = false;
            wakeSubscriber.run();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Why it was closed; null if somebody wished so. */
    Throwable failure() {
        return failure;
    }

    /** Says that the thread is about to wait; what it looks for must be looked for again before it does. */
    void beginWait() {
        waiting = Thread.currentThread();
        VarHandle.fullFence();
    }

    void endWait() {
        waiting = null;
    }
}
