package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Sockets;

/**
 * Talks to exactly one PAIR peer, both ways (RFC 31); mostly used between two threads. A second peer is turned away.
 */
public final class PairSocket extends Socket implements Sender, Receiver {
    PairSocket(final ContextCore context, final SocketOptions options) {
        super(Sockets.pair(context, options));
    }
}
