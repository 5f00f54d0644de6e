package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * How far a walk over {@link RetainedMessages} has come. It stays good while topics come and go. One thread at a time.
 */
public final class RetainedCursor {
    private final FilterScan scan;
    private final Retained place = new Retained(new byte[0], 0);
    private final Retained told = new Retained(new byte[0], 0);
    private boolean inclusive = true;
    private boolean done;

    private RetainedCursor(final FilterScan scan) {
        this.scan = scan;
    }

    /**
     * A walk over all topics, those that begin with {@code $} too, as for a checkpoint.
     *
     * @return a cursor at the start.
     */
    public static RetainedCursor ofAll() {
        return new RetainedCursor(null);
    }

    /**
     * A walk over the topics that match, as for a new subscription.
     *
     * @param filter of the subscription. A shared one is sent no retained messages (MQTT 5.0 section 4.8.2), so it finds none.
     * @return a cursor at the start.
     */
    public static RetainedCursor matching(final TopicFilter filter) {
        final RetainedCursor cursor = new RetainedCursor(new FilterScan(filter));
        cursor.done = filter.isShared();
        return cursor;
    }

    /**
     * Whether the walk has come to its end.
     *
     * @return true when there is nothing more.
     */
    public boolean isDone() {
        return done;
    }

    Retained place() {
        return place;
    }

    boolean isInclusive() {
        return inclusive;
    }

    void end() {
        done = true;
    }

    /** Goes on behind a topic. */
    void moveTo(final DirectBuffer topic, final int offset, final int bytes) {
        place.read(topic, offset, bytes);
        inclusive = false;
        told(topic, offset, bytes);
    }

    /** What was found at a topic is where it is to go, so that a copy of this walk goes on behind it. */
    void told(final DirectBuffer topic, final int offset, final int bytes) {
        told.read(topic, offset, bytes);
    }

    /** Writes behind which topic a copy is to go on, nothing if at the start. */
    void writePlace(final WireOutput output) {
        output.bytes(new UnsafeBuffer(told.topic), 0, told.length);
    }

    /** Looks at a topic; true when it matches. The cursor then stands where the walk goes on. */
    boolean advance(final Retained topic) {
        final FilterScan.Step step = scan == null ? FilterScan.Step.MATCH : scan.step(topic, place);
        inclusive = step == FilterScan.Step.SEEK;
        if (step == FilterScan.Step.MATCH || step == FilterScan.Step.NEXT) {
            place.reserve(topic.length);
            System.arraycopy(topic.topic, 0, place.topic, 0, topic.length);
            place.length = topic.length;
        }
        done = step == FilterScan.Step.END;
        return step == FilterScan.Step.MATCH;
    }
}
