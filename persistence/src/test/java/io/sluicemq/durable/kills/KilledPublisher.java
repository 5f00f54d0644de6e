package io.sluicemq.durable.kills;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.PublishResult;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.kills.Event.Phase;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.JournalOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A publisher to be killed: threads that publish, each in the order of its ids, and write down each step. */
final class KilledPublisher {
    /** An id modulo this is the thread. */
    static final int THREADS = 2;

    /** The number that a subscriber gives to its only host. */
    private static final int PRODUCER = 1;

    private static final int SEGMENT_BYTES = 1 << 20;
    private static final int LARGE_BYTES = 8 << 10;
    private static final int MAX_PAUSE_NS = 1_000_000;
    private static final int SYNCED_ONE_IN = 8;

    /** So often a thread waits for the subscriber, so that it does not run away from one that is slow. */
    private static final int WAIT_EVERY = 64;

    private static final Duration WAIT = Duration.ofMillis(300);

    private final DurablePublisher publisher;
    private final Tape tape;

    private KilledPublisher(final DurablePublisher publisher, final Tape tape) {
        this.publisher = publisher;
        this.tape = tape;
    }

    /**
     * Publishes, and stays until it is killed.
     *
     * @param arguments port of the recorder, name of this life, directory, endpoint, first id, id to stop before.
     */
    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final DurablePublisherOptions options = DurablePublisherOptions.builder()
                .journal(JournalOptions.builder()
                        .segmentBytes(SEGMENT_BYTES)
                        .minFreeBytes(0)
                        .retainBytes(0)
                        .retainFor(Duration.ZERO))
                .build();
        try (Tape tape = new Tape(Integer.parseInt(arguments[0]), arguments[1]);
                Context context = Context.create();
                DurablePublisher publisher = DurablePublisher.open(context, Path.of(arguments[2]), options)) {
            publisher.bind(arguments[3]);
            tape.info(Event.UP, "");
            final KilledPublisher killed = new KilledPublisher(publisher, tape);
            final List<Thread> threads = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                final long from = Long.parseLong(arguments[4]) + thread;
                threads.add(new Thread(() -> killed.publish(from, Long.parseLong(arguments[5])), "publish-" + thread));
            }
            threads.forEach(Thread::start);
            for (final Thread thread : threads) {
                thread.join();
            }
            tape.info(Event.DONE, "");
            while (System.in.read() >= 0) {
                // Nobody writes; it ends with who started us.
            }
        }
    }

    /** Every other one of a thread. */
    static boolean isExactlyOnce(final long id) {
        return id / THREADS % 2 == 0;
    }

    private void publish(final long from, final long to) {
        final Random random = new Random(from);
        final byte[] noise = new byte[LARGE_BYTES];
        random.nextBytes(noise);
        try {
            for (long id = from; id < to; id += THREADS) {
                publish(id, payload(id, random, noise));
                LockSupport.parkNanos(random.nextInt(MAX_PAUSE_NS));
            }
        } catch (final InterruptedException | RuntimeException e) {
            tape.info(Event.VIOLATION, e.toString());
        }
    }

    /** Some are large, so that segments roll; what compresses would not do. */
    private static byte[] payload(final long id, final Random random, final byte[] noise) {
        final byte[] text = (id + " ").getBytes(StandardCharsets.UTF_8);
        final int bytes = random.nextInt(4) == 0 ? random.nextInt(LARGE_BYTES) : random.nextInt(64);
        final byte[] payload = new byte[text.length + bytes];
        System.arraycopy(text, 0, payload, 0, text.length);
        System.arraycopy(noise, 0, payload, text.length, bytes);
        return payload;
    }

    private void publish(final long id, final byte[] payload) throws InterruptedException {
        final long number = id / THREADS;
        final PublishOptions how = PublishOptions.builder()
                .qos(isExactlyOnce(id) ? QualityOfService.EXACTLY_ONCE : QualityOfService.AT_LEAST_ONCE)
                .level(number % SYNCED_ONE_IN == 0 ? Durability.SYNCED : Durability.JOURNALED)
                .build();
        tape.write(Phase.INVOKE, Event.PUBLISH, id, "");
        final PublishResult result = publisher.publish("kill/" + id % 3, payload, how);
        if (result.outcome() == PublishOutcome.PUBLISHED) {
            tape.write(Phase.OK, Event.PUBLISH, id, PRODUCER + ":" + result.index());
        } else {
            tape.write(
                    result.outcome() == PublishOutcome.UNKNOWN ? Phase.INFO : Phase.FAIL,
                    Event.PUBLISH,
                    id,
                    result.outcome().name());
        }
        if (number % WAIT_EVERY == WAIT_EVERY - 1) {
            awaitProcessed(id, result.index());
        }
    }

    /** Of QoS 1, as only odd numbers come here. */
    private void awaitProcessed(final long id, final long index) throws InterruptedException {
        try {
            if (publisher.awaitProcessed(index, 1, WAIT)) {
                tape.write(Phase.OK, Event.PROCESSED, id, "");
            }
        } catch (final IllegalArgumentException e) {
            // The subscriber has all of this segment, and it is deleted.
            tape.write(Phase.INFO, Event.PROCESSED, id, "gone");
        }
    }
}
