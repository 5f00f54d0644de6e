package io.sluicemq.testkit.peers;

/** A peer refused a verb, did not answer in time, died, or received what it should not have. The text says which and where. */
public final class PeerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Without a cause.
     *
     * @param message names the peer, the verb and the trouble.
     */
    public PeerException(final String message) {
        super(message);
    }

    /**
     * With a cause.
     *
     * @param message names the peer, the verb and the trouble.
     * @param cause of the trouble.
     */
    public PeerException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
