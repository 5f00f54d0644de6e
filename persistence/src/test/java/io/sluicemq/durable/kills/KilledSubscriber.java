package io.sluicemq.durable.kills;

import io.sluicemq.Context;
import io.sluicemq.SendResult;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.durable.SubscribeResult;
import io.sluicemq.durable.SubscriberStats;
import io.sluicemq.durable.kills.Event.Phase;
import io.sluicemq.journal.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.agrona.MutableDirectBuffer;

/** A subscriber to be killed: receives, acknowledges in several ways, and writes down each step. */
final class KilledSubscriber {
    /** How the inbox is used: with results that nobody releases, so that all of it stays; or so that what is processed goes. */
    static final String KEEPING = "keeping";

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration RECEIVE = Duration.ofMillis(500);
    private static final Duration AWAIT_HOSTS = Duration.ofMillis(200);
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final long INBOX_BYTES = 16L << 30;
    private static final long LOOK_NS = 3_000_000L;
    private static final int MAX_BATCH = 32;
    private static final int MAX_HELD = 20;
    private static final int DECIMAL = 10;

    private final DurableSubscriber subscriber;
    private final Tape tape;
    private final boolean keeping;
    private final boolean slowDisk;
    private final Random random = new Random();
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<Long> appended = new ArrayList<>();
    private boolean resultsBegun;

    /** Guarded by this. */
    private long seenEnds;

    /** Guarded by this. */
    private boolean connected;

    /** Received, and not acknowledged. */
    private record Waiting(long id, int producer, long index) {}

    private KilledSubscriber(
            final DurableSubscriber subscriber, final Tape tape, final boolean keeping, final boolean slowDisk) {
        this.subscriber = subscriber;
        this.tape = tape;
        this.keeping = keeping;
        this.slowDisk = slowDisk;
    }

    /**
     * Receives until it is killed.
     *
     * @param arguments port of the recorder, name of this life, directory, endpoint, level, {@link #KEEPING} or another word.
     */
    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final Durability level = Durability.valueOf(arguments[4]);
        try (Tape tape = new Tape(Integer.parseInt(arguments[0]), arguments[1])) {
            final DurableSubscriberOptions options = DurableSubscriberOptions.builder("witness")
                    .level(level)
                    .segmentBytes(SEGMENT_BYTES)
                    .inboxMaxBytes(INBOX_BYTES)
                    .acknowledgeListener((id, outcome) -> acknowledged(tape, id, outcome))
                    .build();
            try (Context context = Context.create();
                    DurableSubscriber subscriber = DurableSubscriber.open(context, Path.of(arguments[2]), options)) {
                final boolean keeping = KEEPING.equals(arguments[5]);
                new KilledSubscriber(subscriber, tape, keeping, level == Durability.SYNCED).run(arguments[3]);
            }
        }
    }

    private static void acknowledged(final Tape tape, final long id, final AcknowledgeOutcome outcome) {
        tape.write(
                outcome == AcknowledgeOutcome.DURABLE ? Phase.OK : Phase.FAIL, Event.ACKNOWLEDGE, id, outcome.name());
    }

    private void run(final String endpoint) throws InterruptedException {
        subscriber.connect(endpoint);
        final Thread watch = new Thread(this::watch, "watch");
        watch.setDaemon(true);
        watch.start();
        while (true) {
            // Not before the first result is in the inbox, from which on all is kept.
            if (keeping && (!resultsBegun || random.nextBoolean())) {
                receiveAndAppend();
            } else {
                subscriber.receive(this::onDelivery, 1 + random.nextInt(MAX_BATCH), RECEIVE);
                acknowledgeSome();
            }
        }
    }

    /** Sees to it that each session is written down some time after it began, and subscribes. */
    private void watch() {
        try {
            boolean subscribed = false;
            while (true) {
                noteConnections();
                if (subscriber.awaitHosts(1, AWAIT_HOSTS)) {
                    noteConnected();
                    if (!subscribed) {
                        final SubscribeResult result = subscriber.subscribe("kill/+", SubscribeOptions.DEFAULTS, LIMIT);
                        subscribed = true;
                        tape.info(Event.UP, result.outcome().name());
                    }
                }
                LockSupport.parkNanos(LOOK_NS);
            }
        } catch (final InterruptedException | RuntimeException e) {
            tape.info(Event.VIOLATION, e.toString());
        }
    }

    /** Before a message of a new connection is written down, the end of the older one is. */
    private synchronized void noteConnections() {
        final SubscriberStats stats = subscriber.stats();
        final long ends = stats.connectionsLost() + stats.violations();
        if (ends != seenEnds) {
            seenEnds = ends;
            connected = false;
            tape.info(Event.LOST, stats.lastError());
        }
        if (stats.violations() > 0) {
            tape.info(Event.VIOLATION, stats.lastError());
        }
    }

    private synchronized void noteConnected() {
        noteConnections();
        final boolean isNews = !connected && subscriber.stats().hosts() > 0;
        if (isNews) {
            connected = true;
            tape.info(Event.CONNECTED, "");
        }
    }

    private static long id(final Delivered message) {
        long id = 0;
        for (int at = message.payloadOffset(); message.buffer().getByte(at) != ' '; at++) {
            id = id * DECIMAL + message.buffer().getByte(at) - '0';
        }
        return id;
    }

    private long received(final Delivered message) {
        noteConnections();
        final long id = id(message);
        final String mark = message.isRedelivered() ? "marked" : "first";
        tape.write(
                Phase.OK,
                Event.RECEIVE,
                id,
                mark + ' ' + message.producer() + ':' + message.index() + ' ' + message.qos());
        return id;
    }

    private void onDelivery(final Delivered message) {
        waiting.add(new Waiting(received(message), message.producer(), message.index()));
    }

    private void receiveAndAppend() throws InterruptedException {
        appended.clear();
        final int durable = subscriber.receiveAndAppend(this::append, 1 + random.nextInt(MAX_BATCH), RECEIVE);
        for (int i = 0; i < durable; i++) {
            tape.write(Phase.OK, Event.ACKNOWLEDGE, appended.get(i), "");
        }
        resultsBegun |= durable > 0;
    }

    private int append(final Delivered message, final MutableDirectBuffer result) {
        final long id = received(message);
        appended.add(id);
        result.putLong(0, id);
        tape.write(Phase.INVOKE, Event.ACKNOWLEDGE, id, "");
        return Long.BYTES;
    }

    /** Some at once, some together, some later than others that came after them. */
    private void acknowledgeSome() throws InterruptedException {
        for (int i = 0; i < waiting.size(); ) {
            if (i < MAX_HELD && random.nextInt(8) == 0) {
                i++;
            } else {
                acknowledge(waiting.remove(i));
            }
        }
    }

    private void acknowledge(final Waiting message) throws InterruptedException {
        tape.write(Phase.INVOKE, Event.ACKNOWLEDGE, message.id, "");
        final boolean alone = random.nextInt(slowDisk ? 16 : 2) == 0;
        if (alone || subscriber.tryAcknowledge(message.producer, message.index, message.id) != SendResult.SENT) {
            acknowledged(tape, message.id, subscriber.acknowledge(message.producer, message.index, LIMIT));
        }
    }
}
