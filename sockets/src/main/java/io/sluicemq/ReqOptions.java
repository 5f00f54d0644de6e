package io.sluicemq;

/**
 * What a {@link ReqSocket} does beside the common {@link SocketOptions}. Immutable; any thread.
 */
public final class ReqOptions {
    /** All defaults. */
    public static final ReqOptions DEFAULTS = builder().build();

    private final boolean relaxed;
    private final boolean correlate;
    private final boolean probe;
    private final boolean idempotent;

    private ReqOptions(final Builder builder) {
        relaxed = builder.relaxed;
        correlate = builder.correlate;
        probe = builder.probe;
        idempotent = builder.idempotent;
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
     * See {@link Builder#relaxed}.
     *
     * @return the value.
     */
    public boolean relaxed() {
        return relaxed;
    }

    /**
     * See {@link Builder#correlate}.
     *
     * @return the value.
     */
    public boolean correlate() {
        return correlate;
    }

    /**
     * See {@link Builder#probe}.
     *
     * @return the value.
     */
    public boolean probe() {
        return probe;
    }

    /**
     * See {@link Builder#idempotent}.
     *
     * @return the value.
     */
    public boolean idempotent() {
        return idempotent;
    }

    @Override
    public String toString() {
        return "ReqOptions[relaxed=" + relaxed + ", correlate=" + correlate + ", probe=" + probe + ", idempotent="
                + idempotent + "]";
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private boolean relaxed = false;
        private boolean correlate = false;
        private boolean probe = false;
        private boolean idempotent = false;

        private Builder() {}

        /**
         * Whether a new request may be sent before the reply to the last has come; that reply is then ignored
         * (ZMQ_REQ_RELAXED). Default false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder relaxed(final boolean value) {
            relaxed = value;
            return this;
        }

        /**
         * Whether each request carries a number in a frame of its own, and only the reply with that number is taken
         * (ZMQ_REQ_CORRELATE). Default false, as not every REP peer gives it back.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder correlate(final boolean value) {
            correlate = value;
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
         * Whether each request of this REQ may be done twice, or more often, with no more effect than once. Over a transport that can
         * begin before it is known that the server is there, as {@code quic://} with the option {@code earlyData}, a request then goes
         * with the first words of a connection. Anybody who sees it on the way may send it again to the server, and it goes again with the next connection
         * if the first did not come to be; the reply comes once. Default false. No effect over other transports, nor with
         * {@link SocketOptions.Builder#immediate} or {@link SocketOptions.Builder#conflate}, nor with a {@link
         * SocketOptions.Builder#peerCheck}: who may be refused is asked nothing before he has said who he is.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder idempotent(final boolean value) {
            idempotent = value;
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public ReqOptions build() {
            return new ReqOptions(this);
        }
    }
}
