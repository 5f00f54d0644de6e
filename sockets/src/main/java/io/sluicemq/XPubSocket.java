package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.FanOut;
import io.sluicemq.core.Sockets;
import io.sluicemq.core.SubscriptionFeed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A PUB that sees its subscriptions: it receives {@code 01 prefix} for each new one and {@code 00 prefix} for each that ends,
 * among the messages that subscribers send upstream (RFC 29).
 */
public final class XPubSocket extends Socket implements Sender, Receiver {
    private final FanOut fanOut;

    XPubSocket(final ContextCore context, final SocketOptions options, final PublisherOptions publisherOptions) {
        this(context, options, publisherOptions, new SubscriptionFeed());
    }

    private XPubSocket(
            final ContextCore context,
            final SocketOptions options,
            final PublisherOptions publisherOptions,
            final SubscriptionFeed feed) {
        this(context, options, new FanOut(publisherOptions, feed), feed);
    }

    private XPubSocket(
            final ContextCore context, final SocketOptions options, final FanOut fanOut, final SubscriptionFeed feed) {
        super(Sockets.xpub(context, options, fanOut, feed));
        this.fanOut = fanOut;
    }

    /**
     * Waits until a topic has subscribers, so that the first message published to it is not lost.
     *
     * @param topic in UTF-8.
     * @param count of subscribers that a message of this topic would go to.
     * @param timeout longest wait.
     * @return whether they are there.
     * @throws InterruptedException when the thread is interrupted while it waits.
     */
    public boolean awaitSubscribers(final String topic, final int count, final Duration timeout)
            throws InterruptedException {
        final byte[] bytes = topic.getBytes(StandardCharsets.UTF_8);
        final UnsafeBuffer view = new UnsafeBuffer(bytes);
        return core().await(() -> fanOut.subscriberCount(view, bytes.length) >= count, timeout);
    }

    /**
     * With {@link PublisherOptions#manual()}: subscribes the peer whose message was received last.
     *
     * @param prefix copied.
     * @return false when no peer has sent anything yet.
     */
    public boolean subscribePeer(final byte[] prefix) {
        return fanOut.changeForLastPeer(true, prefix);
    }

    /**
     * With {@link PublisherOptions#manual()}: cancels a subscription of the peer whose message was received last.
     *
     * @param prefix of the subscription.
     * @return false when no peer has sent anything yet.
     */
    public boolean cancelPeer(final byte[] prefix) {
        return fanOut.changeForLastPeer(false, prefix);
    }
}
