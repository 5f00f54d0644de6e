package io.sluicemq;

/**
 * Why a message was not delivered. Every drop is counted under one of these, per socket; per peer only the number is kept.
 *
 * <p>New causes are added at the end: the order is the order of the counters in the statistics file.
 */
public enum DropCause {
    /** The peer's queue was full, and the pattern drops rather than waits (PUB, RADIO). */
    HIGH_WATER_MARK,
    /** Nobody was connected, and the pattern drops rather than waits. */
    NO_PEER,
    /** ROUTER was given a routing id that no connected peer has. */
    UNROUTABLE,
    /** A newer message took its place in a conflating queue. */
    CONFLATED,
    /** Still queued when the linger period of a closing socket was over. */
    LINGER_EXPIRED,
    /**
     * Given to a connection that broke, and known not to have arrived: not handed to the network in full, or not received, as
     * a SluiceMQ peer tells.
     */
    RECONNECT_IN_FLIGHT,
    /** Larger than the receiver's limit. */
    TOO_LARGE,
    /** Its time to live was over. */
    EXPIRED,
    /**
     * Given to the network, for a peer that does not say what it received, or did not come back to say. It may have arrived,
     * so this is an upper bound and not an exact count.
     */
    IN_FLIGHT_UNKNOWN,
    /**
     * Had arrived, and was not taken by the application: its socket, or the connection that it came by, was closed first, or
     * the type of the socket receives nothing (a PUB that an XSUB sends to). Counted by the receiver.
     */
    NOT_RECEIVED,
    /**
     * Sent as a datagram that never came, or that came behind a newer one. Counted by the receiver, as it finds a gap in the numbers.
     */
    LOST_ON_THE_WAY
}
