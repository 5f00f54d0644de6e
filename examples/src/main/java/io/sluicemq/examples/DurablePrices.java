package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.PublishResult;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.journal.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/** Prices that are published so that they survive, one by one and many at once. */
public final class DurablePrices {
    private static final Duration SECONDS = Duration.ofSeconds(10);
    private static final int MANY = 100;

    private DurablePrices() {}

    /** Uses a directory of its own and removes it afterwards. */
    public static void main(final String[] args) throws IOException, InterruptedException {
        final Path folder = Files.createTempDirectory("prices");
        try (Context context = Context.create()) {
            one(context, folder);
            many(context, folder);
        }
        delete(folder);
    }

    private static void one(final Context context, final Path folder) throws InterruptedException {
        final Path directory = folder.resolve("log");
        final DurableSubscriberOptions named =
                DurableSubscriberOptions.builder("desk-7").build();
        // tag::publish[]
        final PublishOptions once =
                PublishOptions.builder().qos(QualityOfService.EXACTLY_ONCE).build();
        try (DurablePublisher publisher = DurablePublisher.open(context, directory)) {
            final String endpoint = publisher.bind("tcp://127.0.0.1:*");
            // end::publish[]
            try (DurableSubscriber desk = DurableSubscriber.open(context, folder.resolve("inbox"), named)) {
                desk.connect(endpoint);
                desk.subscribe("prices/#", SubscribeOptions.DEFAULTS, SECONDS);
                // tag::stored[]
                final PublishResult result =
                        publisher.publish("prices/gold", "2034.10", once); // survives a loss of power
                final boolean stored =
                        publisher.awaitStored(result.index(), 1, SECONDS); // in one subscriber's inbox, too
                // end::stored[]
                System.out.println(result.outcome() + " " + result.level() + " stored=" + stored);
            }
        }
    }

    private static void many(final Context context, final Path folder) throws InterruptedException {
        final CountDownLatch published = new CountDownLatch(MANY);
        final Path directory = folder.resolve("log");
        final UnsafeBuffer price = new UnsafeBuffer("2034.10".getBytes(StandardCharsets.UTF_8));
        // tag::offer[]
        final DurablePublisherOptions options = DurablePublisherOptions.builder()
                .listener((correlationId, index, outcome) -> published.countDown()) // on the host's thread
                .build();
        final PublishOptions journaled =
                PublishOptions.builder().level(Durability.JOURNALED).build();
        try (DurablePublisher publisher = DurablePublisher.open(context, directory, options)) {
            for (int i = 0; i < MANY; i++) {
                while (publisher.offer("prices/gold", price, 0, price.capacity(), journaled, i)
                        == PublishOutcome.BACK_PRESSURED) {
                    Thread.onSpinWait();
                }
            }
            published.await();
        }
        // end::offer[]
        System.out.println(MANY + " more");
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
