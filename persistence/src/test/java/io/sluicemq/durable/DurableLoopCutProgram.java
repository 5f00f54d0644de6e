package io.sluicemq.durable;

import io.sluicemq.Context;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.JournalOptions;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Publishes numbers and acknowledges them, until it is stopped, and notes on another disk what was published and acknowledged. Starts
 * with the check that all of that is so: what was published is in the log, without a gap, what was not acknowledged comes, and what was
 * does not.
 */
final class DurableLoopCutProgram {
    /** Offsets of the notes: the number behind the last that was published, and that behind the last that was acknowledged. */
    static final int PUBLISHED = 0;

    static final int ACKNOWLEDGED = Long.BYTES;

    static final String LOST = "what was durable is lost";

    private static final int NOTES_BYTES = 2 * Long.BYTES;
    private static final int AT_A_TIME = 5;
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final String ENDPOINT = "inproc://host";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final MappedByteBuffer notes;
    private final Durability level;
    private final DurablePublisher publisher;
    private final DurableSubscriber subscriber;

    /** Whose acknowledgement may have returned, and was not noted. */
    private final long uncertain;

    private DurableLoopCutProgram(
            final MappedByteBuffer notes,
            final Durability level,
            final DurablePublisher publisher,
            final DurableSubscriber subscriber) {
        this.notes = notes;
        this.level = level;
        this.publisher = publisher;
        this.subscriber = subscriber;
        uncertain = notes.getLong(ACKNOWLEDGED);
    }

    static MappedByteBuffer map(final Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, NOTES_BYTES);
        }
    }

    /** Arguments: directory of the host, directory of the inbox, file of notes, level, how many messages. */
    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final Durability level = Durability.valueOf(arguments[3]);
        final DurablePublisherOptions ofHost = DurablePublisherOptions.builder()
                .journal(JournalOptions.builder().segmentBytes(SEGMENT_BYTES).minFreeBytes(0))
                .build();
        final DurableSubscriberOptions ofInbox = DurableSubscriberOptions.builder("desk")
                .segmentBytes(SEGMENT_BYTES)
                .level(level)
                .build();
        try (Context context = Context.create();
                DurablePublisher publisher = DurablePublisher.open(context, Path.of(arguments[0]), ofHost);
                DurableSubscriber subscriber = DurableSubscriber.open(context, Path.of(arguments[1]), ofInbox)) {
            publisher.bind(ENDPOINT);
            final MappedByteBuffer notes = map(Path.of(arguments[2]));
            final long next = checkLog(context, notes);
            subscriber.connect(ENDPOINT);
            final SubscribeOutcome outcome = subscriber
                    .subscribe("numbers/+", SubscribeOptions.DEFAULTS, LIMIT)
                    .outcome();
            if (outcome != SubscribeOutcome.GRANTED) {
                throw new AssertionError("outcome=" + outcome + ", " + subscriber.stats());
            }
            new DurableLoopCutProgram(notes, level, publisher, subscriber).run(next, Integer.parseInt(arguments[4]));
        }
    }

    /** Answers the number behind the last one of the log. */
    private static long checkLog(final Context context, final MappedByteBuffer notes) throws InterruptedException {
        long next = 0;
        try (DurableReplay replay =
                DurableReplay.open(context, ENDPOINT, ReplayOptions.builder().build())) {
            for (Delivered message = replay.receive(LIMIT); message != null; message = replay.receive(LIMIT)) {
                if (number(message) != next) {
                    throw new AssertionError("number=" + number(message) + ", expected=" + next);
                }
                next++;
            }
            if (!replay.isOver()) {
                throw new AssertionError("no end behind number=" + next + ": " + replay.lastError());
            }
        }
        if (next < notes.getLong(PUBLISHED)) {
            throw new AssertionError(LOST + ": messages=" + next + ", published=" + notes.getLong(PUBLISHED));
        }
        return next;
    }

    private static long number(final Delivered message) {
        return Long.parseLong(message.text());
    }

    private void run(final long first, final int messages) throws InterruptedException {
        long next = first;
        settle(uncertain + 1, next);
        while (next - first < messages) {
            for (int i = 0; i < AT_A_TIME; i++) {
                publish(next);
                next++;
                notes.putLong(PUBLISHED, next);
            }
            settle(next - AT_A_TIME, next);
        }
    }

    private void publish(final long number) throws InterruptedException {
        final QualityOfService qos = number % 2 == 0 ? QualityOfService.EXACTLY_ONCE : QualityOfService.AT_LEAST_ONCE;
        final PublishOptions options =
                PublishOptions.builder().qos(qos).level(level).build();
        final PublishResult result = publisher.publish("numbers/" + number % 3, Long.toString(number), options);
        if (result.outcome() != PublishOutcome.PUBLISHED) {
            throw new AssertionError("outcome=" + result.outcome());
        }
    }

    /** Receives all from a number to below another, in any order, then acknowledges them in theirs. */
    private void settle(final long from, final long to) throws InterruptedException {
        final Map<Long, Delivered> received = new TreeMap<>();
        long missing = Math.max(0, to - from);
        while (missing > 0) {
            final Delivered message = subscriber.receive(LIMIT);
            if (message == null) {
                throw new AssertionError(LOST + ": missing=" + missing + " of " + from + ".." + to);
            }
            final long number = number(message);
            if (number < notes.getLong(ACKNOWLEDGED) && number != uncertain) {
                throw new AssertionError(LOST + ": number=" + number + " came after its acknowledgement");
            }
            if (received.put(number, message) == null && number >= from && number < to) {
                missing--;
            }
        }
        for (final Map.Entry<Long, Delivered> each : received.entrySet()) {
            final AcknowledgeOutcome outcome = subscriber.acknowledge(each.getValue());
            if (outcome != AcknowledgeOutcome.DURABLE) {
                throw new AssertionError("outcome=" + outcome + ", number=" + each.getKey());
            }
            notes.putLong(ACKNOWLEDGED, Math.max(notes.getLong(ACKNOWLEDGED), each.getKey() + 1));
        }
    }
}
