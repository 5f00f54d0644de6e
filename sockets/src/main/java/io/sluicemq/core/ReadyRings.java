package io.sluicemq.core;

import io.sluicemq.transport.PolledRing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The rings that have messages for one consumer. Producers push a ring when they find it disarmed, from any thread and
 * without a lock; the consumer collects and polls them. A ring is in here at most once, as it is pushed only by whoever arms
 * it, and disarmed only after it was taken out.
 */
final class ReadyRings {
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(ReadyRings.class, "head", PolledRing.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Last pushed ring, linked to those pushed before it; compare-and-set by producers, taken as a whole by the consumer. */
    private volatile PolledRing head;

    private PolledRing[] active = new PolledRing[8];
    private int count;
    private int next;

    void push(final PolledRing ring) {
        PolledRing seen;
        do {
            seen = head;
            ring.next(seen);
        } while (!HEAD.compareAndSet(this, seen, ring));
    }

    /** Whether a ring was pushed that is not collected yet. Any thread. */
    boolean hasPushed() {
        return head != null;
    }

    /** Consumer: takes over what was pushed, in that order: a peer that left and is here again has two rings. */
    void collect() {
        if (head == null) {
            return;
        }
        PolledRing last = (PolledRing) HEAD.getAndSet(this, (PolledRing) null);
        PolledRing first = null;
        while (last != null) {
            final PolledRing before = last.next();
            last.next(first);
            first = last;
            last = before;
        }
        while (first != null) {
            final PolledRing following = first.next();
            first.next(null);
            add(first);
            first = following;
        }
    }

    private void add(final PolledRing ring) {
        if (count == active.length) {
            active = Arrays.copyOf(active, count * 2);
        }
        active[count++] = ring;
    }

    /** Consumer: how many rings are to be polled. */
    int count() {
        return count;
    }

    /** Consumer: the next ring in turn; only if {@link #count()} is not 0. */
    PolledRing next() {
        if (next >= count) {
            next = 0;
        }
        return active[next++];
    }

    /** Consumer: takes out the ring that {@link #next()} gave last. */
    void removeLast() {
        remove(next - 1);
    }

    /** Consumer: a ring that is to be polled, in the order in which they came. */
    PolledRing at(final int index) {
        return active[index];
    }

    private void remove(final int index) {
        count--;
        System.arraycopy(active, index + 1, active, index, count - index);
        active[count] = null;
        if (index < next) {
            next--;
        }
    }

    /** Consumer: takes a ring out wherever it is, without disarming it, so that it will not be pushed. */
    void remove(final PolledRing ring) {
        collect();
        for (int i = 0; i < count; i++) {
            if (active[i] == ring) {
                remove(i);
                return;
            }
        }
    }

    /**
     * Consumer, before it sleeps: disarms all rings.
     *
     * @return false when one of them has messages again, so that the consumer must go on.
     */
    boolean disarmAll() {
        collect();
        for (int i = 0; i < count; i++) {
            active[i].prepareToDisarm();
        }
        final int before = count;
        int at = 0;
        count = 0;
        try {
            while (at < before) {
                final PolledRing ring = active[at];
                // Out first: once it is disarmed, a producer may push it at any moment.
                active[at++] = null;
                if (!ring.disarm()) {
                    active[count++] = ring;
                }
            }
        } finally {
            // After a failure: the others stay.
            while (at < before) {
                final PolledRing ring = active[at];
                active[at++] = null;
                active[count++] = ring;
            }
        }
        return count == 0 && head == null;
    }

    /** Consumer: whether any ring has a message. */
    boolean hasMessages() {
        collect();
        for (int i = 0; i < count; i++) {
            if (!active[i].isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
