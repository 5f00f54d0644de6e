package io.sluicemq.durable.core;

/**
 * A subscriber that wants a message, with what its overlapping subscriptions ask for together (MQTT 5.0 section 3.3.4). Valid
 * during the visitor's call only.
 */
public interface SubscriberMatch {

    /**
     * Who it is.
     *
     * @return the id that was given to {@link SubscriptionIndex#add}.
     */
    int subscriberId();

    /**
     * The highest QoS of the subscriptions that match; the message goes at the lower of this and its own.
     *
     * @return 0, 1 or 2.
     */
    int maxQos();

    /**
     * Whether any of the subscriptions that match wants the retain flag as it was published.
     *
     * @return false: the flag is 0.
     */
    boolean retainAsPublished();

    /**
     * How many of the subscriptions that match have an id. Two subscriptions with the same id count twice, as the standard says.
     *
     * @return 0 or more.
     */
    int subscriptionIdCount();

    /**
     * The id of a subscription that matches. They come in no particular order.
     *
     * @param place from 0, below {@link #subscriptionIdCount}.
     * @return 1 to 268,435,455.
     */
    int subscriptionId(int place);
}
