package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import java.util.Iterator;
import java.util.TreeSet;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The retained message of each topic, as its index in the log (MQTT 5.0 section 3.3.1.3). One thread at a time.
 *
 * <p>Topics lie in the order of their levels, so a look-up takes logarithmic time for any names, and a walk for a filter leaps
 * over topics that cannot match. To replace a message that does not expire, by another, allocates nothing.
 */
public final class RetainedMessages {

    /** Expiry of a message that never expires. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What {@link #index} says of a topic without a retained message. */
    public static final long NONE = -1;

    private final int maxTopics;
    private final long maxTopicBytes;
    private final TreeSet<Retained> byTopic = new TreeSet<>();
    private final TreeSet<Retained> byExpiry = new TreeSet<>(Retained::compareByExpiry);
    private final Retained probe = new Retained(new byte[0], 0);
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private long topicBytes;
    private boolean visiting;

    /** What became of a message. */
    public enum PutResult {
        /** The topic had none. */
        ADDED,
        /** It takes the place of another. */
        REPLACED,
        /** Refused: there are as many topics, or bytes of topics, as may be. */
        FULL
    }

    /**
     * Without messages.
     *
     * @param maxTopics with a message, at the most.
     * @param maxTopicBytes of these topics together, at the most.
     * @throws IllegalArgumentException when a limit is not positive.
     */
    public RetainedMessages(final int maxTopics, final long maxTopicBytes) {
        if (maxTopics < 1 || maxTopicBytes < 1) {
            throw new IllegalArgumentException(
                    "maxTopics=" + maxTopics + ", maxTopicBytes=" + maxTopicBytes + ", limit=1, use one or more");
        }
        this.maxTopics = maxTopics;
        this.maxTopicBytes = maxTopicBytes;
    }

    /**
     * Retains a message in place of the one that the topic had.
     *
     * @param topic holds a topic name, see {@link TopicFilter#isTopic}; copied when it is new.
     * @param offset of the first byte.
     * @param length in bytes.
     * @param index of the message in the log, 0 or more.
     * @param expiryMs when it expires, in milliseconds since 1970, or {@link #NEVER}.
     * @return a refusal changes nothing.
     */
    public PutResult put(
            final DirectBuffer topic, final int offset, final int length, final long index, final long expiryMs) {
        requireNotVisiting();
        requireTopicLength(length);
        Retained retained = find(topic, offset, length);
        final boolean known = retained != null;
        if (!known) {
            if (byTopic.size() >= maxTopics || topicBytes + length > maxTopicBytes) {
                return PutResult.FULL;
            }
            retained = Retained.copyOf(probe);
            byTopic.add(retained);
            topicBytes += length;
        } else if (retained.expiryMs != NEVER) {
            byExpiry.remove(retained);
        }
        retained.index = index;
        retained.expiryMs = expiryMs;
        if (expiryMs != NEVER) {
            byExpiry.add(retained);
        }
        return known ? PutResult.REPLACED : PutResult.ADDED;
    }

    /**
     * Takes out the message of a topic.
     *
     * @param topic holds the topic name.
     * @param offset of the first byte.
     * @param length in bytes.
     * @return false when it had none.
     */
    public boolean remove(final DirectBuffer topic, final int offset, final int length) {
        requireNotVisiting();
        final Retained retained = find(topic, offset, length);
        if (retained == null) {
            return false;
        }
        remove(retained);
        return true;
    }

    /**
     * The message of a topic, also when it has expired and is still here.
     *
     * @param topic holds the topic name.
     * @param offset of the first byte.
     * @param length in bytes.
     * @return its index in the log, or {@link #NONE}.
     */
    public long index(final DirectBuffer topic, final int offset, final int length) {
        final Retained retained = find(topic, offset, length);
        return retained == null ? NONE : retained.index;
    }

    /**
     * Goes on with a walk. A topic that is there all the time is visited once, in any case; one that comes or goes between two
     * calls may be visited or not. A checkpoint that is walked in several calls therefore shows each topic as it was at
     * some time since the first call; whoever reads it puts and removes again what the log says since then.
     *
     * @param cursor of the walk.
     * @param maxSteps topics to look at, at the most: each takes a few microseconds.
     * @param nowMs the time, in milliseconds since 1970: what has expired is left out.
     * @param visitor called for each message; must not call this object.
     * @return true when the walk has come to its end.
     */
    public boolean walk(
            final RetainedCursor cursor, final int maxSteps, final long nowMs, final RetainedVisitor visitor) {
        requireNotVisiting();
        visiting = true;
        try {
            // Steps to the next topic are an iterator's; only leaps look up.
            Iterator<Retained> following = null;
            for (int step = 0; step < maxSteps && !cursor.isDone(); step++) {
                if (cursor.isInclusive() || following == null) {
                    following = byTopic.tailSet(cursor.place(), cursor.isInclusive())
                            .iterator();
                }
                if (!following.hasNext()) {
                    cursor.end();
                } else {
                    final Retained retained = following.next();
                    if (cursor.advance(retained) && retained.expiryMs > nowMs) {
                        tell(visitor, retained);
                    }
                }
            }
        } finally {
            visiting = false;
        }
        return cursor.isDone();
    }

    /**
     * Takes out messages that have expired, those first that expired first.
     *
     * @param nowMs the time, in milliseconds since 1970.
     * @param limit to take out at the most.
     * @param visitor called for each after it went; must not call this object.
     * @return how many went.
     */
    public int expire(final long nowMs, final int limit, final RetainedVisitor visitor) {
        requireNotVisiting();
        visiting = true;
        int count = 0;
        try {
            while (count < limit && !byExpiry.isEmpty() && byExpiry.first().expiryMs <= nowMs) {
                final Retained retained = byExpiry.first();
                remove(retained);
                count++;
                tell(visitor, retained);
            }
        } finally {
            visiting = false;
        }
        return count;
    }

    /**
     * When the next message expires.
     *
     * @return in milliseconds since 1970; {@link #NEVER} when none will.
     */
    public long nextExpiryMs() {
        return byExpiry.isEmpty() ? NEVER : byExpiry.first().expiryMs;
    }

    /**
     * Topics that have a message.
     *
     * @return how many there are.
     */
    public int size() {
        return byTopic.size();
    }

    /**
     * Bytes of the names of these topics.
     *
     * @return all together.
     */
    public long topicBytes() {
        return topicBytes;
    }

    private Retained find(final DirectBuffer topic, final int offset, final int length) {
        probe.read(topic, offset, length);
        final Retained atOrAfter = byTopic.ceiling(probe);
        return atOrAfter != null && atOrAfter.equals(probe) ? atOrAfter : null;
    }

    private void remove(final Retained retained) {
        byTopic.remove(retained);
        topicBytes -= retained.length;
        if (retained.expiryMs != NEVER) {
            byExpiry.remove(retained);
        }
    }

    private void tell(final RetainedVisitor visitor, final Retained retained) {
        view.wrap(retained.topic);
        visitor.onRetained(view, retained.length, retained.index, retained.expiryMs);
    }

    private void requireNotVisiting() {
        if (visiting) {
            throw new IllegalStateException("call=inside a visitor, limit=none, note what to do and do it afterwards");
        }
    }

    private static void requireTopicLength(final int length) {
        if (length < 1 || length > TopicFilter.MAX_BYTES) {
            throw new IllegalArgumentException("topicBytes=" + length + ", limit=" + TopicFilter.MAX_BYTES
                    + ", check topics with TopicFilter.isTopic");
        }
    }
}
