package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;

/** Buffers, the first one in being the first one out, each of which can be looked at; grows. One thread. */
final class BufferQueue {
    /** A power of two. */
    private ByteBuf[] buffers = new ByteBuf[4];

    private int head;
    private int size;

    private int index(final int place) {
        return (head + place) & (buffers.length - 1);
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(final ByteBuf buffer) {
        if (size == buffers.length) {
            final ByteBuf[] larger = new ByteBuf[2 * size];
            for (int i = 0; i < size; i++) {
                larger[i] = get(i);
            }
            buffers = larger;
            head = 0;
        }
        buffers[index(size)] = buffer;
        size++;
    }

    /** By its place from the first one on. */
    ByteBuf get(final int place) {
        return buffers[index(place)];
    }

    /** Null if there is none. */
    ByteBuf first() {
        return size == 0 ? null : get(0);
    }

    /** Null if there is none. */
    ByteBuf last() {
        return size == 0 ? null : get(size - 1);
    }

    /** There is one. */
    ByteBuf removeFirst() {
        final ByteBuf first = get(0);
        buffers[head] = null;
        head = index(1);
        size--;
        return first;
    }

    /** There is one. */
    ByteBuf removeLast() {
        final ByteBuf last = get(size - 1);
        size--;
        buffers[index(size)] = null;
        return last;
    }
}
