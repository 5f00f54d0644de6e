package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Sockets;
import io.sluicemq.core.Subscriptions;

/**
 * A SUB that subscribes by sending: {@code 01 prefix} subscribes, {@code 00 prefix} takes back, and any other message goes
 * upstream to all publishers, which an XPUB receives (RFC 29).
 */
public final class XSubSocket extends Socket implements Sender, Receiver {
    XSubSocket(final ContextCore context, final SocketOptions options, final SubscriberOptions subscriberOptions) {
        super(Sockets.xsub(context, options, new Subscriptions(subscriberOptions.invertMatching())));
    }
}
