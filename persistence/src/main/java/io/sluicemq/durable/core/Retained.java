package io.sluicemq.durable.core;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * A topic and its retained message; also, without a message, a place to look up.
 *
 * <p>Topics are in the order of their levels: {@code /} comes before all other bytes, so that all that lies below a topic comes
 * directly after it. No topic has the byte 0, whose place {@code /} takes.
 */
final class Retained implements Comparable<Retained> {
    byte[] topic;
    int length;
    long index;
    long expiryMs = RetainedMessages.NEVER;

    Retained(final byte[] topic, final int length) {
        this.topic = topic;
        this.length = length;
    }

    /** A copy of a topic. */
    static Retained copyOf(final Retained probe) {
        return new Retained(Arrays.copyOf(probe.topic, probe.length), probe.length);
    }

    /** Makes this the place of a topic. */
    void read(final DirectBuffer source, final int offset, final int bytes) {
        reserve(bytes);
        source.getBytes(offset, topic, 0, bytes);
        length = bytes;
    }

    void reserve(final int bytes) {
        if (topic.length < bytes) {
            topic = new byte[Math.max(bytes, 2 * topic.length)];
        }
    }

    @Override
    public int compareTo(final Retained other) {
        final int at = Arrays.mismatch(topic, 0, length, other.topic, 0, other.length);
        if (at < 0) {
            return 0;
        }
        if (at == length || at == other.length) {
            return length - other.length;
        }
        return rank(topic[at]) - rank(other.topic[at]);
    }

    /** First those that expire first. */
    static int compareByExpiry(final Retained left, final Retained right) {
        final int order = Long.compare(left.expiryMs, right.expiryMs);
        return order != 0 ? order : left.compareTo(right);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Retained that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
        int sum = 1;
        for (int i = 0; i < length; i++) {
            sum = 31 * sum + topic[i];
        }
        return sum;
    }

    static int rank(final byte unit) {
        return unit == '/' ? 0 : unit & 0xFF;
    }
}
