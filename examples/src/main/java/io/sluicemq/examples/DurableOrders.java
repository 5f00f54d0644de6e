package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurableReplay;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.ReplayOptions;
import io.sluicemq.durable.ResultReader;
import io.sluicemq.durable.SubscribeOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/** Orders that are published, processed once each, and read again later. */
public final class DurableOrders {
    private static final Duration SECONDS = Duration.ofSeconds(10);
    private static final PublishOptions ONCE =
            PublishOptions.builder().qos(QualityOfService.EXACTLY_ONCE).build();

    private DurableOrders() {}

    /** Uses a directory of its own and removes it afterwards. */
    public static void main(final String[] args) throws IOException, InterruptedException {
        final Path folder = Files.createTempDirectory("orders");
        final Path inbox = folder.resolve("inbox");
        try (Context context = Context.create();
                DurablePublisher publisher = DurablePublisher.open(context, folder.resolve("log"))) {
            final String endpoint = publisher.bind("tcp://127.0.0.1:*");
            // tag::open[]
            final DurableSubscriberOptions options =
                    DurableSubscriberOptions.builder("desk-7").build(); // the name of its sessions
            try (DurableSubscriber subscriber = DurableSubscriber.open(context, inbox, options)) {
                subscriber.connect(endpoint);
                subscriber.subscribe("orders/#", SubscribeOptions.DEFAULTS, SECONDS);
                // end::open[]
                publisher.publish("orders/1", "two pieces", ONCE);
                publisher.publish("orders/2", "three pieces", ONCE);
                process(subscriber);
                book(subscriber);
                printResults(subscriber);
            }
            replay(context, endpoint);
        }
        delete(folder);
    }

    private static void process(final DurableSubscriber subscriber) throws InterruptedException {
        // tag::receive[]
        final Delivered message = subscriber.receive(SECONDS); // null when the time is over
        System.out.println(message.topic() + ": " + message.text());
        subscriber.acknowledge(message); // when it returns, the message never comes again
        // end::receive[]
    }

    private static void book(final DurableSubscriber subscriber) throws InterruptedException {
        // tag::append[]
        subscriber.receiveAndAppend(
                (message, result) -> result.putStringWithoutLengthUtf8(0, "booked " + message.text()), 100, SECONDS);
        // end::append[]
    }

    private static void printResults(final DurableSubscriber subscriber) throws InterruptedException {
        // tag::results[]
        final long[] last = {0};
        try (ResultReader results = subscriber.results()) {
            results.poll(
                    (position, producer, index, buffer, offset, length) -> {
                        System.out.println(buffer.getStringWithoutLengthUtf8(offset, length));
                        last[0] = position;
                    },
                    100);
        }
        subscriber.releaseResults(last[0]);
        // end::results[]
    }

    private static void replay(final Context context, final String endpoint) throws InterruptedException {
        // tag::replay[]
        final ReplayOptions all = ReplayOptions.builder().filter("orders/+").build();
        try (DurableReplay replay = DurableReplay.open(context, endpoint, all)) {
            while (replay.receive(message -> System.out.println("again " + message.topic()), 100, SECONDS) > 0) {
                // until all came; replay.nextIndex() is where to go on later
            }
        }
        // end::replay[]
    }

    private static void delete(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
