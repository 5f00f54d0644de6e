package io.sluicemq.bench;

import io.sluicemq.Context;
import io.sluicemq.SendResult;
import io.sluicemq.durable.AcknowledgeListener;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DeliveryHandler;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.DurableReplay;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.PublishListener;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.ReplayOptions;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.durable.SubscribeOutcome;
import io.sluicemq.journal.Durability;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Durable publish/subscribe between two processes; a message counts when its acknowledgement by the application is durable. Options:
 * {@code --directory=D}, {@code --qos=N}, {@code --window=N} messages that are published and not yet durable, and that are delivered and
 * not yet acknowledged, {@code --synced} for the level that survives the loss of power.
 */
final class DurablePerf implements PerfProgram {
    private static final String TOPIC = "bench/rate";
    private static final int RECEIVE_LIMIT = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(100);

    public static void main(final String[] args) {
        PerfProgram.main(new DurablePerf(), args);
    }

    private static QualityOfService qos(final PerfArguments run) {
        return run.qos() == 2 ? QualityOfService.EXACTLY_ONCE : QualityOfService.AT_LEAST_ONCE;
    }

    private static Durability level(final PerfArguments run) {
        return run.synced() ? Durability.SYNCED : Durability.JOURNALED;
    }

    @Override
    public void durablePublish(final PerfArguments run) throws Exception {
        final Publishing publishing = new Publishing(run);
        try (Context context = Context.create();
                DurablePublisher publisher = publishing.open(context)) {
            publisher.bind(run.load().endpoint());
            Mark.await(run.directory(), Mark.SUBSCRIBED);
            publishing.publish(publisher, run.load().total());
            Mark.await(run.directory(), Mark.DONE);
        }
    }

    @Override
    public void durableSubscribe(final PerfArguments run) throws Exception {
        final Receiving receiving = new Receiving(run);
        try (Context context = Context.create();
                DurableSubscriber subscriber = receiving.open(context)) {
            subscribe(subscriber, run.load().endpoint());
            Mark.put(run.directory(), Mark.SUBSCRIBED);
            receiving.receive(subscriber, run.load().total());
            Mark.put(run.directory(), Mark.DONE);
            Figures.rate(receiving.meter.messagesPerSecond());
        }
    }

    private static void subscribe(final DurableSubscriber subscriber, final String endpoint) throws Exception {
        subscriber.connect(endpoint);
        final SubscribeOutcome outcome =
                subscriber.subscribe(TOPIC, SubscribeOptions.DEFAULTS, PATIENCE).outcome();
        if (outcome != SubscribeOutcome.GRANTED) {
            throw new IllegalStateException("subscribe=" + outcome + ", limit=GRANTED, see whether the publisher runs");
        }
    }

    @Override
    public void durableAllocation(final PerfArguments run) throws Exception {
        final Publishing publishing = new Publishing(run);
        final Receiving receiving = new Receiving(run);
        try (Context context = Context.create();
                DurablePublisher publisher = publishing.open(context);
                DurableSubscriber subscriber = receiving.open(context)) {
            publisher.bind(run.load().endpoint());
            subscribe(subscriber, run.load().endpoint());
            Allocations.measure(
                    run.load(),
                    count -> publishing.publish(publisher, count),
                    count -> receiving.receive(subscriber, count));
        }
    }

    @Override
    public void durableReplay(final PerfArguments run) throws Exception {
        final Publishing publishing = new Publishing(run);
        try (Context context = Context.create();
                DurablePublisher publisher = publishing.open(context)) {
            final String endpoint = publisher.bind(run.load().endpoint());
            publishing.publish(publisher, run.load().total());
            final Meter meter = new Meter(run.load());
            final ReplayOptions all = ReplayOptions.builder()
                    .filter(TOPIC)
                    .creditMessages(run.window())
                    .build();
            try (DurableReplay replay = DurableReplay.open(context, endpoint, all)) {
                while (!meter.isComplete()) {
                    if (replay.receive(message -> count(message, meter), RECEIVE_LIMIT, PATIENCE) <= 0) {
                        throw new IllegalStateException("left=" + meter.left() + ", limit=0, " + replay.lastError());
                    }
                }
            }
            Figures.rate(meter.messagesPerSecond());
        }
    }

    private static void count(final Delivered message, final Meter meter) {
        meter.accept(message.buffer(), message.payloadOffset(), message.payloadLength());
    }

    /** What the publishing thread does, and what it is told by the host's thread. */
    private static final class Publishing implements PublishListener {
        private final PerfArguments run;
        private final Window window;
        private final PublishOptions how;
        private final UnsafeBuffer payload;
        private long published;
        private volatile PublishOutcome failure;

        Publishing(final PerfArguments run) {
            this.run = run;
            window = new Window(run.window());
            how = PublishOptions.builder().qos(qos(run)).level(level(run)).build();
            payload = new UnsafeBuffer(new byte[run.load().size()]);
        }

        DurablePublisher open(final Context context) {
            return DurablePublisher.open(
                    context,
                    run.directory().resolve("host"),
                    DurablePublisherOptions.builder().listener(this).build());
        }

        @SuppressWarnings("ThreadPriorityCheck") // the host needs this core
        void publish(final DurablePublisher publisher, final long count) {
            for (long i = 0; i < count; i++) {
                window.begin();
                if (run.load().verify()) {
                    Payload.fill(payload, payload.capacity(), published);
                }
                published++;
                while (offer(publisher) == PublishOutcome.BACK_PRESSURED) {
                    Thread.yield();
                }
                if (failure != null) {
                    throw new IllegalStateException("published=" + failure + ", limit=PUBLISHED, make room");
                }
            }
            window.awaitAll();
        }

        private PublishOutcome offer(final DurablePublisher publisher) {
            return publisher.offer(TOPIC, payload, 0, payload.capacity(), how, published);
        }

        @Override
        public void onPublished(final long correlationId, final long index, final PublishOutcome outcome) {
            if (outcome != PublishOutcome.PUBLISHED) {
                failure = outcome;
            }
            window.end();
        }
    }

    /** What the receiving thread does, and what it is told by the subscriber's thread. */
    private static final class Receiving implements AcknowledgeListener {
        private final PerfArguments run;
        private final Meter meter;
        private final DeliveryHandler onDelivery = this::onDelivery;
        private DurableSubscriber from;
        private long handed;
        private long acknowledged;
        private volatile long expected = Long.MAX_VALUE;
        private volatile CountDownLatch done;

        Receiving(final PerfArguments run) {
            this.run = run;
            meter = new Meter(run.load());
        }

        DurableSubscriber open(final Context context) {
            return DurableSubscriber.open(
                    context,
                    run.directory().resolve("inbox"),
                    DurableSubscriberOptions.builder("bench")
                            .level(level(run))
                            .receiveMaximum(run.window())
                            .acknowledgeListener(this)
                            .build());
        }

        /** Receives more messages, and waits until their acknowledgements are durable. */
        void receive(final DurableSubscriber subscriber, final long count) throws InterruptedException {
            from = subscriber;
            done = new CountDownLatch(1);
            final long until = handed + count;
            expected = until;
            while (handed < until) {
                subscriber.receive(onDelivery, RECEIVE_LIMIT, LOOK);
            }
            done.await();
        }

        @SuppressWarnings("ThreadPriorityCheck") // the subscriber needs this core
        private void onDelivery(final Delivered message) {
            if (run.load().verify()) {
                Payload.check(message.buffer(), message.payloadOffset(), message.payloadLength(), handed);
            }
            if (message.payloadLength() != run.load().size()) {
                throw new IllegalStateException("messageBytes=" + message.payloadLength() + ", limit="
                        + run.load().size() + ", give both sides the same SIZE");
            }
            handed++;
            while (from.tryAcknowledge(message.producer(), message.index(), handed) == SendResult.BACK_PRESSURED) {
                Thread.yield();
            }
        }

        @Override
        public void onAcknowledged(final long correlationId, final AcknowledgeOutcome outcome) {
            if (outcome != AcknowledgeOutcome.DURABLE) {
                throw new IllegalStateException("acknowledge=" + outcome + ", limit=DURABLE, make room");
            }
            meter.count();
            if (++acknowledged == expected) {
                done.countDown();
            }
        }
    }
}
