package io.sluicemq.durable;

import io.sluicemq.SocketOptions;
import io.sluicemq.journal.JournalOptions;
import java.time.Duration;
import java.util.Objects;

/** What a {@link DurablePublisher} is made of. Immutable; any thread. */
public final class DurablePublisherOptions {
    /** All defaults. */
    public static final DurablePublisherOptions DEFAULTS = builder().build();

    private final JournalOptions journal;
    private final SocketOptions socket;
    private final PublishListener listener;
    private final Duration publishTimeout;
    private final int maxSessions;
    private final String clientId;
    private final Duration maxSessionExpiry;
    private final long maxRetainedBytes;
    private final PublisherWill will;

    private DurablePublisherOptions(final Builder builder) {
        journal = builder.journal.build();
        socket = builder.socket;
        listener = builder.listener;
        publishTimeout = builder.publishTimeout;
        maxSessions = builder.maxSessions;
        maxSessionExpiry = builder.maxSessionExpiry;
        clientId = builder.clientId;
        maxRetainedBytes = builder.maxRetainedBytes;
        will = builder.will;
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
     * See {@link Builder#journal}.
     *
     * @return the value.
     */
    public JournalOptions journal() {
        return journal;
    }

    /**
     * See {@link Builder#socket}.
     *
     * @return the value.
     */
    public SocketOptions socket() {
        return socket;
    }

    /**
     * See {@link Builder#listener}.
     *
     * @return the value.
     */
    public PublishListener listener() {
        return listener;
    }

    /**
     * See {@link Builder#publishTimeout}.
     *
     * @return the value.
     */
    public Duration publishTimeout() {
        return publishTimeout;
    }

    /**
     * See {@link Builder#maxSessions}.
     *
     * @return the value.
     */
    public int maxSessions() {
        return maxSessions;
    }

    /**
     * See {@link Builder#maxSessionExpiry}.
     *
     * @return the value.
     */
    public Duration maxSessionExpiry() {
        return maxSessionExpiry;
    }

    /**
     * See {@link Builder#clientId}.
     *
     * @return the value.
     */
    public String clientId() {
        return clientId;
    }

    /**
     * See {@link Builder#maxRetainedBytes}.
     *
     * @return the value.
     */
    public long maxRetainedBytes() {
        return maxRetainedBytes;
    }

    /**
     * See {@link Builder#will}.
     *
     * @return null for none.
     */
    public PublisherWill will() {
        return will;
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private static final int MAX_CLIENT_ID_CHARS = 1_000;

        private JournalOptions.Builder journal = JournalOptions.builder();
        private SocketOptions socket = SocketOptions.DEFAULTS;
        private PublishListener listener = PublishListener.NONE;
        private Duration publishTimeout = Duration.ofSeconds(30);
        private int maxSessions = 10_000;
        private Duration maxSessionExpiry = DurableSubscriberOptions.NEVER;
        private String clientId = "";
        private long maxRetainedBytes = 64L << 20;
        private PublisherWill will;

        private Builder() {}

        /**
         * What the journal is made of: size of segments, how much is kept. Its checkpoint is the publisher's. Default: all defaults.
         *
         * @param value the new value, read by {@link #build()}.
         * @return this.
         */
        public Builder journal(final JournalOptions.Builder value) {
            journal = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * What the socket is made of that subscribers connect to. Its limits of a message and of frames are the publisher's. Default:
         * all defaults.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder socket(final SocketOptions value) {
            socket = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Who is told what became of messages that were offered. Default: nobody.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder listener(final PublishListener value) {
            listener = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * How long a publish waits, for room and then for durability. Default 30 s.
         *
         * @param value 1 ms or more.
         * @return this.
         */
        public Builder publishTimeout(final Duration value) {
            publishTimeout = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Sessions at the most; further subscribers are refused. Each costs some hundred bytes and what its filters take. Default
         * 10,000.
         *
         * @param value 1 or more.
         * @return this.
         */
        public Builder maxSessions(final int value) {
            maxSessions = value;
            return this;
        }

        /**
         * How long a session outlives its connection at the most, whatever its subscriber asks for; it counts for subscribers that connect
         * or go from then on. What a session has not had yet is kept in the journal until then, within its
         * {@link io.sluicemq.journal.JournalOptions.Builder#maxBytes}. Default {@link DurableSubscriberOptions#NEVER}, so that nothing
         * ends a session but its subscriber and {@link DurablePublisher#endSession}; set it where strangers can connect.
         *
         * @param value 0 or more, in whole seconds.
         * @return this.
         */
        public Builder maxSessionExpiry(final Duration value) {
            maxSessionExpiry = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * The name under which this application subscribes itself. A subscriber of that name does not get what is published here by its
         * subscriptions with {@link SubscribeOptions.Builder#noLocal}. Default: none.
         *
         * @param value up to 1,000 chars.
         * @return this.
         */
        public Builder clientId(final String value) {
            clientId = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * How large all retained messages together may be; they are held in memory. More are refused. Default 64 MiB.
         *
         * @param value bytes, 0 or more.
         * @return this.
         */
        public Builder maxRetainedBytes(final long value) {
            maxRetainedBytes = value;
            return this;
        }

        /**
         * What subscribers get when this publisher dies and does not come back. Default: nothing.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder will(final PublisherWill value) {
            will = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public DurablePublisherOptions build() {
            if (maxSessions < 1) {
                throw new IllegalArgumentException("maxSessions=" + maxSessions + ", limit=1 or more, allow some");
            }
            if (maxSessionExpiry.isNegative() || maxSessionExpiry.compareTo(DurableSubscriberOptions.NEVER) > 0) {
                throw new IllegalArgumentException("maxSessionExpiry=" + maxSessionExpiry
                        + ", limit=0 to NEVER, use DurableSubscriberOptions.NEVER for no limit");
            }
            if (maxRetainedBytes < 0) {
                throw new IllegalArgumentException(
                        "maxRetainedBytes=" + maxRetainedBytes + ", limit=0 or more, use 0 for none");
            }
            if (publishTimeout.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException(
                        "publishTimeout=" + publishTimeout + ", limit=1 ms or more, use offer for not waiting");
            }
            if (clientId.length() > MAX_CLIENT_ID_CHARS) {
                throw new IllegalArgumentException("clientIdChars=" + clientId.length() + ", limit="
                        + MAX_CLIENT_ID_CHARS + ", use a shorter name");
            }
            return new DurablePublisherOptions(this);
        }
    }
}
