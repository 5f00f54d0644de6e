package io.sluicemq.core;

/** How long to wait before the next attempt to connect. Reads no clock and makes no random numbers itself. */
final class ReconnectDelay {
    private final long intervalNs;
    private final long capNs;
    private long currentNs;

    /**
     * Starts with the first wait.
     *
     * @param intervalNs first wait, 0 for no new attempt.
     * @param capNs up to which the wait doubles, 0 for a wait that does not grow.
     */
    ReconnectDelay(final long intervalNs, final long capNs) {
        this.intervalNs = intervalNs;
        this.capNs = capNs;
        this.currentNs = intervalNs;
    }

    boolean isEnabled() {
        return intervalNs > 0;
    }

    /**
     * The next wait: the current one, and up to as much again, so that many clients of a server that comes back do not all
     * come at once.
     *
     * @param random from 0 to 1.
     */
    long next(final double random) {
        final long waitNs = currentNs + (long) (currentNs * random);
        if (capNs > 0) {
            currentNs = Math.min(capNs, currentNs * 2);
        }
        return waitNs;
    }

    void reset() {
        currentNs = intervalNs;
    }
}
