package io.sluicemq.testkit.peers;

/** Socket options under libzmq's names. A flag takes 0 or 1; units are libzmq's and stand in the name here. */
public enum PeerOption {
    /** Routing id, 1 to 255 bytes. */
    IDENTITY("IDENTITY", true),
    /** Routing id of the next connection of a ROUTER. */
    CONNECT_ROUTING_ID("CONNECT_RID", true),
    /** First message to a new subscriber of an XPUB; libzmq only. */
    XPUB_WELCOME_MESSAGE("XPUB_WELCOME_MSG", true),
    /** User name of PLAIN, on the connecting side. */
    PLAIN_USERNAME("PLAIN_USERNAME", true),
    /** Password of PLAIN, on the connecting side. */
    PLAIN_PASSWORD("PLAIN_PASSWORD", true),
    /** Own public key of CURVE, Z85. */
    CURVE_PUBLIC_KEY("CURVE_PUBLICKEY", true),
    /** Own secret key of CURVE, Z85. */
    CURVE_SECRET_KEY("CURVE_SECRETKEY", true),
    /** The server's public key of CURVE, Z85. */
    CURVE_SERVER_KEY("CURVE_SERVERKEY", true),
    /** Flag: this side is the server of PLAIN. */
    PLAIN_SERVER("PLAIN_SERVER", false),
    /** Flag: this side is the server of CURVE. */
    CURVE_SERVER("CURVE_SERVER", false),
    /** High-water mark of sending, messages per peer. */
    SEND_HWM("SNDHWM", false),
    /** High-water mark of receiving, messages per peer. */
    RECEIVE_HWM("RCVHWM", false),
    /** Kernel send buffer in bytes. */
    SEND_BUFFER_BYTES("SNDBUF", false),
    /** Kernel receive buffer in bytes. */
    RECEIVE_BUFFER_BYTES("RCVBUF", false),
    /** How long a closed socket tries to get rid of its messages. */
    LINGER_MS("LINGER", false),
    /** Largest frame that is taken in, in bytes. */
    MAX_FRAME_BYTES("MAXMSGSIZE", false),
    /** Interval of PING. */
    HEARTBEAT_INTERVAL_MS("HEARTBEAT_IVL", false),
    /** Time to live that PING announces to the other side. */
    HEARTBEAT_TTL_MS("HEARTBEAT_TTL", false),
    /** How long to wait for traffic after a PING. */
    HEARTBEAT_TIMEOUT_MS("HEARTBEAT_TIMEOUT", false),
    /** How long a handshake may take. */
    HANDSHAKE_INTERVAL_MS("HANDSHAKE_IVL", false),
    /** Wait before a reconnect. */
    RECONNECT_INTERVAL_MS("RECONNECT_IVL", false),
    /** Upper limit of the growing wait before a reconnect. */
    RECONNECT_INTERVAL_MAX_MS("RECONNECT_IVL_MAX", false),
    /** Flag: queue only to completed connections. */
    IMMEDIATE("IMMEDIATE", false),
    /** Flag: keep only the last message. */
    CONFLATE("CONFLATE", false),
    /** Flag: IPv6 besides IPv4. */
    IPV6("IPV6", false),
    /** Flag: XPUB passes on duplicate subscriptions. */
    XPUB_VERBOSE("XPUB_VERBOSE", false),
    /** Flag: XPUB passes on duplicate subscriptions and unsubscriptions. */
    XPUB_VERBOSER("XPUB_VERBOSER", false),
    /** Flag: XPUB blocks instead of dropping. */
    XPUB_NODROP("XPUB_NODROP", false),
    /** Flag: the application of an XPUB decides on subscriptions. */
    XPUB_MANUAL("XPUB_MANUAL", false),
    /** Flag: ROUTER refuses instead of dropping what it cannot route. */
    ROUTER_MANDATORY("ROUTER_MANDATORY", false),
    /** Flag: a new peer takes over a routing id that is in use. */
    ROUTER_HANDOVER("ROUTER_HANDOVER", false),
    /** Flag: send an empty message to each new ROUTER. */
    PROBE_ROUTER("PROBE_ROUTER", false),
    /** Flag: REQ marks each request with an id and takes no other reply. */
    REQ_CORRELATE("REQ_CORRELATE", false),
    /** Flag: REQ may send again before the reply. */
    REQ_RELAXED("REQ_RELAXED", false);

    private final String libzmqName;
    private final boolean takesBytes;

    PeerOption(final String libzmqName, final boolean takesBytes) {
        this.libzmqName = libzmqName;
        this.takesBytes = takesBytes;
    }

    /**
     * Name of the constant in {@code zmq.h}, without {@code ZMQ_}.
     *
     * @return the name, known to the Python binding as well.
     */
    public String libzmqName() {
        return libzmqName;
    }

    /**
     * Whether the value is a byte string rather than a number.
     *
     * @return true when {@link PeerSocket#option(PeerOption, byte[])} is the method to call.
     */
    public boolean takesBytes() {
        return takesBytes;
    }

    void requireBytes() {
        if (!takesBytes) {
            throw new IllegalArgumentException("option=" + this + " takes a number, use option(PeerOption, long)");
        }
    }

    void requireNumber() {
        if (takesBytes) {
            throw new IllegalArgumentException("option=" + this + " takes bytes, use option(PeerOption, byte[])");
        }
    }
}
