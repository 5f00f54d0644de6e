package io.sluicemq.durable;

import io.sluicemq.SocketOptions;
import io.sluicemq.journal.Durability;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

/** What a {@link DurableSubscriber} is made of. Immutable; any thread. */
public final class DurableSubscriberOptions {
    /** For {@link Builder#sessionExpiry}: the session never ends by itself. */
    public static final Duration NEVER = Duration.ofSeconds(0xffff_ffffL);

    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_RECEIVE_MAXIMUM = 65_535;

    private final String name;
    private final Durability level;
    private final int receiveMaximum;
    private final Duration sessionExpiry;
    private final boolean cleanStart;
    private final int handOverMessages;
    private final int handOverBytes;
    private final long inboxMaxBytes;
    private final int inboxMaxMessages;
    private final int segmentBytes;
    private final AcknowledgeListener acknowledgeListener;
    private final SocketOptions socketOptions;

    private DurableSubscriberOptions(final Builder builder) {
        name = builder.name;
        level = builder.level;
        receiveMaximum = builder.receiveMaximum;
        sessionExpiry = builder.sessionExpiry;
        cleanStart = builder.cleanStart;
        handOverMessages = builder.handOverMessages;
        handOverBytes = builder.handOverBytes;
        inboxMaxBytes = builder.inboxMaxBytes;
        inboxMaxMessages = builder.inboxMaxMessages;
        segmentBytes = builder.segmentBytes;
        acknowledgeListener = builder.acknowledgeListener;
        socketOptions = builder.socketOptions;
    }

    /**
     * Starts from the defaults.
     *
     * @param name of the subscriber, 1 to 255 bytes of UTF-8: its session at each host has it. One process at a time may use it.
     * @return a new builder.
     */
    public static Builder builder(final String name) {
        return new Builder(name);
    }

    /**
     * See {@link #builder}.
     *
     * @return the value.
     */
    public String name() {
        return name;
    }

    /**
     * See {@link Builder#level}.
     *
     * @return the value.
     */
    public Durability level() {
        return level;
    }

    /**
     * See {@link Builder#receiveMaximum}.
     *
     * @return the value.
     */
    public int receiveMaximum() {
        return receiveMaximum;
    }

    /**
     * See {@link Builder#sessionExpiry}.
     *
     * @return the value.
     */
    public Duration sessionExpiry() {
        return sessionExpiry;
    }

    /**
     * See {@link Builder#cleanStart}.
     *
     * @return the value.
     */
    public boolean cleanStart() {
        return cleanStart;
    }

    /**
     * See {@link Builder#handOverMessages}.
     *
     * @return the value.
     */
    public int handOverMessages() {
        return handOverMessages;
    }

    /**
     * See {@link Builder#handOverBytes}.
     *
     * @return the value.
     */
    public int handOverBytes() {
        return handOverBytes;
    }

    /**
     * See {@link Builder#inboxMaxBytes}.
     *
     * @return the value.
     */
    public long inboxMaxBytes() {
        return inboxMaxBytes;
    }

    /**
     * See {@link Builder#inboxMaxMessages}.
     *
     * @return the value.
     */
    public int inboxMaxMessages() {
        return inboxMaxMessages;
    }

    /**
     * See {@link Builder#segmentBytes}.
     *
     * @return the value.
     */
    public int segmentBytes() {
        return segmentBytes;
    }

    /**
     * See {@link Builder#acknowledgeListener}.
     *
     * @return the value.
     */
    public AcknowledgeListener acknowledgeListener() {
        return acknowledgeListener;
    }

    /**
     * See {@link Builder#socketOptions}.
     *
     * @return the value.
     */
    public SocketOptions socketOptions() {
        return socketOptions;
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private final String name;
        private Durability level = Durability.SYNCED;
        private int receiveMaximum = 1024;
        private Duration sessionExpiry = NEVER;
        private boolean cleanStart;
        private int handOverMessages = 1024;
        private int handOverBytes = 16 << 20;
        private long inboxMaxBytes = 1L << 30;
        private int inboxMaxMessages = 1_000_000;
        private int segmentBytes = 16 << 20;
        private AcknowledgeListener acknowledgeListener = (correlationId, outcome) -> {};
        private SocketOptions socketOptions = SocketOptions.DEFAULTS;

        private Builder(final String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /**
         * What messages of QoS 2 and acknowledgements survive once somebody was told of them. Default {@link Durability#SYNCED}.
         *
         * @param value {@link Durability#JOURNALED} or {@link Durability#SYNCED}.
         * @return this.
         */
        public Builder level(final Durability value) {
            level = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Messages of QoS 1 and 2 that each host may send beyond the oldest that is not stored (QoS 2) or acknowledged (QoS 1).
         * Default 1,024.
         *
         * @param messages 1 to 65,535.
         * @return this.
         */
        public Builder receiveMaximum(final int messages) {
            receiveMaximum = messages;
            return this;
        }

        /**
         * How long a host keeps the session while the subscriber is away. Default {@link #NEVER}.
         *
         * @param duration whole seconds, 0 to {@link #NEVER}.
         * @return this.
         */
        public Builder sessionExpiry(final Duration duration) {
            sessionExpiry = Objects.requireNonNull(duration, "duration");
            return this;
        }

        /**
         * Whether to begin without anything of before (MQTT 5.0 section 3.1.2.4): the inbox forgets messages that are not acknowledged, and
         * subscriptions, durably before the open returns, and each host forgets the session when it is connected to first. Results stay.
         * Connections that come later go on as usual. Default false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder cleanStart(final boolean value) {
            cleanStart = value;
            return this;
        }

        /**
         * Messages of QoS 0 and 1 that wait in memory for the application; when there are as many, nothing more is taken from the hosts.
         * Default 1,024.
         *
         * @param messages 1 to 1,048,576.
         * @return this.
         */
        public Builder handOverMessages(final int messages) {
            handOverMessages = messages;
            return this;
        }

        /**
         * Bytes of messages of QoS 0 and 1 that wait in memory for the application, gone beyond by 16 messages at the most. Default
         * 16 MiB.
         *
         * @param bytes 1 or more.
         * @return this.
         */
        public Builder handOverBytes(final int bytes) {
            handOverBytes = bytes;
            return this;
        }

        /**
         * Room on the disk from the oldest message of QoS 2 that is not acknowledged to the newest record; when it is taken, nothing more
         * is taken from the hosts. Counted in whole files; gone beyond by those being written and made. Default 1 GiB.
         *
         * @param bytes twice {@link #segmentBytes} or more.
         * @return this.
         */
        public Builder inboxMaxBytes(final long bytes) {
            inboxMaxBytes = bytes;
            return this;
        }

        /**
         * Messages of QoS 2 from the oldest that is not acknowledged to the newest, each of which takes 17 bytes of memory; when there
         * are as many, nothing more is taken from the hosts. Default 1,000,000.
         *
         * @param messages 1 or more.
         * @return this.
         */
        public Builder inboxMaxMessages(final int messages) {
            inboxMaxMessages = messages;
            return this;
        }

        /**
         * Bytes of a file of the inbox; a message may have a quarter of it. Default 16 MiB.
         *
         * @param bytes 1 MiB to 1 GiB, a multiple of 64 KiB.
         * @return this.
         */
        public Builder segmentBytes(final int bytes) {
            segmentBytes = bytes;
            return this;
        }

        /**
         * Is told of the acknowledgements of {@link DurableSubscriber#tryAcknowledge}. Default: nobody.
         *
         * @param listener called by the subscriber's thread.
         * @return this.
         */
        public Builder acknowledgeListener(final AcknowledgeListener listener) {
            acknowledgeListener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Of the sockets to the hosts: heartbeat, reconnecting, what transports need. Its listener, linger and largest message are not
         * used. Default {@link SocketOptions#DEFAULTS}.
         *
         * @param options of each socket.
         * @return this.
         */
        public Builder socketOptions(final SocketOptions options) {
            socketOptions = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public DurableSubscriberOptions build() {
            final int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
            check(nameBytes > 0 && nameBytes <= MAX_NAME_BYTES, "nameBytes", nameBytes, "1..255");
            check(level != Durability.RECEIVED, "level", level, "JOURNALED or SYNCED");
            check(isIn(receiveMaximum, 1, MAX_RECEIVE_MAXIMUM), "receiveMaximum", receiveMaximum, "1..65535");
            check(
                    isIn(sessionExpiry.toSeconds(), 0, NEVER.toSeconds())
                            && sessionExpiry.equals(Duration.ofSeconds(sessionExpiry.toSeconds())),
                    "sessionExpiry",
                    sessionExpiry,
                    "whole seconds, 0.." + NEVER.toSeconds());
            check(isIn(handOverMessages, 1, 1 << 20), "handOverMessages", handOverMessages, "1..1048576");
            check(handOverBytes > 0, "handOverBytes", handOverBytes, "1 or more");
            check(
                    inboxMaxBytes >= 2L * segmentBytes,
                    "inboxMaxBytes",
                    inboxMaxBytes,
                    2L * segmentBytes + " or more, which is two segments");
            check(inboxMaxMessages > 0, "inboxMaxMessages", inboxMaxMessages, "1 or more");
            check(
                    isIn(segmentBytes, 1 << 20, 1 << 30) && segmentBytes % (64 << 10) == 0,
                    "segmentBytes",
                    segmentBytes,
                    "1 MiB to 1 GiB, a multiple of 64 KiB");
            return new DurableSubscriberOptions(this);
        }

        private static boolean isIn(final long value, final long least, final long most) {
            return value >= least && value <= most;
        }

        private static void check(final boolean valid, final String name, final Object value, final String limit) {
            if (!valid) {
                throw new IllegalArgumentException(name + '=' + value + ", limit=" + limit + ", take such a one");
            }
        }
    }
}
