package io.sluicemq;

/**
 * What a {@link RouterSocket} does beside the common {@link SocketOptions}. Immutable; any thread.
 */
public final class RouterOptions {
    /** All defaults. */
    public static final RouterOptions DEFAULTS = builder().build();

    private final boolean mandatory;
    private final boolean handover;
    private final boolean probe;

    private RouterOptions(final Builder builder) {
        mandatory = builder.mandatory;
        handover = builder.handover;
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
     * See {@link Builder#mandatory}.
     *
     * @return the value.
     */
    public boolean mandatory() {
        return mandatory;
    }

    /**
     * See {@link Builder#handover}.
     *
     * @return the value.
     */
    public boolean handover() {
        return handover;
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
        return "RouterOptions[mandatory=" + mandatory + ", handover=" + handover + ", probe=" + probe + "]";
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private boolean mandatory = false;
        private boolean handover = false;
        private boolean probe = false;

        private Builder() {}

        /**
         * Whether a message to an unknown routing id is {@link SendResult#UNROUTABLE} and one to a full peer waits or is
         * {@link SendResult#BACK_PRESSURED} (ZMQ_ROUTER_MANDATORY). Default false: both are dropped and counted.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder mandatory(final boolean value) {
            mandatory = value;
            return this;
        }

        /**
         * Whether a new peer with the routing id of a connected one takes it over, and the old one is disconnected
         * (ZMQ_ROUTER_HANDOVER). Default false: the newcomer is disconnected.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder handover(final boolean value) {
            handover = value;
            return this;
        }

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
        public RouterOptions build() {
            return new RouterOptions(this);
        }
    }
}
