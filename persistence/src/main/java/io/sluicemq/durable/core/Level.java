package io.sluicemq.durable.core;

import java.util.Arrays;

/**
 * The bytes between two {@code /}, as a key of a hash map. Comparable, so that the map stays logarithmic when a hostile peer
 * subscribes to many levels with the same hash. As a probe, it is moved over the levels of topics.
 */
final class Level implements Comparable<Level> {
    private byte[] bytes;
    private int from;
    private int to;
    private int hash;

    /** A key: a copy of the bytes. */
    static Level copyOf(final byte[] source, final int from, final int to) {
        final Level level = new Level();
        level.set(Arrays.copyOfRange(source, from, to), 0, to - from);
        return level;
    }

    void set(final byte[] source, final int start, final int end) {
        bytes = source;
        from = start;
        to = end;
        int sum = 1;
        for (int i = start; i < end; i++) {
            sum = 31 * sum + source[i];
        }
        hash = sum;
    }

    @Override
    public int compareTo(final Level other) {
        return Arrays.compareUnsigned(bytes, from, to, other.bytes, other.from, other.to);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Level that
                && hash == that.hash
                && Arrays.equals(bytes, from, to, that.bytes, that.from, that.to);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
