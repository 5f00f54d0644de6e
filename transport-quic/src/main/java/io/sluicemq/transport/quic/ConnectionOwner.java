package io.sluicemq.transport.quic;

/** Who has a UDP socket for a connection. Agent. */
@FunctionalInterface
interface ConnectionOwner {
    /** The handshake of QUIC is done. At most once. */
    default void onShaken() {}

    /** QUIC has nothing more to do. Once. */
    void onGone(QuicConnection connection);
}
