package io.sluicemq.core;

import java.util.Arrays;

/**
 * The peers of a publisher, by slot: a small number that stands for a peer in the {@link SubscriptionTrie}. Changes are for
 * one thread at a time; arrays and sets are replaced as a whole, and read by any thread.
 */
final class Subscribers {
    private static final Pipe[] NONE = {};

    /** Everybody; for changes only. */
    private Pipe[] all = NONE;

    /** Those that a carrier leads to: the I/O agent alone offers to them. */
    private volatile Pipe[] network = NONE;

    /** Those in this process, which read their ring by themselves: sending threads offer to them. */
    private volatile Pipe[] direct = NONE;

    private volatile SlotSet everybody = SlotSet.EMPTY;
    private volatile SlotSet directSlots = SlotSet.EMPTY;
    private volatile boolean anyNetwork;

    /** The slot of a pipe, a free one if it has none. A pipe without a carrier is one in this process. */
    int slotOf(final Pipe pipe) {
        final int present = indexOf(pipe);
        if (present >= 0) {
            return present;
        }
        final int free = indexOf(null);
        final int slot = free >= 0 ? free : all.length;
        all = with(all, slot, pipe);
        if (pipe.carrier() == null) {
            direct = with(direct, slot, pipe);
            directSlots = directSlots.with(slot);
        } else {
            network = with(network, slot, pipe);
        }
        everybody = everybody.with(slot);
        anyNetwork = everybody.size() > directSlots.size();
        return slot;
    }

    /** Gives a slot up. */
    void remove(final int slot) {
        all = with(all, slot, null);
        network = with(network, slot, null);
        direct = with(direct, slot, null);
        directSlots = directSlots.without(slot);
        everybody = everybody.without(slot);
        anyNetwork = everybody.size() > directSlots.size();
    }

    /** The slot of a pipe, or a negative number; of null, one that is free. For changes. */
    int indexOf(final Pipe pipe) {
        for (int i = 0; i < all.length; i++) {
            if (all[i] == pipe) {
                return i;
            }
        }
        return -1;
    }

    private static Pipe[] with(final Pipe[] old, final int slot, final Pipe pipe) {
        if (slot >= old.length && pipe == null) {
            return old;
        }
        final Pipe[] copy = Arrays.copyOf(old, Math.max(old.length, slot + 1));
        copy[slot] = pipe;
        return copy;
    }

    /** Those that a carrier leads to, by slot, with gaps. */
    Pipe[] network() {
        return network;
    }

    /** Those in this process, by slot, with gaps. */
    Pipe[] direct() {
        return direct;
    }

    /** Slots of {@link #direct()}. */
    SlotSet directSlots() {
        return directSlots;
    }

    SlotSet everybody() {
        return everybody;
    }

    boolean anyNetwork() {
        return anyNetwork;
    }

    /** A slot may have been given up since a match was made. */
    static Pipe at(final Pipe[] pipes, final int slot) {
        return slot < pipes.length ? pipes[slot] : null;
    }
}
