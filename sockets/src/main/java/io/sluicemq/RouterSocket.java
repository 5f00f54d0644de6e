package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Sockets;

/**
 * Talks to peers by their routing id (RFC 28): each message received starts with a frame that is the sender's id, and each
 * sent must start with the id of the peer it is for.
 */
public final class RouterSocket extends Socket implements Sender, Receiver {
    RouterSocket(final ContextCore context, final SocketOptions options, final RouterOptions routerOptions) {
        super(Sockets.router(context, options, routerOptions));
    }
}
