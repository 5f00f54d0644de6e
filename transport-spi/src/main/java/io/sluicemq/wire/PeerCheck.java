package io.sluicemq.wire;

/**
 * The application's word on whether a peer may connect, asked once per handshake, when the peer's metadata is known and
 * its socket type found legal.
 *
 * <p>Called on the I/O agent: it must not block. What it throws counts as a refusal.
 */
@FunctionalInterface
public interface PeerCheck {
    /** Lets every peer in; another one that does so counts as one that may refuse. */
    PeerCheck ACCEPT_ALL = peer -> null;

    /**
     * Accepts or refuses a peer.
     *
     * @param peer what it told about itself; with the NULL mechanism nothing of it is proven.
     * @return null to accept, else the reason, which is sent to the peer in ERROR (255 ASCII characters at the most).
     */
    String refusal(PeerMetadata peer);
}
