package io.sluicemq.testkit.udp;

import java.util.Random;

/** Decides what becomes of each datagram in one direction. Reads no clock. One thread. */
final class LinkModel {
    /** Of a datagram that does not arrive. */
    static final long LOST = Long.MIN_VALUE;

    private static final double NS_PER_SECOND = 1e9;

    private final Random random;
    private LinkConditions conditions;
    private long left;
    private long freeAtNs;
    private boolean used;

    LinkModel(final long seed) {
        random = new Random(seed);
        conditions(LinkConditions.CLEAR);
    }

    void conditions(final LinkConditions next) {
        conditions = next;
        left = next.datagrams();
    }

    /** When a datagram that comes now arrives, or {@link #LOST}. */
    long arrivalNs(final long nowNs, final int bytes) {
        if (left == 0 || bytes > conditions.maxBytes() || random.nextDouble() < conditions.loss()) {
            return LOST;
        }
        final long sentNs = transmit(nowNs, bytes);
        if (sentNs == LOST) {
            return LOST;
        }
        left -= left == Long.MAX_VALUE ? 0 : 1;
        final long heldNs = random.nextDouble() < conditions.reorder() ? conditions.holdNs() : 0;
        return sentNs + conditions.delayNs() + heldNs;
    }

    /** When the last byte is on the link, behind what waits for it. */
    private long transmit(final long nowNs, final int bytes) {
        if (conditions.bytesPerSecond() == Long.MAX_VALUE) {
            return nowNs;
        }
        final long startNs = used && freeAtNs - nowNs > 0 ? freeAtNs : nowNs;
        final double waiting = (startNs - nowNs) / NS_PER_SECOND * conditions.bytesPerSecond();
        if (waiting + bytes > conditions.queueBytes()) {
            return LOST;
        }
        used = true;
        freeAtNs = startNs + (long) (bytes * NS_PER_SECOND / conditions.bytesPerSecond());
        return freeAtNs;
    }
}
