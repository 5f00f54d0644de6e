package io.sluicemq.transport;

import io.sluicemq.wire.HandshakeFailure;

/** What ended a connection, or kept it from coming to be. */
public enum CloseReason {
    /** This side closed it. */
    CLOSED_LOCALLY,
    /** The peer ended it in order. */
    CLOSED_BY_PEER,
    /** The medium failed: reset, unreachable, timed out. */
    IO_ERROR,
    /**
     * One who came to a bound endpoint of this machine left at once, before its first byte: it only looked whether anybody
     * listens, as a bind does at a path that is in use. No listener of a socket is told.
     */
    ONLY_LOOKED,
    /** The attempt to connect failed. */
    CONNECT_FAILED,
    /** The handshake failed by the peer's bytes. */
    HANDSHAKE_FAILED,
    /** The peer is a legal one, but one of the two sides refused the other. */
    REFUSED,
    /** The handshake was not done in time. */
    HANDSHAKE_TIMED_OUT,
    /** The peer broke the protocol after the handshake. */
    PROTOCOL_ERROR,
    /** The peer sent a message of more bytes or frames than our limits allow; it is dropped. */
    MESSAGE_TOO_LARGE,
    /** The peer gave no sign of life within the heartbeat timeout. */
    HEARTBEAT_TIMED_OUT;

    /**
     * What a handshake that failed ends a connection with.
     *
     * @param failure of the handshake.
     * @return the reason to tell.
     */
    public static CloseReason of(final HandshakeFailure failure) {
        return switch (failure) {
            case INCOMPATIBLE_SOCKET_TYPE, REFUSED_BY_PEER, REFUSED_BY_CHECK -> REFUSED;
            case TIMED_OUT -> HANDSHAKE_TIMED_OUT;
            default -> HANDSHAKE_FAILED;
        };
    }
}
