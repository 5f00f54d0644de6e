package io.sluicemq;

import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.PipeOptions.HeartbeatOptions;
import io.sluicemq.transport.RingOptions;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.wire.PeerCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What every socket type understands. Names and defaults follow libzmq 4.3 where it has the option; the number in
 * parentheses is libzmq's. Immutable; any thread.
 */
public final class SocketOptions {
    /** Blocks until it is done: the value of a timeout that never ends. */
    public static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    /** Default high-water marks, in messages: libzmq's. */
    public static final int DEFAULT_HIGH_WATER_MARK = 1000;

    /** Default linger. libzmq waits for ever, which is what most often hangs a program at its end. */
    public static final Duration DEFAULT_LINGER = Duration.ofSeconds(5);

    /** Default limit of one received message, over all its frames. */
    public static final long DEFAULT_MAX_MESSAGE_BYTES = 1L << 30;

    /** All defaults. */
    public static final SocketOptions DEFAULTS = builder().build();

    private final Builder values;
    private final PipeOptions pipeOptions;

    private SocketOptions(final Builder values) {
        this.values = values;
        this.pipeOptions = new PipeOptions(
                values.maxMessageBytes,
                values.maxFrames,
                values.receiveHighWaterMark,
                values.handshakeTimeoutNs,
                values.heartbeat,
                values.transports);
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from these options. */
    public Builder toBuilder() {
        return values.copy();
    }

    /**
     * See {@link Builder#sendHighWaterMark}.
     *
     * @return messages.
     */
    public int sendHighWaterMark() {
        return values.sendHighWaterMark;
    }

    /**
     * See {@link Builder#receiveHighWaterMark}.
     *
     * @return messages.
     */
    public int receiveHighWaterMark() {
        return values.receiveHighWaterMark;
    }

    /**
     * See {@link Builder#sendTimeout}.
     *
     * @return nanoseconds.
     */
    public long sendTimeoutNs() {
        return values.sendTimeoutNs;
    }

    /**
     * See {@link Builder#receiveTimeout}.
     *
     * @return nanoseconds.
     */
    public long receiveTimeoutNs() {
        return values.receiveTimeoutNs;
    }

    /**
     * See {@link Builder#linger}.
     *
     * @return how long a close waits.
     */
    public Duration linger() {
        return values.linger;
    }

    /**
     * See {@link Builder#reconnect}.
     *
     * @return nanoseconds, 0 for no new attempt.
     */
    public long reconnectIntervalNs() {
        return values.reconnectIntervalNs;
    }

    /**
     * See {@link Builder#reconnect}.
     *
     * @return nanoseconds, 0 for none.
     */
    public long reconnectCapNs() {
        return values.reconnectCapNs;
    }

    /**
     * See {@link Builder#immediate}.
     *
     * @return whether only complete connections take messages.
     */
    public boolean immediate() {
        return values.immediate;
    }

    /**
     * See {@link Builder#conflate}.
     *
     * @return whether only the newest message is kept.
     */
    public boolean conflate() {
        return values.conflate;
    }

    /**
     * See {@link Builder#routingId}.
     *
     * @return a copy; empty for none.
     */
    public byte[] routingId() {
        return values.routingId.clone();
    }

    /**
     * See {@link Builder#property}.
     *
     * @return own properties by name.
     */
    public Map<String, String> properties() {
        return Map.copyOf(values.properties);
    }

    /**
     * See {@link Builder#peerCheck}.
     *
     * @return the check.
     */
    public PeerCheck peerCheck() {
        return values.peerCheck;
    }

    /**
     * See {@link Builder#listener}.
     *
     * @return the listener.
     */
    public SocketListener listener() {
        return values.listener;
    }

    /**
     * What each pipe's outgoing ring is made of.
     *
     * @return sizes, with the send high-water mark.
     */
    public RingOptions ringOptions() {
        return new RingOptions(
                values.ringBytes,
                values.maxLargeBytes,
                values.conflate ? 0 : values.sendHighWaterMark,
                values.singleProducer,
                values.conflate);
    }

    /**
     * What transports get to know.
     *
     * @return limits and timers of each connection.
     */
    public PipeOptions pipeOptions() {
        return pipeOptions;
    }

    @Override
    public String toString() {
        return OptionTexts.of(this);
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder implements Cloneable {
        private int sendHighWaterMark = DEFAULT_HIGH_WATER_MARK;
        private int receiveHighWaterMark = DEFAULT_HIGH_WATER_MARK;
        private long sendTimeoutNs = Long.MAX_VALUE;
        private long receiveTimeoutNs = Long.MAX_VALUE;
        private Duration linger = DEFAULT_LINGER;
        private long reconnectIntervalNs = 100_000_000L;
        private long reconnectCapNs;
        private long handshakeTimeoutNs = 30_000_000_000L;
        private HeartbeatOptions heartbeat = HeartbeatOptions.OFF;
        private boolean immediate;
        private boolean conflate;
        private boolean singleProducer;
        private int ringBytes = 1 << 20;
        private long maxLargeBytes = 64L << 20;
        private long maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;
        private int maxFrames = 65_536;
        private byte[] routingId = OptionChecks.NO_ROUTING_ID;
        private Map<String, String> properties = new LinkedHashMap<>();
        private PeerCheck peerCheck = PeerCheck.ACCEPT_ALL;
        private SocketListener listener = new SocketListener() {};
        private Map<Class<? extends TransportOptions>, TransportOptions> transports = new HashMap<>();

        private Builder() {}

        private Builder copy() {
            try {
                final Builder copy = (Builder) clone();
                copy.properties = new LinkedHashMap<>(properties);
                copy.transports = new HashMap<>(transports);
                return copy;
            } catch (final CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }

        /**
         * Messages that wait for a peer before it is full (ZMQ_SNDHWM, 23). 0 leaves the limits in bytes. Default 1000.
         *
         * @param messages 0 or more.
         * @return this.
         */
        public Builder sendHighWaterMark(final int messages) {
            sendHighWaterMark = messages;
            return this;
        }

        /**
         * Messages from a peer that wait before we stop reading (ZMQ_RCVHWM, 24). 0 leaves limits in bytes. Default 1000.
         *
         * @param messages 0 or more.
         * @return this.
         */
        public Builder receiveHighWaterMark(final int messages) {
            receiveHighWaterMark = messages;
            return this;
        }

        /**
         * How long a send without a timeout of its own waits for room (ZMQ_SNDTIMEO, 28). Default {@link #FOREVER}.
         *
         * @param timeout zero for not at all.
         * @return this.
         */
        public Builder sendTimeout(final Duration timeout) {
            sendTimeoutNs = OptionChecks.nanos("sendTimeout", timeout);
            return this;
        }

        /**
         * How long a receive without a timeout of its own waits for a message (ZMQ_RCVTIMEO, 27). Default {@link #FOREVER}.
         *
         * @param timeout zero for not at all.
         * @return this.
         */
        public Builder receiveTimeout(final Duration timeout) {
            receiveTimeoutNs = OptionChecks.nanos("receiveTimeout", timeout);
            return this;
        }

        /**
         * How long {@link Socket#close()} waits for messages to leave (ZMQ_LINGER, 17). What is left then is dropped and
         * counted. Default five seconds.
         *
         * @param duration zero for not at all.
         * @return this.
         */
        public Builder linger(final Duration duration) {
            OptionChecks.nanos("linger", duration);
            linger = duration;
            return this;
        }

        /**
         * Waits between attempts to connect (ZMQ_RECONNECT_IVL, 18, and _MAX, 21). Up to as much again is added at random, at
         * the cap too. Default 100 ms and zero.
         *
         * @param interval before the first new attempt; zero for no attempt after the first.
         * @param cap up to which the wait doubles with each failed attempt; zero for a wait that does not grow.
         * @return this.
         */
        public Builder reconnect(final Duration interval, final Duration cap) {
            reconnectIntervalNs = OptionChecks.nanos("reconnectInterval", interval);
            reconnectCapNs = OptionChecks.nanos("reconnectCap", cap);
            return this;
        }

        /**
         * Time from the connection to the end of the handshake (ZMQ_HANDSHAKE_IVL, 66). Default 30 s.
         *
         * @param timeout over zero, as a handshake always needs a limit; checked when a socket is made.
         * @return this.
         */
        public Builder handshakeTimeout(final Duration timeout) {
            handshakeTimeoutNs = OptionChecks.nanos("handshakeTimeout", timeout);
            return this;
        }

        /**
         * Pings the peer and ends a connection that stays silent (ZMQ_HEARTBEAT_IVL, _TIMEOUT, _TTL, 75 to 77). Default zero:
         * no heartbeat.
         *
         * @param interval between PINGs; zero for none.
         * @param timeout silence after a PING that ends the connection.
         * @param ttl silence after which the peer shall give us up, told in tenths of a second: at least the interval, at most
         *     65.5 s, as libzmq misreads more; zero for none.
         * @return this.
         */
        public Builder heartbeat(final Duration interval, final Duration timeout, final Duration ttl) {
            heartbeat = new HeartbeatOptions(
                    OptionChecks.nanos("heartbeatInterval", interval),
                    OptionChecks.nanos("heartbeatTimeout", timeout),
                    OptionChecks.nanos("heartbeatTtl", ttl));
            return this;
        }

        /**
         * Whether only complete connections take messages (ZMQ_IMMEDIATE, 39). Default false: messages wait for a peer that is
         * still being connected to, also while it is away.
         *
         * @param value true for complete connections only.
         * @return this.
         */
        public Builder immediate(final boolean value) {
            immediate = value;
            return this;
        }

        /**
         * Whether only the newest message is kept on each pipe (ZMQ_CONFLATE, 54), for PUSH, PULL, PUB, SUB and DEALER. What is
         * replaced is counted. Default false.
         *
         * @param value true to keep only the newest.
         * @return this.
         */
        public Builder conflate(final boolean value) {
            conflate = value;
            return this;
        }

        /**
         * Declares that one thread alone sends on the socket, which makes sending cheaper. Default false.
         *
         * @param value true if so; sends from two threads at once then corrupt the ring.
         * @return this.
         */
        public Builder singleProducer(final boolean value) {
            singleProducer = value;
            return this;
        }

        /**
         * Size of the ring of each pipe, in bytes: the first limit in bytes. Default 1 MiB. A message above an eighth of it goes
         * by reference and counts to {@link #maxLargeBytes}.
         *
         * @param bytes a power of two from 4 KiB to 1 GiB.
         * @return this.
         */
        public Builder ringBytes(final int bytes) {
            ringBytes = bytes;
            return this;
        }

        /**
         * Most bytes in large messages that wait on one pipe: the second limit in bytes; one message alone may exceed it. Default
         * 64 MiB. Bytes that a {@link Message} wraps do not count.
         *
         * @param bytes 0 or more.
         * @return this.
         */
        public Builder maxLargeBytes(final long bytes) {
            maxLargeBytes = bytes;
            return this;
        }

        /**
         * Most bytes that a peer may send in one message, over all its frames (compare ZMQ_MAXMSGSIZE, 22, which counts a frame).
         * A peer that sends more is disconnected. Default 1 GiB.
         *
         * @param bytes 0 or more, or -1 for no limit.
         * @return this.
         */
        public Builder maxMessageBytes(final long bytes) {
            maxMessageBytes = bytes;
            return this;
        }

        /**
         * Most frames that a peer may send in one message. Default 65,536.
         *
         * @param frames 1 or more.
         * @return this.
         */
        public Builder maxFrames(final int frames) {
            maxFrames = frames;
            return this;
        }

        /**
         * Own routing id, by which ROUTER peers know this socket (ZMQ_ROUTING_ID, 5). Default none: peers make one up.
         *
         * @param id 1 to 255 bytes, the first not 0; copied.
         * @return this.
         */
        public Builder routingId(final byte[] id) {
            routingId = id.clone();
            return this;
        }

        /**
         * An own property told to each peer in READY (ZMQ_METADATA, 95).
         *
         * @param name starts with {@code X-}.
         * @param value of the property.
         * @return this.
         */
        public Builder property(final String name, final String value) {
            properties.put(name, value);
            return this;
        }

        /**
         * Looks at each peer at the end of its handshake and may refuse it, which tells the peer by ERROR. Default: accepts all.
         * Called on the I/O agent; must not block.
         *
         * @param check returns null to accept, else the reason in a few words.
         * @return this.
         */
        public Builder peerCheck(final PeerCheck check) {
            peerCheck = Objects.requireNonNull(check, "peerCheck");
            return this;
        }

        /**
         * Who is told of connections and trouble. Default: nobody.
         *
         * @param socketListener called on the I/O agent; must not block.
         * @return this.
         */
        public Builder listener(final SocketListener socketListener) {
            listener = Objects.requireNonNull(socketListener, "listener");
            return this;
        }

        /**
         * Options of one transport, such as {@code TcpOptions}; the last of a class counts.
         *
         * @param options of the transport.
         * @return this.
         */
        public Builder transport(final TransportOptions options) {
            transports.put(options.getClass(), options);
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public SocketOptions build() {
            OptionChecks.atLeast("sendHighWaterMark", sendHighWaterMark, 0, "use 0 for no mark");
            OptionChecks.atLeast("receiveHighWaterMark", receiveHighWaterMark, 0, "use 0 for no mark");
            OptionChecks.atLeast("maxMessageBytes", maxMessageBytes, -1, "use -1 for no limit");
            OptionChecks.atLeast("maxFrames", maxFrames, 1, "use a positive number");
            OptionChecks.reconnect(reconnectIntervalNs, reconnectCapNs);
            OptionChecks.heartbeat(heartbeat);
            OptionChecks.heartbeatTtl(heartbeat);
            OptionChecks.routingId(routingId);
            OptionChecks.properties(properties);
            final SocketOptions options = new SocketOptions(copy());
            options.ringOptions();
            return options;
        }
    }
}
