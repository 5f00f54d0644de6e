package io.sluicemq.transport;

/** The consumer's side of a {@link PolledRing}. */
@FunctionalInterface
public interface RingListener {
    /**
     * A disarmed ring has messages. Called once for each {@link PolledRing#disarm()}, by the thread that offered; it only
     * leaves a mark and wakes the consumer.
     *
     * @param ring that is to be polled.
     */
    void onReady(PolledRing ring);
}
