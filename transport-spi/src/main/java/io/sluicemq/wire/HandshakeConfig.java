package io.sluicemq.wire;

import io.sluicemq.transport.SocketType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;

/**
 * What one socket says in all its handshakes, and what it asks of its peers. Immutable; any thread.
 */
public final class HandshakeConfig {
    /** Default time for a handshake: 30 s, from the connection to the end of the mechanism, as in libzmq. */
    public static final long DEFAULT_HANDSHAKE_TIMEOUT_NS = 30_000_000_000L;

    /** Default limit on what a peer may send in its handshake: 16 KiB, a hundred times what is usual. */
    public static final int DEFAULT_MAX_HANDSHAKE_BYTES = 16 * 1024;

    /** The property that {@link Builder#countsId} adds, for applications to leave alone. */
    public static final String COUNTS_PROPERTY = Metadata.RECEIVED_COUNTS;

    private static final int MIN_HANDSHAKE_BYTES = 1024;
    private static final int MAX_HANDSHAKE_BYTES = 1024 * 1024;

    private final SocketType socketType;
    private final byte[] routingId;
    private final byte[] metadata;
    private final PeerCheck peerCheck;
    private final long handshakeTimeoutNs;
    private final int maxHandshakeBytes;
    private final Mechanism.Factory mechanismFactory;

    private final PeerMetadata asPeer;
    private final long countsId;

    private HandshakeConfig(final Builder builder, final byte[] metadata) {
        this.asPeer = new PeerMetadata(
                Greeting.MAJOR, Greeting.MINOR, builder.socketType, builder.routingId, builder.properties, Map.of());
        this.countsId = asPeer.countsId();
        this.socketType = builder.socketType;
        this.routingId = builder.routingId;
        this.metadata = metadata;
        this.peerCheck = builder.peerCheck;
        this.handshakeTimeoutNs = builder.handshakeTimeoutNs;
        this.maxHandshakeBytes = builder.maxHandshakeBytes;
        this.mechanismFactory = builder.mechanismFactory;
    }

    private HandshakeConfig(final HandshakeConfig other, final byte[] metadata) {
        this.asPeer = other.asPeer;
        this.countsId = other.countsId;
        this.socketType = other.socketType;
        this.routingId = other.routingId;
        this.metadata = metadata;
        this.peerCheck = other.peerCheck;
        this.handshakeTimeoutNs = other.handshakeTimeoutNs;
        this.maxHandshakeBytes = other.maxHandshakeBytes;
        this.mechanismFactory = other.mechanismFactory;
    }

    /**
     * Starts a configuration with all defaults.
     *
     * @param socketType of the local socket.
     * @return a builder.
     */
    public static Builder builder(final SocketType socketType) {
        return new Builder(socketType);
    }

    /**
     * The type of the local socket.
     *
     * @return the type.
     */
    public SocketType socketType() {
        return socketType;
    }

    /**
     * Time that a handshake may take.
     *
     * @return nanoseconds.
     */
    public long handshakeTimeoutNs() {
        return handshakeTimeoutNs;
    }

    /**
     * Limit on what a peer may send in its handshake, greeting included.
     *
     * @return bytes.
     */
    public int maxHandshakeBytes() {
        return maxHandshakeBytes;
    }

    /**
     * The id under which this socket exchanges {@link ReceivedCounts}.
     *
     * @return 0 if it does not.
     */
    public long countsId() {
        return countsId;
    }

    byte[] routingId() {
        return routingId;
    }

    /**
     * What a peer learns of us, for a medium whose peers meet without a wire. Any thread.
     *
     * @return our side as a peer sees it.
     */
    public PeerMetadata asPeer() {
        return asPeer;
    }

    /**
     * Whether we take a peer: by its type, then by the peer check, whose failure counts as a refusal.
     *
     * @param peer that wants to join.
     * @return null to let it in, else the reason.
     */
    public String refusal(final PeerMetadata peer) {
        if (!socketType.accepts(peer.socketType())) {
            return "peerSocketType=" + peer.socketType().wireName() + ", localSocketType=" + socketType.wireName()
                    + ", connect sockets whose types belong together";
        }
        try {
            return peerCheck.refusal(peer);
        } catch (final RuntimeException e) {
            return "peer check failed: " + e;
        }
    }

    PeerCheck peerCheck() {
        return peerCheck;
    }

    /**
     * With some more properties, for one connection. They come on top of {@link #maxHandshakeBytes}.
     *
     * @param more by names that start with {@code X-}.
     * @return this, if there are none.
     */
    public HandshakeConfig with(final Map<String, byte[]> more) {
        return more.isEmpty() ? this : new HandshakeConfig(this, Metadata.append(metadata, more));
    }

    Mechanism newMechanism(final boolean listening) {
        return mechanismFactory.create(metadata, listening);
    }

    /** Gathers the parts of a {@link HandshakeConfig}. Not thread safe. */
    public static final class Builder {
        private final SocketType socketType;
        private final SortedMap<String, byte[]> properties = Metadata.newProperties();
        private byte[] routingId = {};
        private PeerCheck peerCheck = PeerCheck.ACCEPT_ALL;
        private long handshakeTimeoutNs = DEFAULT_HANDSHAKE_TIMEOUT_NS;
        private int maxHandshakeBytes = DEFAULT_MAX_HANDSHAKE_BYTES;
        private Mechanism.Factory mechanismFactory = NullMechanism::new;

        private Builder(final SocketType socketType) {
            this.socketType = Objects.requireNonNull(socketType, "socketType");
        }

        /**
         * The routing id by which a ROUTER shall know this socket.
         *
         * @param routingId 0 to 255 bytes, the first not zero; copied. Empty, the default, lets the ROUTER choose.
         * @return this.
         */
        public Builder routingId(final byte[] routingId) {
            this.routingId = routingId.clone();
            return this;
        }

        /**
         * Adds a property of our own to READY.
         *
         * @param name  that starts with {@code X-}; case does not matter.
         * @param value sent as UTF-8.
         * @return this.
         */
        public Builder property(final String name, final String value) {
            return property(name, value.getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Adds a property of our own to READY.
         *
         * @param name  that starts with {@code X-}; case does not matter.
         * @param value any bytes; copied.
         * @return this.
         */
        public Builder property(final String name, final byte[] value) {
            properties.put(name, value.clone());
            return this;
        }

        /**
         * Offers the exchange of {@link ReceivedCounts} to peers.
         *
         * @param id of the socket, not 0, and such that no other socket anywhere has it: a random number.
         * @return this.
         */
        public Builder countsId(final long id) {
            return property(
                    Metadata.RECEIVED_COUNTS,
                    ByteBuffer.allocate(Long.BYTES).putLong(id).array());
        }

        /**
         * Who may connect.
         *
         * @param peerCheck asked on the I/O agent; the default is {@link PeerCheck#ACCEPT_ALL}.
         * @return this.
         */
        public Builder peerCheck(final PeerCheck peerCheck) {
            this.peerCheck = Objects.requireNonNull(peerCheck, "peerCheck");
            return this;
        }

        /**
         * Time that a handshake may take, from the connection to the end of the mechanism.
         *
         * @param handshakeTimeoutNs over 0; the default is {@link #DEFAULT_HANDSHAKE_TIMEOUT_NS}.
         * @return this.
         */
        public Builder handshakeTimeoutNs(final long handshakeTimeoutNs) {
            this.handshakeTimeoutNs = handshakeTimeoutNs;
            return this;
        }

        /**
         * Limit on what a peer may send in its handshake, and on what we send ourselves.
         *
         * @param maxHandshakeBytes 1 KiB to 1 MiB; the default is {@link #DEFAULT_MAX_HANDSHAKE_BYTES}.
         * @return this.
         */
        public Builder maxHandshakeBytes(final int maxHandshakeBytes) {
            this.maxHandshakeBytes = maxHandshakeBytes;
            return this;
        }

        /**
         * The security mechanism.
         *
         * @param mechanismFactory makes one per connection; the default is NULL.
         * @return this.
         */
        public Builder mechanism(final Mechanism.Factory mechanismFactory) {
            this.mechanismFactory = Objects.requireNonNull(mechanismFactory, "mechanismFactory");
            return this;
        }

        /**
         * Checks all parts.
         *
         * @return the configuration.
         */
        public HandshakeConfig build() {
            final String routingIdError = Metadata.checkRoutingId(routingId);
            if (routingIdError != null) {
                throw new IllegalArgumentException(routingIdError);
            }
            for (final Map.Entry<String, byte[]> property : properties.entrySet()) {
                final String name = property.getKey();
                if (!Metadata.isName(name) || !name.toUpperCase(Locale.ROOT).startsWith(Metadata.OWN_PREFIX)) {
                    throw new IllegalArgumentException("property=" + Metadata.printable(name)
                            + ", limit=X- and then letters digits - _ . + up to 255, rename it");
                }
            }
            if (handshakeTimeoutNs <= 0 || handshakeTimeoutNs > Long.MAX_VALUE / 4) {
                throw new IllegalArgumentException("handshakeTimeoutNs=" + handshakeTimeoutNs + ", limit=1.."
                        + Long.MAX_VALUE / 4 + ", a handshake always needs a limit");
            }
            if (maxHandshakeBytes < MIN_HANDSHAKE_BYTES || maxHandshakeBytes > MAX_HANDSHAKE_BYTES) {
                throw new IllegalArgumentException("maxHandshakeBytes=" + maxHandshakeBytes + ", limit="
                        + MIN_HANDSHAKE_BYTES + ".." + MAX_HANDSHAKE_BYTES + ", choose a value in between");
            }
            final byte[] metadata = Metadata.encode(socketType, routingId, properties);
            final long own =
                    Greeting.LENGTH + FrameHeader.LONG_LENGTH + ZmtpCommands.READY.length + (long) metadata.length;
            if (own > maxHandshakeBytes) {
                throw new IllegalArgumentException("ownHandshakeBytes=" + own + ", limit=" + maxHandshakeBytes
                        + ", send shorter properties, or raise maxHandshakeBytes at both ends");
            }
            return new HandshakeConfig(this, metadata);
        }
    }
}
