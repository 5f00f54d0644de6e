package io.sluicemq.durable.core;

import org.agrona.BitUtil;

/**
 * Messages of shared subscriptions that were assigned to one session, by the indexes of those records, ascending: what is given to others
 * when the session ends. No I/O, no clock. The host's thread; allocates only to grow.
 */
final class AssignedMessages {
    private long[] indexes = new long[16];
    private long[] groups = new long[16];
    private byte[] qualities = new byte[16];

    // Positions since the start; the place in the arrays is the position masked.
    private long front;
    private long read;
    private long back;

    /** Is shown each message. */
    @FunctionalInterface
    interface Visitor {
        /**
         * One message.
         *
         * @param index of the record that assigned it.
         * @param group that it came by, see {@link SharedGroup#since}.
         * @param qos at which it goes.
         */
        void onAssigned(long index, long group, int qos);
    }

    /** One more. */
    void add(final long index, final long group, final int qos) {
        if (back - front == indexes.length) {
            grow();
        }
        final int place = place(back);
        indexes[place] = index;
        groups[place] = group;
        qualities[place] = (byte) qos;
        back++;
    }

    private void grow() {
        final int size = (int) (back - front);
        final int capacity = BitUtil.findNextPositivePowerOfTwo(size + 1);
        final long[] moreIndexes = new long[capacity];
        final long[] moreGroups = new long[capacity];
        final byte[] moreQualities = new byte[capacity];
        for (int i = 0; i < size; i++) {
            final int place = place(front + i);
            moreIndexes[i] = indexes[place];
            moreGroups[i] = groups[place];
            moreQualities[i] = qualities[place];
        }
        indexes = moreIndexes;
        groups = moreGroups;
        qualities = moreQualities;
        read -= front;
        back = size;
        front = 0;
    }

    /** The session's cursor has come to a record. */
    void onRead(final long index) {
        while (read < back && indexes[place(read)] <= index) {
            read++;
        }
    }

    /** How many the session's cursor has not come to yet, on any connection. */
    int unread() {
        return (int) (back - read);
    }

    /** All before an index are over. */
    void forgetBefore(final long position) {
        while (front < back && indexes[place(front)] < position) {
            front++;
        }
        read = Math.max(read, front);
    }

    boolean contains(final long index) {
        long low = front;
        long high = back - 1;
        while (low <= high) {
            final long middle = (low + high) >>> 1;
            final long there = indexes[place(middle)];
            if (there == index) {
                return true;
            }
            if (there < index) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return false;
    }

    int size() {
        return (int) (back - front);
    }

    void forEach(final Visitor visitor) {
        for (long position = front; position < back; position++) {
            final int place = place(position);
            visitor.onAssigned(indexes[place], groups[place], qualities[place]);
        }
    }

    private int place(final long position) {
        return (int) position & (indexes.length - 1);
    }
}
