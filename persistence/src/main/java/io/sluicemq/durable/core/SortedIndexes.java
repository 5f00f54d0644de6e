package io.sluicemq.durable.core;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Indexes in ascending order, each once. Made for what is in flight: the new ones are mostly the largest and the ones that go
 * mostly the smallest, and both take the same time for any number. Allocates when it grows only.
 */
final class SortedIndexes {
    private static final int FIRST_CAPACITY = 8;

    private long[] items = new long[FIRST_CAPACITY];
    private int start;
    private int end;

    /** False when it is there already. */
    boolean add(final long index) {
        int place = end;
        if (start < end && items[end - 1] >= index) {
            place = Arrays.binarySearch(items, start, end, index);
            if (place >= 0) {
                return false;
            }
            place = -place - 1;
        }
        if (end == items.length) {
            place -= start;
            makeRoom();
        }
        System.arraycopy(items, place, items, place + 1, end - place);
        items[place] = index;
        end++;
        return true;
    }

    /** False when it is not there. */
    boolean remove(final long index) {
        final int place = Arrays.binarySearch(items, start, end, index);
        if (place < 0) {
            return false;
        }
        if (place - start < end - place) {
            System.arraycopy(items, start, items, start + 1, place - start);
            start++;
        } else {
            System.arraycopy(items, place + 1, items, place, end - place - 1);
            end--;
        }
        if (start == end) {
            start = 0;
            end = 0;
        }
        return true;
    }

    int size() {
        return end - start;
    }

    /** Gives all in order and forgets them. */
    void drain(final LongConsumer consumer) {
        final int last = end;
        final int first = start;
        start = 0;
        end = 0;
        for (int i = first; i < last; i++) {
            consumer.accept(items[i]);
        }
    }

    // Moves all to the front; into a larger array unless half of this one is free.
    private void makeRoom() {
        final int size = end - start;
        final long[] target = size > items.length / 2 ? new long[2 * items.length] : items;
        System.arraycopy(items, start, target, 0, size);
        items = target;
        start = 0;
        end = size;
    }
}
