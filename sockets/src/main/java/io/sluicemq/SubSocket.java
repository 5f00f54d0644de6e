package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Sockets;
import io.sluicemq.core.Subscriptions;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** Receives the messages whose first frame begins with one of its prefixes; with none it receives nothing (RFC 29). */
public final class SubSocket extends Socket implements Receiver {
    private final Subscriptions subscriptions;

    SubSocket(final ContextCore context, final SocketOptions options, final SubscriberOptions subscriberOptions) {
        this(context, options, new Subscriptions(subscriberOptions.invertMatching()));
    }

    private SubSocket(final ContextCore context, final SocketOptions options, final Subscriptions subscriptions) {
        super(Sockets.sub(context, options, subscriptions));
        this.subscriptions = subscriptions;
    }

    /**
     * Subscribes to a prefix. What is subscribed to twice is to be unsubscribed twice.
     *
     * @param prefix in UTF-8; empty for everything.
     */
    public void subscribe(final String prefix) {
        subscribe(prefix.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Subscribes to a prefix.
     *
     * @param prefix copied; empty for everything.
     */
    public void subscribe(final byte[] prefix) {
        subscriptions.change(true, new UnsafeBuffer(prefix), 0, prefix.length);
    }

    /**
     * Takes one subscription back.
     *
     * @param prefix in UTF-8, as subscribed to.
     */
    public void unsubscribe(final String prefix) {
        unsubscribe(prefix.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Takes one subscription back.
     *
     * @param prefix as subscribed to.
     */
    public void unsubscribe(final byte[] prefix) {
        subscriptions.change(false, new UnsafeBuffer(prefix), 0, prefix.length);
    }
}
