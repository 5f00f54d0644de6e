package io.sluicemq.durable.core;

/**
 * How messages are to come to a subscription (MQTT 5.0 section 3.8.3.1).
 *
 * @param maxQos the highest QoS, 0 to 2.
 * @param noLocal true: not what the subscriber itself published.
 * @param retainAsPublished true: messages keep the retain flag that they were published with.
 * @param retainHandling 0: send retained messages; 1: only when the subscription is new; 2: do not.
 * @param subscriptionId comes with each message of the subscription, 1 to 268,435,455; 0: none.
 */
public record SubscriptionOptions(
        int maxQos, boolean noLocal, boolean retainAsPublished, int retainHandling, int subscriptionId) {

    /** The largest number that the variable byte integer of the wire holds (MQTT 5.0 section 1.5.5). */
    public static final int MAX_SUBSCRIPTION_ID = 268_435_455;

    /** Checks all values. */
    public SubscriptionOptions {
        requireRange("maxQos", maxQos, 2);
        requireRange("retainHandling", retainHandling, 2);
        requireRange("subscriptionId", subscriptionId, MAX_SUBSCRIPTION_ID);
    }

    /**
     * Options that leave all but the QoS at MQTT's defaults.
     *
     * @param maxQos the highest QoS, 0 to 2.
     * @return the options.
     */
    public static SubscriptionOptions ofQos(final int maxQos) {
        return new SubscriptionOptions(maxQos, false, false, 0, 0);
    }

    private static void requireRange(final String name, final int value, final int limit) {
        if (value < 0 || value > limit) {
            throw new IllegalArgumentException(name + "=" + value + ", limit=" + limit + ", use 0 to " + limit);
        }
    }
}
