package io.sluicemq.durable;

import io.sluicemq.SocketOptions;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What a {@link DurableReplay} asks for. Immutable; any thread. */
public final class ReplayOptions {
    /** All topics but those that begin with {@code $}, from the oldest message to the end of the log. */
    public static final ReplayOptions DEFAULTS = builder().build();

    private static final int MAX_CREDIT_MESSAGES = 1 << 20;
    private static final int MAX_MESSAGE_BYTES = 1 << 30;

    private final String filter;
    private final boolean byTime;
    private final long from;
    private final long to;
    private final int creditMessages;
    private final int maxMessageBytes;
    private final SocketOptions socketOptions;

    private ReplayOptions(final Builder builder) {
        filter = builder.filter;
        byTime = builder.hasTime();
        from = byTime ? builder.fromNs : builder.fromIndex;
        to = byTime ? builder.toNs : builder.toIndex;
        creditMessages = builder.creditMessages;
        maxMessageBytes = builder.maxMessageBytes;
        socketOptions = builder.socketOptions;
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
     * See {@link Builder#filter}.
     *
     * @return the value.
     */
    public String filter() {
        return filter;
    }

    /**
     * Whether {@link #from()} and {@link #to()} are times.
     *
     * @return false if they are indexes.
     */
    public boolean isByTime() {
        return byTime;
    }

    /**
     * See {@link Builder#fromIndex} and {@link Builder#fromTime}.
     *
     * @return an index, or a time in ns since 1970.
     */
    public long from() {
        return from;
    }

    /**
     * See {@link Builder#toIndex} and {@link Builder#toTime}.
     *
     * @return an index, or a time in ns since 1970.
     */
    public long to() {
        return to;
    }

    /**
     * See {@link Builder#creditMessages}.
     *
     * @return the value.
     */
    public int creditMessages() {
        return creditMessages;
    }

    /**
     * See {@link Builder#maxMessageBytes}.
     *
     * @return the value.
     */
    public int maxMessageBytes() {
        return maxMessageBytes;
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
        private String filter = "#";
        private long fromIndex;
        private long toIndex = Long.MAX_VALUE;
        private boolean hasIndex;
        private long fromNs;
        private long toNs = Long.MAX_VALUE;
        private boolean hasTime;
        private int creditMessages = 256;
        private int maxMessageBytes = 64 << 20;
        private SocketOptions socketOptions = SocketOptions.DEFAULTS;

        private Builder() {}

        private boolean hasTime() {
            return hasTime;
        }

        /**
         * Which topics. Default {@code #}.
         *
         * @param value topic filter of MQTT 5.0, not a shared one.
         * @return this.
         */
        public Builder filter(final String value) {
            filter = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * The first message, such as {@link DurableReplay#nextIndex()} of an earlier replay. Default the oldest that the host still has.
         *
         * @param index of the host's log, 0 or more; if there is no such message, the one behind it is the first.
         * @return this.
         */
        public Builder fromIndex(final long index) {
            fromIndex = index;
            hasIndex = true;
            return this;
        }

        /**
         * The last message. Default the last that is there when the replay comes so far.
         *
         * @param index of the host's log, 0 or more.
         * @return this.
         */
        public Builder toIndex(final long index) {
            toIndex = index;
            hasIndex = true;
            return this;
        }

        /**
         * Messages that were published at a time, by the host's clock, or later.
         *
         * @param time of the first.
         * @return this.
         */
        public Builder fromTime(final Instant time) {
            fromNs = nanos(time);
            hasTime = true;
            return this;
        }

        /**
         * Messages that were published at a time, by the host's clock, or before.
         *
         * @param time of the last.
         * @return this.
         */
        public Builder toTime(final Instant time) {
            toNs = nanos(time);
            hasTime = true;
            return this;
        }

        /** What is beyond a number of nanoseconds is cut: no message is as old, or as young. */
        private static long nanos(final Instant time) {
            final long maxSeconds = TimeUnit.NANOSECONDS.toSeconds(Long.MAX_VALUE) - 1;
            final long seconds = Math.max(0, Math.min(maxSeconds, time.getEpochSecond()));
            return TimeUnit.SECONDS.toNanos(seconds) + (time.getEpochSecond() == seconds ? time.getNano() : 0);
        }

        /**
         * Messages that the host may send before the application has taken them, which bounds their memory. Default 256.
         *
         * @param messages 1 to 1,048,576.
         * @return this.
         */
        public Builder creditMessages(final int messages) {
            creditMessages = messages;
            return this;
        }

        /**
         * The largest message, with its topic and headers, that is taken. Default 64 MiB.
         *
         * @param bytes 1 KiB to 1 GiB.
         * @return this.
         */
        public Builder maxMessageBytes(final int bytes) {
            maxMessageBytes = bytes;
            return this;
        }

        /**
         * Of the socket: heartbeat, reconnecting, what transports need. Its listener, linger and largest message are not used. Default
         * {@link SocketOptions#DEFAULTS}.
         *
         * @param options of the socket.
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
        public ReplayOptions build() {
            check(
                    !TopicFilter.of(filter).isShared(),
                    "filter",
                    filter,
                    "none of $share, which only a session can have");
            check(!hasIndex || !hasTime, "bounds", "indexes and times", "one kind");
            check(fromIndex >= 0, "fromIndex", fromIndex, "0 or more");
            check(toIndex >= fromIndex, "toIndex", toIndex, fromIndex + " or more, the first");
            check(toNs >= fromNs, "toTime", toNs, fromNs + " or more, the first, in ns since 1970");
            check(
                    creditMessages >= 1 && creditMessages <= MAX_CREDIT_MESSAGES,
                    "creditMessages",
                    creditMessages,
                    "1.." + MAX_CREDIT_MESSAGES);
            check(
                    maxMessageBytes >= 1 << 10 && maxMessageBytes <= MAX_MESSAGE_BYTES,
                    "maxMessageBytes",
                    maxMessageBytes,
                    "1024.." + MAX_MESSAGE_BYTES);
            return new ReplayOptions(this);
        }

        private static void check(final boolean valid, final String name, final Object value, final String limit) {
            if (!valid) {
                throw new IllegalArgumentException(name + '=' + value + ", limit=" + limit + ", take such a one");
            }
        }
    }
}
