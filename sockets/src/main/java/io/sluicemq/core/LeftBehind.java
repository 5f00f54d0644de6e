package io.sluicemq.core;

import io.sluicemq.transport.PolledRing;
import java.util.ArrayList;
import java.util.List;

/**
 * Rings in shared memory whose peers have left while messages waited there: each keeps its memory until it is taken from. Agent
 * only.
 */
final class LeftBehind {
    /**
     * With rings of the default size some 64 MiB, as much as the default for large messages, and all that {@code /dev/shm} of a
     * container has. Beyond come at most those that are connected at this moment.
     */
    private static final int MAX_RINGS = 32;

    private final Inlet inlet;
    private final List<PolledRing> rings = new ArrayList<>();

    LeftBehind(final Inlet inlet) {
        this.inlet = inlet;
    }

    /** The peer of this ring has left, and something may wait there. */
    void add(final PolledRing ring) {
        rings.add(ring);
    }

    /** Why one more peer shall not leave a ring behind too; null if it may. */
    String refusal() {
        rings.removeIf(PolledRing::isEmpty);
        if (rings.size() >= MAX_RINGS) {
            // The last message may have been taken, and no poll have found the ring empty since.
            rings.forEach(inlet::releaseIfDrained);
            rings.removeIf(PolledRing::isEmpty);
        }
        return rings.size() < MAX_RINGS
                ? null
                : "leftBehindRings=" + rings.size() + ", limit=" + MAX_RINGS
                        + ", receive what waits from peers that have left, or close the socket";
    }
}
