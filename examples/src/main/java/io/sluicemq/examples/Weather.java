package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.SubSocket;
import java.time.Duration;

/** A publisher that waits for its subscriber, so that not even the first report is lost. */
public final class Weather {
    private Weather() {}

    /** Publishes three reports, of which one subscriber wants two. */
    public static void main(final String[] args) throws InterruptedException {
        try (Context context = Context.create();
                PubSocket reports = context.pub();
                SubSocket berlin = context.sub()) {
            final String endpoint = reports.bind("tcp://127.0.0.1:0");

            // tag::sub[]
            berlin.connect(endpoint);
            berlin.subscribe("berlin.");
            // end::sub[]

            // tag::pub[]
            if (!reports.awaitSubscribers("berlin.temperature", 1, Duration.ofSeconds(5))) {
                throw new IllegalStateException("subscribers=0, limit=1, start one");
            }
            reports.send(Message.of("berlin.temperature", "21"));
            reports.send(Message.of("paris.temperature", "24"));
            reports.send(Message.of("berlin.wind", "3"));
            // end::pub[]

            // tag::receive[]
            for (int i = 0; i < 2; i++) {
                final Message report = berlin.receiveMessage();
                System.out.println(report.text(0) + "=" + report.text(1));
            }
            // end::receive[]
        }
    }
}
