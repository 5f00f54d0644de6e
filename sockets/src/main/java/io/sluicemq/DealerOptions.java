package io.sluicemq;

/**
 * What a {@link DealerSocket} does beside the common {@link SocketOptions}. Immutable; any thread.
 */
public final class DealerOptions {
    /** All defaults. */
    public static final DealerOptions DEFAULTS = builder().build();

    private final boolean probe;

    private DealerOptions(final Builder builder) {
        probe = builder.probe;
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
     * See {@link Builder#probe}.
     *
     * @return the value.
     */
    public boolean probe() {
        return probe;
    }

    @Override
    public String toString() {
        return "DealerOptions[probe=" + probe + "]";
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private boolean probe = false;

        private Builder() {}

        /**
         * Whether each new peer is sent an empty message, so that a ROUTER there learns of us (ZMQ_PROBE_ROUTER). Default
         * false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder probe(final boolean value) {
            probe = value;
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public DealerOptions build() {
            return new DealerOptions(this);
        }
    }
}
