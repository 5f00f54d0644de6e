package io.sluicemq.durable.core;

/**
 * The will of a host that this subscriber is a witness of.
 *
 * @param will as the host last told it.
 * @param deliverAtEpochMs when it is delivered if the host is not back by then; {@link #HOST_LIVES} as long as it is connected.
 */
record WitnessedWill(Will will, long deliverAtEpochMs) {
    static final long HOST_LIVES = Long.MAX_VALUE;

    static WitnessedWill of(final Will will) {
        return new WitnessedWill(will, HOST_LIVES);
    }

    boolean isRunning() {
        return deliverAtEpochMs != HOST_LIVES;
    }

    /** The host is gone: the time that it has to come back begins. */
    WitnessedWill begin(final long nowMs) {
        return new WitnessedWill(will, nowMs + will.delaySeconds() * 1000);
    }

    int bytes() {
        return will.topic().length() + will.payload().capacity();
    }
}
