package io.sluicemq.stat;

import java.util.Optional;

/** Where the connection to a peer stands. */
public enum PeerState {
    /** The connection that this side asked for is not there yet, or not any more; it is tried again. */
    CONNECTING(1),
    /** The peer came to a bound endpoint; greeting and handshake are under way. */
    HANDSHAKING(2),
    /** Messages may flow. */
    READY(3),
    /** Being closed; what is queued may still be sent. */
    CLOSING(4);

    /** In the file; 0 is a free record. */
    final int code;

    PeerState(final int code) {
        this.code = code;
    }

    /** Empty for a free record, and for a number that no state has. */
    static Optional<PeerState> ofCode(final int code) {
        for (final PeerState state : values()) {
            if (state.code == code) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
