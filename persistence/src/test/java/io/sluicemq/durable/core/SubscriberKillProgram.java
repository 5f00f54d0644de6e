package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A subscriber to be killed. Says on standard output what it was handed, and what it has acknowledged. */
final class SubscriberKillProgram {
    private SubscriberKillProgram() {}

    /** That it ends when nobody is left to kill it; more than the test's own limit. */
    private static final long LIFE_LIMIT_NS = TimeUnit.SECONDS.toNanos(300);

    /**
     * Receives until it is killed.
     *
     * @param arguments endpoint of the host, directory of the inbox.
     */
    public static void main(final String[] arguments) throws InterruptedException {
        final long startNs = System.nanoTime();
        try (Context context = Context.create();
                DurableSubscriber subscriber = DurableSubscriber.open(
                        context,
                        Path.of(arguments[1]),
                        DurableSubscriberOptions.builder("desk")
                                .segmentBytes(1 << 20)
                                .build())) {
            subscriber.connect(arguments[0]);
            int number = 0;
            Delivered held = null;
            while (System.nanoTime() - startNs < LIFE_LIMIT_NS) {
                final Delivered message = subscriber.receive(Duration.ofMillis(100));
                if (message == null) {
                    // It may have been the last of all.
                    if (held != null) {
                        acknowledge(subscriber, held);
                        held = null;
                    }
                    continue;
                }
                System.out.println("handed " + message.index() + ' ' + message.isRedelivered() + " .");
                number++;
                // Some are acknowledged later than the next one.
                if (held == null && number % 5 == 0) {
                    held = message;
                } else {
                    acknowledge(subscriber, message);
                    if (held != null) {
                        acknowledge(subscriber, held);
                        held = null;
                    }
                }
            }
        }
    }

    private static void acknowledge(final DurableSubscriber subscriber, final Delivered message)
            throws InterruptedException {
        System.out.println("acknowledging " + message.index() + " .");
        final AcknowledgeOutcome outcome = subscriber.acknowledge(message);
        if (outcome != AcknowledgeOutcome.DURABLE) {
            throw new IllegalStateException("outcome=" + outcome + " of " + message);
        }
        System.out.println("acknowledged " + message.index() + " .");
    }
}
