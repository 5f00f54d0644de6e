package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.PublishResult;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.JournalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A host to be killed. Says on standard output what it has published. */
final class SharedKillProgram {
    private static final long PAUSE_NS = 1_000_000L;

    private SharedKillProgram() {}

    /**
     * Publishes numbers in their order, then waits for its end.
     *
     * @param arguments endpoint, directory of the journal, first number, number behind the last.
     */
    public static void main(final String[] arguments) throws InterruptedException, IOException {
        final DurablePublisherOptions options = DurablePublisherOptions.builder()
                .journal(JournalOptions.builder()
                        .segmentBytes(1 << 20)
                        .minFreeBytes(0)
                        .retainBytes(0))
                .build();
        try (Context context = Context.create();
                DurablePublisher publisher = DurablePublisher.open(context, Path.of(arguments[1]), options)) {
            publisher.bind(arguments[0]);
            System.out.println("up 0 .");
            // Who is not connected yet is assigned nothing.
            while (publisher.stats().connections() < SharedKillTest.MEMBERS) {
                LockSupport.parkNanos(PAUSE_NS);
            }
            final long end = Long.parseLong(arguments[3]);
            for (long number = Long.parseLong(arguments[2]); number < end; number++) {
                System.out.println("publishing " + number + " .");
                final PublishResult result =
                        publisher.publish("shared/" + number % 3, Long.toString(number), how(number));
                if (result.outcome() != PublishOutcome.PUBLISHED) {
                    throw new IllegalStateException("outcome=" + result.outcome());
                }
                System.out.println("published " + number + " .");
            }
            System.in.read();
        }
    }

    private static PublishOptions how(final long number) {
        return PublishOptions.builder()
                .qos(number % 2 == 0 ? QualityOfService.EXACTLY_ONCE : QualityOfService.AT_LEAST_ONCE)
                .level(Durability.JOURNALED)
                .build();
    }
}
