package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.FanOut;
import io.sluicemq.core.Sockets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Publishes: each message goes to every subscriber with a prefix that its first frame begins with (RFC 29). A send never
 * waits, and always says {@link SendResult#SENT}: for a subscriber that is full the message is dropped and counted under
 * {@link DropCause#HIGH_WATER_MARK}, unless {@link PublisherOptions#noDrop()} is set.
 */
public final class PubSocket extends Socket implements Sender {
    private final FanOut fanOut;

    PubSocket(final ContextCore context, final SocketOptions options, final PublisherOptions publisherOptions) {
        this(context, options, new FanOut(publisherOptions, null));
    }

    private PubSocket(final ContextCore context, final SocketOptions options, final FanOut fanOut) {
        super(Sockets.pub(context, options, fanOut));
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
}
