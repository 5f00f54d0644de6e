package io.sluicemq;

/**
 * What a {@link PubSocket} or an {@link XPubSocket} does beside the common {@link SocketOptions}. Immutable; any thread.
 */
public final class PublisherOptions {
    /** All defaults. */
    public static final PublisherOptions DEFAULTS = builder().build();

    private final boolean noDrop;
    private final boolean invertMatching;
    private final boolean verbose;
    private final boolean verboser;
    private final boolean manual;
    private final Message welcomeMessage;

    private PublisherOptions(final Builder builder) {
        noDrop = builder.noDrop;
        invertMatching = builder.invertMatching;
        verbose = builder.verbose;
        verboser = builder.verboser;
        manual = builder.manual;
        welcomeMessage = builder.welcomeMessage;
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
     * See {@link Builder#noDrop}.
     *
     * @return the value.
     */
    public boolean noDrop() {
        return noDrop;
    }

    /**
     * See {@link Builder#invertMatching}.
     *
     * @return the value.
     */
    public boolean invertMatching() {
        return invertMatching;
    }

    /**
     * See {@link Builder#verbose}.
     *
     * @return the value.
     */
    public boolean verbose() {
        return verbose;
    }

    /**
     * See {@link Builder#verboser}.
     *
     * @return the value.
     */
    public boolean verboser() {
        return verboser;
    }

    /**
     * See {@link Builder#manual}.
     *
     * @return the value.
     */
    public boolean manual() {
        return manual;
    }

    /**
     * See {@link Builder#welcomeMessage}.
     *
     * @return the value.
     */
    public Message welcomeMessage() {
        return welcomeMessage;
    }

    @Override
    public String toString() {
        return "PublisherOptions[noDrop=" + noDrop + ", invertMatching=" + invertMatching + ", verbose=" + verbose
                + ", verboser=" + verboser + ", manual=" + manual + ", welcomeFrames="
                + (welcomeMessage == null ? 0 : welcomeMessage.frameCount()) + "]";
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private boolean noDrop = false;
        private boolean invertMatching = false;
        private boolean verbose = false;
        private boolean verboser = false;
        private boolean manual = false;
        private Message welcomeMessage = null;

        private Builder() {}

        /**
         * Whether a message waits, or is {@link SendResult#BACK_PRESSURED} as a whole, while one of its subscribers is full
         * (ZMQ_XPUB_NODROP). Default false: it is dropped for that subscriber and counted.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder noDrop(final boolean value) {
            noDrop = value;
            return this;
        }

        /**
         * Whether a message goes to those subscribers whose subscriptions do not match (ZMQ_INVERT_MATCHING; set it on the
         * subscribers as well, as they filter again). Default false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder invertMatching(final boolean value) {
            invertMatching = value;
            return this;
        }

        /**
         * XPUB: whether every subscription is received, also one that another peer already has (ZMQ_XPUB_VERBOSE). Default
         * false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder verbose(final boolean value) {
            verbose = value;
            return this;
        }

        /**
         * XPUB: as {@link #verbose}, and every cancellation too (ZMQ_XPUB_VERBOSER). Default false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder verboser(final boolean value) {
            verboser = value;
            return this;
        }

        /**
         * XPUB: whether the application decides on subscriptions: what a peer asks for is only received, and {@link
         * XPubSocket#subscribePeer} and {@link XPubSocket#cancelPeer} act for the peer whose request was received last
         * (ZMQ_XPUB_MANUAL). Default false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder manual(final boolean value) {
            manual = value;
            return this;
        }

        /**
         * A single-frame message sent to each new subscriber (ZMQ_XPUB_WELCOME_MSG), which must subscribe to its prefix to see
         * it. Default null: none.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder welcomeMessage(final Message value) {
            welcomeMessage = value;
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public PublisherOptions build() {
            return new PublisherOptions(this);
        }
    }
}
