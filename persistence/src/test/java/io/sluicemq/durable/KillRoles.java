package io.sluicemq.durable;

import io.sluicemq.Context;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.JournalOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A publisher or a subscriber in a process of its own, which may be killed at any moment. Each step goes to standard output as a line
 * when it is done, for who keeps the history.
 */
final class KillRoles {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final long PAUSE_NS = 500_000L;

    private KillRoles() {}

    public static void main(final String[] args) throws InterruptedException {
        final Path directory = Path.of(args[1]);
        switch (args[0]) {
            case "publish" -> publish(directory, args[2], Long.parseLong(args[3]), Long.parseLong(args[4]));
            case "subscribe" -> subscribe(directory, args[2]);
            default -> throw new IllegalArgumentException("role=" + args[0] + ", limit=publish|subscribe");
        }
    }

    private static void publish(final Path directory, final String endpoint, final long from, final long to)
            throws InterruptedException {
        final DurablePublisherOptions options = DurablePublisherOptions.builder()
                .journal(JournalOptions.builder().segmentBytes(1 << 20).minFreeBytes(0))
                .build();
        try (Context context = Context.create();
                DurablePublisher publisher = DurablePublisher.open(context, directory, options)) {
            publisher.bind(endpoint);
            tell("up");
            for (long id = from; id < to; id++) {
                tell("invoke " + id);
                final PublishResult result = publisher.publish("kill/" + id % 3, Long.toString(id), how(id));
                // The subscriber acknowledges one by one, which takes longer.
                LockSupport.parkNanos(PAUSE_NS);
                tell((result.outcome() == PublishOutcome.PUBLISHED ? "ok " : "fail ") + id);
            }
            tell("end");
            System.in.read();
        } catch (final java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static PublishOptions how(final long id) {
        return PublishOptions.builder()
                .qos(id % 2 == 0 ? QualityOfService.EXACTLY_ONCE : QualityOfService.AT_LEAST_ONCE)
                .level(Durability.JOURNALED)
                .build();
    }

    private static void subscribe(final Path directory, final String endpoint) throws InterruptedException {
        final DurableSubscriberOptions options = DurableSubscriberOptions.builder("witness")
                .level(Durability.JOURNALED)
                .segmentBytes(1 << 20)
                .build();
        try (Context context = Context.create();
                DurableSubscriber subscriber = DurableSubscriber.open(context, directory, options)) {
            subscriber.connect(endpoint);
            if (!subscriber.awaitHosts(1, LIMIT)) {
                throw new IllegalStateException("hosts=0, limit=1");
            }
            final SubscribeResult subscribed = subscriber.subscribe("kill/+", SubscribeOptions.DEFAULTS, LIMIT);
            tell("up " + subscribed.outcome());
            while (true) {
                final Delivered message = subscriber.receive(LIMIT);
                if (message != null) {
                    take(subscriber, message);
                }
            }
        }
    }

    private static void take(final DurableSubscriber subscriber, final Delivered message) throws InterruptedException {
        final String id = new String(message.payload(), StandardCharsets.UTF_8);
        tell("got " + id + " " + message.isRedelivered() + " " + message.producer() + ":" + message.index());
        final AcknowledgeOutcome outcome = subscriber.acknowledge(message);
        tell("acked " + id + " " + outcome);
    }

    private static void tell(final String line) {
        System.out.println(line);
        System.out.flush();
    }
}
