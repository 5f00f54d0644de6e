package io.sluicemq.core;

import io.sluicemq.SocketOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;
import java.security.SecureRandom;

/** What a socket says of itself in handshakes. */
final class Handshakes {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Handshakes() {}

    static HandshakeConfig config(final SocketType type, final SocketOptions options) {
        final HandshakeConfig.Builder builder = HandshakeConfig.builder(type)
                .routingId(options.routingId())
                .peerCheck(options.peerCheck())
                .handshakeTimeoutNs(options.pipeOptions().handshakeTimeoutNs());
        options.properties().forEach(builder::property);
        return builder.countsId(newId()).build();
    }

    /** Not 0, and one that a stranger cannot guess: who names it may settle accounts under it. */
    private static long newId() {
        long id = 0;
        while (id == 0) {
            id = RANDOM.nextLong();
        }
        return id;
    }
}
