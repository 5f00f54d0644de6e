package io.sluicemq.durable.core;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * By what the ROUTER knows a peer, as a key of a hash map. Comparable, so that the map stays logarithmic for ids with the same hash. As
 * a probe, it is read anew for each message.
 */
final class RoutingId implements Comparable<RoutingId> {
    private static final int MAX_BYTES = 255;

    private final byte[] bytes;
    private final UnsafeBuffer view;
    private int length;
    private int hash;

    private RoutingId(final byte[] bytes, final int length) {
        this.bytes = bytes;
        this.length = length;
        view = new UnsafeBuffer(bytes);
    }

    static RoutingId probe() {
        return new RoutingId(new byte[MAX_BYTES], 0);
    }

    static RoutingId copyOf(final DirectBuffer source, final int offset, final int length) {
        final RoutingId id = new RoutingId(new byte[length], length);
        id.read(source, offset, length);
        return id;
    }

    /** A key: a copy of this probe. */
    RoutingId copy() {
        return copyOf(view, 0, length);
    }

    void read(final DirectBuffer source, final int offset, final int newLength) {
        source.getBytes(offset, bytes, 0, newLength);
        length = newLength;
        int sum = 1;
        for (int i = 0; i < newLength; i++) {
            sum = 31 * sum + bytes[i];
        }
        hash = sum;
    }

    UnsafeBuffer buffer() {
        return view;
    }

    int length() {
        return length;
    }

    @Override
    public int compareTo(final RoutingId other) {
        return Arrays.compareUnsigned(bytes, 0, length, other.bytes, 0, other.length);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof RoutingId that
                && hash == that.hash
                && Arrays.equals(bytes, 0, length, that.bytes, 0, that.length);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
