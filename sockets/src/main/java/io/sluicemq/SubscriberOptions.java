package io.sluicemq;

/**
 * What a {@link SubSocket} or an {@link XSubSocket} does beside the common {@link SocketOptions}. Immutable; any thread.
 */
public final class SubscriberOptions {
    /** All defaults. */
    public static final SubscriberOptions DEFAULTS = builder().build();

    private final boolean invertMatching;

    private SubscriberOptions(final Builder builder) {
        invertMatching = builder.invertMatching;
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
     * See {@link Builder#invertMatching}.
     *
     * @return the value.
     */
    public boolean invertMatching() {
        return invertMatching;
    }

    @Override
    public String toString() {
        return "SubscriberOptions[invertMatching=" + invertMatching + "]";
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private boolean invertMatching = false;

        private Builder() {}

        /**
         * Whether to take the messages that no prefix matches instead (ZMQ_INVERT_MATCHING; set it on the publishers as well).
         * Default false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder invertMatching(final boolean value) {
            invertMatching = value;
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public SubscriberOptions build() {
            return new SubscriberOptions(this);
        }
    }
}
