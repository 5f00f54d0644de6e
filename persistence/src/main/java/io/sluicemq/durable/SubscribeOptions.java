package io.sluicemq.durable;

import java.util.Objects;

/** How messages are to come to a subscription (MQTT 5.0 section 3.8.3.1). Immutable; any thread. */
public final class SubscribeOptions {
    /** Up to QoS 2, retained messages at the subscribe, no number. */
    public static final SubscribeOptions DEFAULTS = builder().build();

    /** The largest number of a subscription (MQTT 5.0 section 1.5.5). */
    public static final int MAX_SUBSCRIPTION_ID = 268_435_455;

    private final QualityOfService maxQos;
    private final boolean noLocal;
    private final boolean retainAsPublished;
    private final int retainHandling;
    private final int subscriptionId;

    private SubscribeOptions(final Builder builder) {
        maxQos = builder.maxQos;
        noLocal = builder.noLocal;
        retainAsPublished = builder.retainAsPublished;
        retainHandling = builder.retainHandling;
        subscriptionId = builder.subscriptionId;
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * See {@link Builder#maxQos}.
     *
     * @return the value.
     */
    public QualityOfService maxQos() {
        return maxQos;
    }

    /**
     * See {@link Builder#noLocal}.
     *
     * @return the value.
     */
    public boolean noLocal() {
        return noLocal;
    }

    /**
     * See {@link Builder#retainAsPublished}.
     *
     * @return the value.
     */
    public boolean retainAsPublished() {
        return retainAsPublished;
    }

    /**
     * See {@link Builder#retainHandling}.
     *
     * @return the value.
     */
    public int retainHandling() {
        return retainHandling;
    }

    /**
     * See {@link Builder#subscriptionId}.
     *
     * @return the value.
     */
    public int subscriptionId() {
        return subscriptionId;
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private QualityOfService maxQos = QualityOfService.EXACTLY_ONCE;
        private boolean noLocal;
        private boolean retainAsPublished;
        private int retainHandling;
        private int subscriptionId;

        private Builder() {}

        /**
         * The highest quality of service; what was published with a higher one comes with this. Default
         * {@link QualityOfService#EXACTLY_ONCE}.
         *
         * @param qos the new value.
         * @return this.
         */
        public Builder maxQos(final QualityOfService qos) {
            maxQos = Objects.requireNonNull(qos, "qos");
            return this;
        }

        /**
         * Whether messages stay away that this subscriber's own publisher publishes: one whose
         * {@link DurablePublisherOptions.Builder#clientId} is the subscriber's name (MQTT 5.0 section 3.8.3.1). So two that publish to
         * each other what they receive make no loop. Not for shared subscriptions, whose subscribe is refused then. Default false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder noLocal(final boolean value) {
            noLocal = value;
            return this;
        }

        /**
         * Whether messages keep the retain flag that they were published with. Default false: only those have it that come since they
         * were retained.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder retainAsPublished(final boolean value) {
            retainAsPublished = value;
            return this;
        }

        /**
         * Retained messages come 0: at each subscribe, 1: only when the subscription is new, 2: not. Default 0.
         *
         * @param value 0 to 2.
         * @return this.
         */
        public Builder retainHandling(final int value) {
            retainHandling = value;
            return this;
        }

        /**
         * A number that comes with each message of the subscription. Default 0 for none.
         *
         * @param value 0 to 268,435,455.
         * @return this.
         */
        public Builder subscriptionId(final int value) {
            subscriptionId = value;
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public SubscribeOptions build() {
            check("retainHandling", retainHandling, 2);
            check("subscriptionId", subscriptionId, MAX_SUBSCRIPTION_ID);
            return new SubscribeOptions(this);
        }

        private static void check(final String name, final int value, final int limit) {
            if (value < 0 || value > limit) {
                throw new IllegalArgumentException(
                        name + '=' + value + ", limit=0.." + limit + ", take one in between");
            }
        }
    }
}
