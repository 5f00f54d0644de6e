package io.sluicemq.transport;

import java.util.Objects;

/**
 * The socket types of ZeroMQ as the wire knows them, and which of them may talk to each other.
 *
 * <p>Source: RFC 37/ZMTP section "The Socket Type Property" and the RFCs of the patterns (28/REQREP, 29/PUBSUB,
 * 30/PIPELINE, 31/EXPAIR); the numbers are those of RFC 15/ZMTP 2.0.
 *
 * <p>Immutable; any thread.
 */
public enum SocketType {
    /** Exactly one peer, both directions. */
    PAIR(0),
    /** Publishes to every subscriber whose filter matches. */
    PUB(1),
    /** Subscribes by prefix. */
    SUB(2),
    /** Asks; strictly one request, then one reply. */
    REQ(3),
    /** Answers requests, in turn. */
    REP(4),
    /** Asks without the strict turn: round robin out, fair queue in. */
    DEALER(5),
    /** Answers by the routing id of the peer. */
    ROUTER(6),
    /** Takes work, fair queue. */
    PULL(7),
    /** Hands out work, round robin. */
    PUSH(8),
    /** A PUB that sees the subscriptions as messages. */
    XPUB(9),
    /** A SUB that sends the subscriptions as messages. */
    XSUB(10);

    private static final SocketType[] TYPES = values();

    private final int wireNumber;

    SocketType(final int wireNumber) {
        this.wireNumber = wireNumber;
    }

    /**
     * The value of the Socket-Type property in READY (ZMTP 3.x).
     *
     * @return the name, in ASCII capitals.
     */
    public String wireName() {
        return name();
    }

    /**
     * The socket-type octet of a ZMTP 2.0 greeting. RFC 15 stops at PUSH; 9 and 10 are what libzmq sends.
     *
     * @return 0 to 10.
     */
    public int wireNumber() {
        return wireNumber;
    }

    /**
     * Finds a type by the value of a Socket-Type property.
     *
     * @param wireName as received; compared exactly, as the RFC gives the names in capitals.
     * @return the type, or null when there is none of that name.
     */
    public static SocketType ofWireName(final String wireName) {
        for (final SocketType type : TYPES) {
            if (type.name().equals(wireName)) {
                return type;
            }
        }
        return null;
    }

    /**
     * Finds a type by the octet of a ZMTP 2.0 greeting.
     *
     * @param wireNumber as received.
     * @return the type, or null when there is none of that number.
     */
    public static SocketType ofWireNumber(final int wireNumber) {
        return wireNumber >= 0 && wireNumber < TYPES.length ? TYPES[wireNumber] : null;
    }

    /**
     * Whether a socket of this type may be connected to one of the other type. The relation is symmetric.
     *
     * @param peer the type at the other end.
     * @return true when the pair is legal.
     */
    public boolean accepts(final SocketType peer) {
        Objects.requireNonNull(peer, "peer");
        return switch (this) {
            case PAIR -> peer == PAIR;
            case PUB, XPUB -> peer == SUB || peer == XSUB;
            case SUB, XSUB -> peer == PUB || peer == XPUB;
            case REQ -> peer == REP || peer == ROUTER;
            case REP -> peer == REQ || peer == DEALER;
            case DEALER -> peer == REP || peer == DEALER || peer == ROUTER;
            case ROUTER -> peer == REQ || peer == DEALER || peer == ROUTER;
            case PULL -> peer == PUSH;
            case PUSH -> peer == PULL;
        };
    }
}
