package io.sluicemq.transport.quic;

/** Numbers, the first one in being the first one out; grows. One thread. */
final class LongQueue {
    private long[] values = new long[4];
    private int first;
    private int count;

    void add(final long value) {
        if (first + count == values.length) {
            final long[] target = count > values.length / 2 ? new long[2 * values.length] : values;
            System.arraycopy(values, first, target, 0, count);
            values = target;
            first = 0;
        }
        values[first + count++] = value;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int size() {
        return count;
    }

    /** By its place, 0 being the first one in. */
    long get(final int index) {
        return values[first + index];
    }

    /** Takes the first one; there is one. */
    long remove() {
        count--;
        return values[first++];
    }
}
