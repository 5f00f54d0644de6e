package io.sluicemq.durable;

/** Takes messages where they lie, without a copy. Called by the thread that receives. */
@FunctionalInterface
public interface DeliveryHandler {
    /**
     * Takes one message. An exception ends the receive call; the message counts as handed over, and not as acknowledged.
     *
     * @param message valid during the call only.
     */
    void onDelivery(Delivered message);
}
