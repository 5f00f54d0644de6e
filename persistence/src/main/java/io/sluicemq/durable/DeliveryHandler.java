package io.sluicemq.durable;

/** Takes messages where they lie, without a copy. Called by the thread that receives. */
@FunctionalInterface
public interface DeliveryHandler {
    /**
     * Takes one message. An exception ends the receive call. The message comes next then, marked as redelivered, unless it was acknowledged
     * before, or is of QoS 0: a handler that can never take one acknowledges it.
     *
     * @param message valid during the call only.
     */
    void onDelivery(Delivered message);
}
