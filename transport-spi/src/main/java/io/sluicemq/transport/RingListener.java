package io.sluicemq.transport;

/** The consumer's side of a {@link MessageRing}. */
@FunctionalInterface
public interface RingListener {
    /**
     * A disarmed ring has messages. Called once for each {@link MessageRing#disarm()}, by the thread that offered; it only
     * leaves a mark and wakes the consumer.
     *
     * @param ring that is to be polled.
     */
    void onReady(MessageRing ring);
}
