package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.SubSocket;
import io.sluicemq.XPubSocket;
import io.sluicemq.XSubSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** An XSUB and an XPUB between a publisher and a subscriber: subscriptions go up, messages come down. */
public final class Forwarder {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private Forwarder() {}

    /** Forwards one subscription and one message by hand; {@link io.sluicemq.Proxy} does so for good. */
    public static void main(final String[] args) throws InterruptedException {
        try (Context context = Context.create();
                PubSocket publisher = context.pub();
                XSubSocket upstream = context.xsub();
                XPubSocket downstream = context.xpub();
                SubSocket subscriber = context.sub()) {
            upstream.connect(publisher.bind("tcp://127.0.0.1:0"));
            subscriber.connect(downstream.bind("tcp://127.0.0.1:0"));
            subscriber.subscribe("news.");

            // tag::xpub[]
            final Message subscription = downstream.receiveMessage(); // 01 and the prefix, or 00 and the prefix
            final byte[] frame = subscription.frame(0);
            final String prefix = new String(frame, 1, frame.length - 1, StandardCharsets.UTF_8);
            System.out.println((frame[0] == 1 ? "subscribed to " : "cancelled ") + prefix);
            // end::xpub[]

            // tag::xsub[]
            upstream.send(subscription); // the same bytes subscribe here
            // end::xsub[]
            publisher.awaitSubscribers("news.sport", 1, LIMIT);
            publisher.send("news.sport: 2 to 1");

            // tag::forward[]
            downstream.send(upstream.receiveMessage());
            // end::forward[]
            System.out.println(subscriber.receiveMessage().text());
        }
    }
}
