package io.sluicemq.transport.quic;

import io.sluicemq.transport.stream.StreamChannel;
import io.sluicemq.wire.PeerMetadata;
import java.util.Map;

/** Who has a UDP socket for a connection. Agent. */
@FunctionalInterface
interface ConnectionOwner {
    /** The handshake of QUIC is done. At most once. */
    default void onShaken() {}

    /** As {@link StreamChannel#properties}. */
    default Map<String, byte[]> properties(final QuicConnection connection) {
        return Map.of();
    }

    /** As {@link StreamChannel#onPeer}. */
    default void onPeer(final PeerMetadata peer) {}

    /** QUIC has nothing more to do. Once. */
    void onGone(QuicConnection connection);
}
