package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Sockets;

/**
 * Takes work from PUSH peers, from all in turn (RFC 30).
 */
public final class PullSocket extends Socket implements Receiver {
    PullSocket(final ContextCore context, final SocketOptions options) {
        super(Sockets.pull(context, options));
    }
}
