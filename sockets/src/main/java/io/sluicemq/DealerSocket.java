package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Sockets;

/**
 * Asks without turns: messages go out to the peers in turn and come in from all in turn (RFC 28). Frames are sent and
 * received as they are; a REP peer needs an empty frame before the request.
 */
public final class DealerSocket extends Socket implements Sender, Receiver {
    DealerSocket(final ContextCore context, final SocketOptions options, final DealerOptions dealerOptions) {
        super(Sockets.dealer(context, options, dealerOptions.probe()));
    }
}
