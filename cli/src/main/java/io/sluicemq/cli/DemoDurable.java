package io.sluicemq.cli;

import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.journal.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Publishes lines at QoS 2 to a subscriber in a JVM of its own, which is killed in the middle as by kill -9 and started again; then its
 * results are counted by the ids of their messages.
 */
record DemoDurable(JvmMaker jvms) implements DemoStep {
    private static final String TOPIC = "demo/lines";
    private static final long LOOK_NS = 1_000_000;

    /** It starts two JVMs, and is to take a few seconds on a busy machine, too. */
    private static final int MAX_LINES = 20_000;

    /** Starts JVMs in which roles run. */
    @FunctionalInterface
    interface JvmMaker {
        ProcessHelper start() throws IOException;
    }

    @Override
    public String title() {
        return "durable PUB/SUB over tcp, QoS 2, the subscriber's JVM killed in the middle";
    }

    @Override
    public String run(final DemoRun run) throws InterruptedException, IOException {
        final Path folder = Files.createTempDirectory("sluice-demo");
        try {
            return run(run, folder);
        } finally {
            delete(folder);
        }
    }

    private String run(final DemoRun run, final Path folder) throws InterruptedException, IOException {
        final int messages = Math.min(run.messages(), MAX_LINES);
        final Lines lines = new Lines(run, messages);
        final DurablePublisherOptions options =
                DurablePublisherOptions.builder().listener(lines::onPublished).build();
        try (DurablePublisher publisher = DurablePublisher.open(run.context(), folder.resolve("host"), options)) {
            final String endpoint = publisher.bind("tcp://127.0.0.1:0");
            final String inbox = folder.resolve("inbox").toString();
            final String total = Integer.toString(messages);
            final int half = (messages + 1) / 2;
            try (ProcessHelper first = jvms.start()) {
                // The session is there from then on; what is published while nobody is connected waits for it.
                DemoRun.await(first.start(DemoInbox.SUBSCRIBE, endpoint, inbox, TOPIC));
                lines.publish(publisher, half);
                first.startAndForget(DemoInbox.RECEIVE, endpoint, inbox, total);
                final boolean stored = publisher.awaitStored(lines.index(half / 2), 1, DemoRoles.PATIENCE);
                first.kill();
                DemoRun.check(stored, "the first half of the lines is being stored");
            }
            lines.publish(publisher, messages);
            try (ProcessHelper second = jvms.start()) {
                final CompletableFuture<String> rest = second.start(DemoInbox.RECEIVE, endpoint, inbox, total);
                final String[] counts = DemoRun.await(rest).split("; ", 2);
                DemoRun.check(counts[1].equals(lines.digest.text()), "the results are of each line, once, in order");
                return counts[0] + ", nothing lost, nothing twice";
            }
        }
    }

    /** The lines as they are published, by one thread. */
    private static final class Lines {
        private final PublishOptions how = PublishOptions.builder()
                .qos(QualityOfService.EXACTLY_ONCE)
                .level(Durability.JOURNALED)
                .build();
        private final LineDigest digest = new LineDigest();
        private final DemoRun run;

        /** Written by the publisher's thread, read when all are known to be published. */
        private final AtomicLongArray indexes;

        private final AtomicInteger published = new AtomicInteger();
        private volatile PublishOutcome failure;
        private int next;

        Lines(final DemoRun run, final int messages) {
            this.run = run;
            indexes = new AtomicLongArray(messages);
        }

        /** Publishes up to a number of lines in all, and waits until they survive the end of this process. */
        void publish(final DurablePublisher publisher, final int end) throws InterruptedException {
            while (next < end) {
                final byte[] line = run.line(next);
                final UnsafeBuffer buffer = new UnsafeBuffer(line);
                while (publisher.offer(TOPIC, buffer, 0, line.length, how, next) == PublishOutcome.BACK_PRESSURED) {
                    LockSupport.parkNanos(LOOK_NS);
                }
                digest.add(line);
                next++;
            }
            final long startNs = System.nanoTime();
            while (published.getAcquire() < end && failure == null) {
                DemoRun.check(
                        System.nanoTime() - startNs < DemoRoles.PATIENCE.toNanos(), "all lines are published in time");
                LockSupport.parkNanos(LOOK_NS);
            }
            DemoRun.check(failure == null, "all lines are published, and none " + failure);
        }

        /** The publisher's thread. */
        void onPublished(final long line, final long index, final PublishOutcome outcome) {
            if (outcome == PublishOutcome.PUBLISHED) {
                indexes.setRelease((int) line, index);
            } else {
                failure = outcome;
            }
            published.incrementAndGet();
        }

        long index(final int line) {
            return indexes.getAcquire(line);
        }
    }

    private static void delete(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            // What a folder holds goes before it.
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
