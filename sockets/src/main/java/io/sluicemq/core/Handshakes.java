package io.sluicemq.core;

import io.sluicemq.SocketOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;

/** What a socket says of itself in handshakes. */
final class Handshakes {
    private Handshakes() {}

    static HandshakeConfig config(final SocketType type, final SocketOptions options) {
        final HandshakeConfig.Builder builder = HandshakeConfig.builder(type)
                .routingId(options.routingId())
                .peerCheck(options.peerCheck())
                .handshakeTimeoutNs(options.pipeOptions().handshakeTimeoutNs());
        options.properties().forEach(builder::property);
        return builder.build();
    }
}
