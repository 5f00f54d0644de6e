package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.ResultReader;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.durable.SubscribeOutcome;
import io.sluicemq.journal.Durability;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** The subscriber's side of {@link DemoDurable}: for each line it writes a result, which is the line, and in the end reads all results. */
final class DemoInbox {
    /** Makes the session. */
    static final String SUBSCRIBE = "durable-subscribe";

    /** Receives until there is a result of each line. */
    static final String RECEIVE = "durable-receive";

    private static final int LIMIT = 1_000;

    private final DurableSubscriber subscriber;
    private final LineDigest digest = new LineDigest();
    private final Set<Long> ids = new HashSet<>();
    private long results;
    private long twice;
    private long again;

    private DemoInbox(final DurableSubscriber subscriber) {
        this.subscriber = subscriber;
    }

    private static DurableSubscriber open(final Context context, final String endpoint, final String directory)
            throws InterruptedException {
        final DurableSubscriber subscriber = DurableSubscriber.open(
                context,
                Path.of(directory),
                DurableSubscriberOptions.builder("demo")
                        .level(Durability.JOURNALED)
                        .build());
        subscriber.connect(endpoint);
        return subscriber;
    }

    static String subscribe(final Context context, final String endpoint, final String directory, final String topic)
            throws InterruptedException {
        try (DurableSubscriber subscriber = open(context, endpoint, directory)) {
            final SubscribeOutcome outcome = subscriber
                    .subscribe(topic, SubscribeOptions.DEFAULTS, DemoRoles.PATIENCE)
                    .outcome();
            DemoRun.check(outcome == SubscribeOutcome.GRANTED, "the subscription is granted");
            return outcome.toString();
        }
    }

    /** Returns the counts, {@code "; "}, and the digest of all results. */
    static String receive(final Context context, final String endpoint, final String directory, final int lines)
            throws InterruptedException {
        try (DurableSubscriber subscriber = open(context, endpoint, directory)) {
            return new DemoInbox(subscriber).receive(lines);
        }
    }

    private String receive(final int lines) throws InterruptedException {
        try (ResultReader reader = subscriber.results()) {
            readResults(reader);
            final long before = results;
            while (results < lines) {
                final int count = subscriber.receiveAndAppend(this::process, LIMIT, DemoRoles.PATIENCE);
                DemoRun.check(count > 0, "a line comes within " + DemoRoles.PATIENCE.toSeconds() + " s");
                readResults(reader);
            }
            DemoRun.check(twice == 0, "no message has two results, and not " + twice);
            return ids.size() + " ids, " + before + " of them before the kill, " + again + " handed over again; "
                    + digest.text();
        }
    }

    private int process(final Delivered message, final MutableDirectBuffer result) {
        again += message.isRedelivered() ? 1 : 0;
        result.putBytes(0, message.buffer(), message.payloadOffset(), message.payloadLength());
        return message.payloadLength();
    }

    private void readResults(final ResultReader reader) {
        while (reader.poll(this::onResult, LIMIT) > 0) {
            // Until there is none.
        }
    }

    private void onResult(
            final long position,
            final int producer,
            final long index,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final byte[] line = new byte[length];
        buffer.getBytes(offset, line);
        digest.add(line);
        twice += ids.add(index) ? 0 : 1;
        results++;
    }
}
