package io.sluicemq.durable.core;

import java.util.Arrays;
import org.agrona.BitUtil;

/**
 * Messages on their way, in the order of their indexes, each waiting for its end. Ends may come in any order; the window goes on over
 * the longest run of ended ones from its front. One thread; allocates only to grow.
 */
final class IndexWindow {
    /** Result of {@link #find}: no such message is on its way. */
    private static final int NONE = -1;

    private static final byte ENDED = 4;

    private long[] indexes = new long[16];

    /** The kind of each, and {@link #ENDED}. */
    private byte[] kinds = new byte[16];

    // Positions since the start; the place in the arrays is the position masked.
    private long front;
    private long back;
    private long doneUpTo;

    /** How many between the front and the last have ended. */
    private int endedBeyond;

    /**
     * Starts anew, empty.
     *
     * @param upTo index up to which all have ended.
     */
    void reset(final long upTo) {
        front = back;
        doneUpTo = upTo;
        endedBeyond = 0;
    }

    /** How many are between the front and the last, ended ones included. */
    int size() {
        return (int) (back - front);
    }

    boolean isEmpty() {
        return back == front;
    }

    /** The one at the front; only if it is not empty. */
    long first() {
        return indexes[place(front)];
    }

    /** The last one that was added, or up to where all have ended if there is none. */
    long last() {
        return isEmpty() ? doneUpTo : indexes[place(back - 1)];
    }

    /** All up to this index have ended; with an empty window, the last that was added. */
    long doneUpTo() {
        return doneUpTo;
    }

    /**
     * Adds one.
     *
     * @param index above all that were added before.
     * @param kind 0 to 3.
     */
    void add(final long index, final int kind) {
        if (index <= last()) {
            throw new IllegalStateException("index=" + index + ", limit=above " + last());
        }
        if (size() == indexes.length) {
            grow();
        }
        final int place = place(back);
        indexes[place] = index;
        kinds[place] = (byte) kind;
        back++;
    }

    private void grow() {
        final int size = size();
        final long[] moreIndexes = new long[BitUtil.findNextPositivePowerOfTwo(size + 1)];
        final byte[] moreKinds = new byte[moreIndexes.length];
        for (int i = 0; i < size; i++) {
            moreIndexes[i] = indexes[place(front + i)];
            moreKinds[i] = kinds[place(front + i)];
        }
        indexes = moreIndexes;
        kinds = moreKinds;
        back = size;
        front = 0;
    }

    /** Whether one is between the front and the last, ended or not. */
    boolean contains(final long index) {
        return find(index) != NONE;
    }

    /** Whether one is on its way and has not ended. */
    boolean isWaiting(final long index) {
        final int place = find(index);
        return place != NONE && (kinds[place] & ENDED) == 0;
    }

    /** Ends one; returns whether it was on its way and had not ended. */
    boolean end(final long index) {
        final int place = find(index);
        if (place == NONE || (kinds[place] & ENDED) != 0) {
            return false;
        }
        kinds[place] |= ENDED;
        endedBeyond++;
        advance();
        return true;
    }

    /** Ends all of a kind up to an index, from the front; returns how many did. */
    int endUpTo(final long index, final int kind) {
        int ended = 0;
        for (long position = front; position < back && indexes[place(position)] <= index; position++) {
            final int place = place(position);
            if (kinds[place] == kind) {
                kinds[place] |= ENDED;
                ended++;
            }
        }
        endedBeyond += ended;
        advance();
        return ended;
    }

    private void advance() {
        while (front < back && (kinds[place(front)] & ENDED) != 0) {
            doneUpTo = indexes[place(front)];
            front++;
            endedBeyond--;
        }
    }

    /** Whether {@link #endedBeyond()} has any. */
    boolean hasEndedBeyond() {
        return endedBeyond > 0;
    }

    /** Indexes behind {@link #doneUpTo()} that have ended, ascending. */
    long[] endedBeyond() {
        final long[] ended = new long[size()];
        int count = 0;
        for (long position = front; position < back; position++) {
            if ((kinds[place(position)] & ENDED) != 0) {
                ended[count++] = indexes[place(position)];
            }
        }
        return Arrays.copyOf(ended, count);
    }

    /** Is shown each between the front and the last. */
    @FunctionalInterface
    interface Visitor {
        void onIndex(long index, boolean ended);
    }

    /** Shows all from the front to the last, ascending. */
    void forEach(final Visitor visitor) {
        for (long position = front; position < back; position++) {
            final int place = place(position);
            visitor.onIndex(indexes[place], (kinds[place] & ENDED) != 0);
        }
    }

    private int find(final long index) {
        long low = front;
        long high = back - 1;
        while (low <= high) {
            final long middle = (low + high) >>> 1;
            final long there = indexes[place(middle)];
            if (there == index) {
                return place(middle);
            }
            if (there < index) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return NONE;
    }

    private int place(final long position) {
        return (int) position & (indexes.length - 1);
    }
}
