package io.sluicemq.transport.quic;

import io.sluicemq.transport.TransportOptions;
import java.util.List;
import java.util.Objects;

/**
 * Options of {@code quic://} sockets, beside those of {@link io.sluicemq.transport.tls.TlsOptions}. For a listener, those of the
 * socket that binds hold for all its connections. Immutable; any thread.
 */
public final class QuicOptions implements TransportOptions {
    /** Default of {@link Builder#windowBytes}: 1 MiB. */
    public static final int DEFAULT_WINDOW_BYTES = 1 << 20;

    /** Default of {@link Builder#idleTimeoutNs}: 30 s. */
    public static final long DEFAULT_IDLE_TIMEOUT_NS = 30_000_000_000L;

    /** Default of {@link Builder#connectTimeoutNs}: 10 s. */
    public static final long DEFAULT_CONNECT_TIMEOUT_NS = 10_000_000_000L;

    /** Default of {@link Builder#socketBufferBytes}: 4 MiB. */
    public static final int DEFAULT_SOCKET_BUFFER_BYTES = 4 << 20;

    /** Default of {@link Builder#payloadBytes}: 1350, which fits through most tunnels. */
    public static final int DEFAULT_PAYLOAD_BYTES = 1_350;

    /** Default of {@link Builder#largeMessageBytes}: 256 KiB. */
    public static final int DEFAULT_LARGE_MESSAGE_BYTES = 256 * 1024;

    /** All defaults. */
    public static final QuicOptions DEFAULTS = builder().build();

    private static final int MIN_WINDOW_BYTES = 16 * 1024;
    private static final int MAX_WINDOW_BYTES = 16 << 20;
    private static final int MIN_PAYLOAD_BYTES = 1_200;
    private static final int MAX_PAYLOAD_BYTES = 65_527;
    private static final long MILLISECOND_NS = 1_000_000L;
    private static final long MAX_TIMEOUT_NS = 86_400_000_000_000L;

    private final int windowBytes;
    private final long idleTimeoutNs;
    private final long connectTimeoutNs;
    private final int socketBufferBytes;
    private final int payloadBytes;
    private final boolean earlyData;
    private final boolean datagrams;

    private final Ordering ordering;
    private final List<QuicLane> lanes;
    private final int largeMessageBytes;

    private QuicOptions(final Builder builder) {
        ordering = builder.ordering;
        lanes = builder.lanes;
        largeMessageBytes = builder.largeMessageBytes;
        windowBytes = builder.windowBytes;
        idleTimeoutNs = builder.idleTimeoutNs;
        connectTimeoutNs = builder.connectTimeoutNs;
        socketBufferBytes = builder.socketBufferBytes;
        payloadBytes = builder.payloadBytes;
        earlyData = builder.earlyData;
        datagrams = builder.datagrams;
    }

    /** Which messages to one peer arrive in the order in which they were sent. */
    public enum Ordering {
        /** All of them, as over other transports: there is one lane, and large messages go on it. */
        PIPE,
        /** Those of one lane. Large messages go on streams of their own, and keep their place in their lane. */
        LANE,
        /** Those of one lane, but for large messages, which are handed over as they arrive. */
        NONE
    }

    /**
     * Starts with all defaults.
     *
     * @return a builder.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How much the peer may send of messages before any was read.
     *
     * @return bytes.
     */
    public int windowBytes() {
        return windowBytes;
    }

    /**
     * Silence that ends a connection.
     *
     * @return nanoseconds.
     */
    public long idleTimeoutNs() {
        return idleTimeoutNs;
    }

    /**
     * Time that one address has for QUIC's handshake.
     *
     * @return nanoseconds.
     */
    public long connectTimeoutNs() {
        return connectTimeoutNs;
    }

    /**
     * Buffers of the UDP socket.
     *
     * @return bytes, in each direction.
     */
    public int socketBufferBytes() {
        return socketBufferBytes;
    }

    /**
     * Largest datagram that is sent, where the path takes it.
     *
     * @return bytes of UDP payload.
     */
    public int payloadBytes() {
        return payloadBytes;
    }

    /**
     * Whether sessions are resumed, with early data.
     *
     * @return false by default.
     */
    public boolean earlyData() {
        return earlyData;
    }

    /**
     * Whether messages of publishers go as datagrams.
     *
     * @return false by default.
     */
    public boolean datagrams() {
        return datagrams;
    }

    /**
     * Which messages to a peer arrive in order.
     *
     * @return the ordering.
     */
    public Ordering ordering() {
        return ordering;
    }

    /**
     * Lanes beside lane 0, on which all messages go that none of these is for.
     *
     * @return numbered from 1 on; immutable.
     */
    public List<QuicLane> lanes() {
        return lanes;
    }

    /**
     * From which size on a message goes on a stream of its own, unless {@link #ordering} is {@link Ordering#PIPE}.
     *
     * @return bytes.
     */
    public int largeMessageBytes() {
        return largeMessageBytes;
    }

    @Override
    public String toString() {
        return "QuicOptions[windowBytes=" + windowBytes + ", idleTimeoutNs=" + idleTimeoutNs + ", connectTimeoutNs="
                + connectTimeoutNs + ", socketBufferBytes=" + socketBufferBytes + ", payloadBytes=" + payloadBytes
                + ", ordering=" + ordering + ", lanes=" + lanes + ", largeMessageBytes=" + largeMessageBytes
                + ", earlyData="
                + earlyData + ", datagrams=" + datagrams + "]";
    }

    /** Gathers the values of {@link QuicOptions}. Not thread safe. */
    public static final class Builder {
        private int windowBytes = DEFAULT_WINDOW_BYTES;
        private long idleTimeoutNs = DEFAULT_IDLE_TIMEOUT_NS;
        private long connectTimeoutNs = DEFAULT_CONNECT_TIMEOUT_NS;
        private int socketBufferBytes = DEFAULT_SOCKET_BUFFER_BYTES;
        private int payloadBytes = DEFAULT_PAYLOAD_BYTES;
        private boolean earlyData;
        private boolean datagrams;
        private Ordering ordering = Ordering.PIPE;
        private List<QuicLane> lanes = List.of();
        private int largeMessageBytes = DEFAULT_LARGE_MESSAGE_BYTES;

        private Builder() {}

        /**
         * Which messages to a peer arrive in order. Each side decides for what it sends.
         *
         * @param order {@link Ordering#PIPE} by default.
         * @return this.
         */
        public Builder ordering(final Ordering order) {
            ordering = Objects.requireNonNull(order, "ordering");
            return this;
        }

        /**
         * Lanes for what is sent, in the order in which they are asked whether a message is theirs. A lane that the peer does not read, or
         * that has much to carry, holds up no other. Needs an {@link #ordering} that lets lanes pass each other.
         *
         * @param list of up to 15; none by default.
         * @return this.
         */
        public Builder lanes(final QuicLane... list) {
            lanes = List.of(list);
            return this;
        }

        /**
         * From which size on a message goes on a stream of its own, where {@link #ordering} lets it.
         *
         * @param bytes 16 KiB and more; {@link #DEFAULT_LARGE_MESSAGE_BYTES} by default.
         * @return this.
         */
        public Builder largeMessageBytes(final int bytes) {
            largeMessageBytes = bytes;
            return this;
        }

        /**
         * How much the peer may send of messages before any was read. It grows by itself, up to 16 MiB, while they are read as fast
         * as they come.
         *
         * @param bytes 16 KiB to 16 MiB; {@link #DEFAULT_WINDOW_BYTES} by default.
         * @return this.
         */
        public Builder windowBytes(final int bytes) {
            windowBytes = bytes;
            return this;
        }

        /**
         * Silence that ends a connection; the shorter of both sides holds. A connection that has nothing to say says so often enough
         * that it lives.
         *
         * @param ns 100 ms to a day; {@link #DEFAULT_IDLE_TIMEOUT_NS} by default.
         * @return this.
         */
        public Builder idleTimeoutNs(final long ns) {
            idleTimeoutNs = ns;
            return this;
        }

        /**
         * Time that one address has for QUIC's handshake, before the next one of the host is tried.
         *
         * @param ns 1 ms to a day; {@link #DEFAULT_CONNECT_TIMEOUT_NS} by default.
         * @return this.
         */
        public Builder connectTimeoutNs(final long ns) {
            connectTimeoutNs = ns;
            return this;
        }

        /**
         * Buffers of the UDP socket, in each direction, as SO_RCVBUF and SO_SNDBUF. The system may grant less.
         *
         * @param bytes 64 KiB and more; {@link #DEFAULT_SOCKET_BUFFER_BYTES} by default.
         * @return this.
         */
        public Builder socketBufferBytes(final int bytes) {
            socketBufferBytes = bytes;
            return this;
        }

        /**
         * Largest datagram that is sent, without the headers of IP and UDP. What the path takes of it is found out at the beginning of
         * each connection (RFC 8899); one that does not fit later on, after a move to another network, is lost.
         *
         * @param bytes 1200 to 65527; {@link #DEFAULT_PAYLOAD_BYTES} by default.
         * @return this.
         */
        public Builder payloadBytes(final int bytes) {
            payloadBytes = bytes;
            return this;
        }

        /**
         * Whether a client that comes back, within an hour and in the same process, says its subscriptions, or a request that {@code
         * ReqOptions.idempotent} allows, with its first datagrams (0-RTT, RFC 9001, 4.6), so that the first message or reply comes after one
         * round trip. Both sides must want it; for a listener it has an effect with a PUB or XPUB (without noDrop), and a REP, that asks for no
         * certificate. Whoever records such datagrams can send them again: a publisher then believes in a subscriber that is not there, for as long
         * as a handshake may take, and a REP does the request once more each time. No other message can be sent in this way.
         *
         * @param value false by default: nothing is resumed.
         * @return this.
         */
        public Builder earlyData(final boolean value) {
            earlyData = value;
            return this;
        }

        /**
         * Whether messages of a PUB or XPUB (without noDrop) that fit in one datagram go as such (RFC 9221): what is lost on the way is not sent
         * again, but counted by the receiver, and holds up nothing behind it. Both sides must want it. With {@code conflate} the newest
         * message arrives in the end all the same. Larger ones go by stream, and without {@code conflate} have no order with the others.
         *
         * @param value false by default: nothing is lost on the way.
         * @return this.
         */
        public Builder datagrams(final boolean value) {
            datagrams = value;
            return this;
        }

        /**
         * Checks all values.
         *
         * @return the options.
         * @throws IllegalArgumentException when a value is out of its range.
         */
        public QuicOptions build() {
            check("windowBytes", windowBytes, MIN_WINDOW_BYTES, MAX_WINDOW_BYTES);
            check("idleTimeoutNs", idleTimeoutNs, 100 * MILLISECOND_NS, MAX_TIMEOUT_NS);
            check("connectTimeoutNs", connectTimeoutNs, MILLISECOND_NS, MAX_TIMEOUT_NS);
            check("socketBufferBytes", socketBufferBytes, 64 * 1024, Integer.MAX_VALUE);
            check("payloadBytes", payloadBytes, MIN_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES);
            check("largeMessageBytes", largeMessageBytes, 16 * 1024, Integer.MAX_VALUE);
            check("lanes", lanes.size(), 0, LaneTerms.MAX_LANES - 1);
            if (!lanes.isEmpty() && ordering == Ordering.PIPE) {
                throw new IllegalArgumentException("lanes=" + lanes.size()
                        + ", limit=0 with ordering=PIPE, choose the ordering LANE or NONE: lanes pass each other");
            }
            if (datagrams && ordering != Ordering.PIPE) {
                throw new IllegalArgumentException("datagrams=true, limit=false with ordering=" + ordering
                        + ", choose the ordering PIPE, or lanes in place of datagrams");
            }
            return new QuicOptions(this);
        }

        private static void check(final String name, final long value, final long min, final long max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(
                        name + "=" + value + ", limit=" + min + ".." + max + ", choose a value in between");
            }
        }
    }
}
