package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Sockets;

/**
 * Hands out work: each message goes to one PULL peer, to all in turn, and a full one is passed over. With no peer, or all of
 * them full, a send waits (RFC 30).
 */
public final class PushSocket extends Socket implements Sender {
    PushSocket(final ContextCore context, final SocketOptions options) {
        super(Sockets.push(context, options));
    }
}
