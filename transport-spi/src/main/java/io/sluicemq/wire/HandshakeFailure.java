package io.sluicemq.wire;

/** Why a handshake failed; {@link ZmtpHandshake#failureText()} has the values. Immutable; any thread. */
public enum HandshakeFailure {
    /** The first bytes are not those of ZMTP. */
    BAD_SIGNATURE,
    /** The peer's greeting names another security mechanism. */
    MECHANISM_MISMATCH,
    /** The peer speaks ZMTP 1.0, or 2.0 where a security mechanism is asked for. */
    VERSION_UNSUPPORTED,
    /** What the peer sent in the place of READY, or the metadata in it, breaks the rules. */
    BAD_READY,
    /** The peer's socket type must not be connected to ours. */
    INCOMPATIBLE_SOCKET_TYPE,
    /** The peer sent ERROR; the text has its reason. */
    REFUSED_BY_PEER,
    /** Our {@link PeerCheck} refused the peer. */
    REFUSED_BY_CHECK,
    /** The peer's handshake is longer than allowed. */
    TOO_LARGE,
    /** The handshake was not complete in time. */
    TIMED_OUT
}
