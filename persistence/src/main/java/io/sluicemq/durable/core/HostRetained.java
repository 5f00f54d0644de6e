package io.sluicemq.durable.core;

import io.sluicemq.journal.Checkpoint;
import io.sluicemq.journal.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Retained messages: held in memory with their bodies, within a bound, since a place in the log is not read without a search; written
 * whole into each checkpoint. For who subscribes, each that matches is appended to the log once more, addressed to that session, so
 * that order, window and redelivery are those of any message. The host's thread.
 */
final class HostRetained {
    static final int MAX_TOPICS = 65_536;
    static final long MAX_TOPIC_BYTES = 16L << 20;

    /** Topics that a walk looks at in one go. */
    private static final int STEPS = 64;

    /** After a full journal. */
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final RetainedMessages topics = new RetainedMessages(MAX_TOPICS, MAX_TOPIC_BYTES);
    private final Long2ObjectHashMap<UnsafeBuffer> bodies = new Long2ObjectHashMap<>();
    private final Published message = new Published();
    private final WireOutput checkpoint = new WireOutput();
    private final long maxBytes;
    private final RetainedVisitor onFound = (topic, lengthBytes, index, expiryMs) -> found = index;

    /** Sessions whose subscriptions are still to get something, as long as they are live. */
    private final List<HostedSession> walking = new ArrayList<>();

    private int nextWalking;
    private boolean isFull;
    private long retryAtNs = System.nanoTime();
    private long found;
    private long bytes;

    HostRetained(final long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether a message can be retained, be it in place of another. */
    boolean mayTake(final DirectBuffer buffer, final int offset, final int length) {
        message.wrap(buffer, offset, length);
        if (message.isPayloadEmpty()) {
            return true;
        }
        final long known = topics.index(buffer, message.topicAt(), message.topicBytes());
        final boolean fits = bytes + length - (known < 0 ? 0 : bodies.get(known).capacity()) <= maxBytes;
        final boolean topicFits =
                topics.size() < MAX_TOPICS && topics.topicBytes() + message.topicBytes() <= MAX_TOPIC_BYTES;
        return fits && (known >= 0 || topicFits);
    }

    /** A message of the log that is to be retained, or to take one out. */
    void apply(
            final long index, final long publishedNs, final DirectBuffer buffer, final int offset, final int length) {
        message.wrap(buffer, offset, length);
        forget(topics.index(buffer, message.topicAt(), message.topicBytes()));
        if (message.isPayloadEmpty()) {
            topics.remove(buffer, message.topicAt(), message.topicBytes());
            return;
        }
        final long expiryMs = message.expiresAtEpochMs() == 0 ? RetainedMessages.NEVER : message.expiresAtEpochMs();
        if (topics.put(buffer, message.topicAt(), message.topicBytes(), index, expiryMs)
                == RetainedMessages.PutResult.FULL) {
            return;
        }
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[Long.BYTES + length]);
        copy.putLong(0, publishedNs);
        copy.putBytes(Long.BYTES, buffer, offset, length);
        bodies.put(index, copy);
        bytes += copy.capacity();
    }

    private void forget(final long index) {
        final UnsafeBuffer body = bodies.remove(index);
        if (body != null) {
            bytes -= body.capacity();
        }
    }

    void expire(final long nowMs) {
        topics.expire(nowMs, MAX_TOPICS, (topic, lengthBytes, index, expiryMs) -> forget(index));
    }

    /** A subscription is to get what is retained. */
    void startWalk(final HostedSession session, final HostSubscription subscription) {
        subscription.walk = RetainedCursor.matching(subscription.filter);
        session.walks.add(subscription);
        onLive(session);
    }

    /** A session is live, maybe again: one that has not come so far has enough to do. */
    void onLive(final HostedSession session) {
        if (session.live && !session.walking && !session.walks.isEmpty()) {
            session.walking = true;
            walking.add(session);
        }
    }

    /** A turn of all walks: up to a time, and one step at the least; up to one that the journal has no room for, and then not for a while. */
    int walk(final HostLog log, final long nowMs, final long untilNs) {
        int work = 0;
        boolean going = !walking.isEmpty() && System.nanoTime() - retryAtNs >= 0;
        isFull = false;
        for (int left = walking.size(); left > 0 && going; left--) {
            nextWalking = nextWalking < walking.size() ? nextWalking : 0;
            final HostedSession session = walking.get(nextWalking);
            if (session.live && !session.walks.isEmpty()) {
                final int done = walk(session, log, nowMs);
                nextWalking++;
                work += done;
                going = !isFull && (done == 0 || System.nanoTime() - untilNs < 0);
            } else {
                session.walking = false;
                final HostedSession last = walking.remove(walking.size() - 1);
                if (last != session) {
                    walking.set(nextWalking, last);
                }
            }
        }
        return work;
    }

    /**
     * Goes on with what new subscriptions of a session get.
     *
     * @return how many were appended; 0 if there is nothing to do now.
     */
    private int walk(final HostedSession session, final HostLog log, final long nowMs) {
        final HostSubscription subscription = session.walks.peek();
        if (subscription == null || !session.progress.hasRoom()) {
            return 0;
        }
        final boolean over = subscription.until != Long.MAX_VALUE;
        if (session.foundRetained == RetainedMessages.NONE && !over && !subscription.walk.isDone()) {
            found = RetainedMessages.NONE;
            for (int i = 0; i < STEPS && found < 0 && !subscription.walk.isDone(); i++) {
                topics.walk(subscription.walk, 1, nowMs, onFound);
            }
            // What was published since comes by itself.
            session.foundRetained = found < subscription.since ? found : RetainedMessages.NONE;
        }
        final UnsafeBuffer body = bodies.get(session.foundRetained);
        if (body != null && !over) {
            address(session, subscription, body, log);
            if (!append(log)) {
                return 0;
            }
            subscription.walk.told(body, message.topicAt(), message.topicBytes());
        } else if (over || subscription.walk.isDone()) {
            log.record.begin(HostRecord.WALKED).u32(session.number).i64(subscription.since);
            if (!append(log)) {
                return 0;
            }
            session.endWalk(subscription);
        }
        session.foundRetained = RetainedMessages.NONE;
        return 1;
    }

    private boolean append(final HostLog log) {
        isFull = log.appendRecord() == Journal.FULL;
        if (isFull) {
            retryAtNs = System.nanoTime() + RETRY_NS;
        }
        return !isFull;
    }

    private void address(
            final HostedSession session,
            final HostSubscription subscription,
            final UnsafeBuffer body,
            final HostLog log) {
        message.wrap(body, Long.BYTES, body.capacity() - Long.BYTES);
        final int qos = Math.min(message.qos(), subscription.options.maxQos());
        log.record
                .begin(HostRecord.ADDRESSED)
                .u32(session.number)
                .u32(subscription.options.subscriptionId())
                .i64(body.getLong(0))
                .i64(subscription.since)
                .u8(qos | Published.RETAIN)
                .i64(message.expiresAtEpochMs())
                .bytes(body, message.contentAt(), message.contentBytes());
    }

    /** From a checkpoint. */
    void recover(final WireInput in) {
        final long index = in.i64("index");
        final long publishedNs = in.i64("published");
        apply(index, publishedNs, in.buffer(), in.offset(), in.remaining());
    }

    void write(final Checkpoint.Sink sink) {
        bodies.forEach((index, body) -> {
            checkpoint
                    .begin(HostRecord.RETAINED)
                    .i64(index)
                    .i64(body.getLong(0))
                    .bytes(body, Long.BYTES, body.capacity() - Long.BYTES);
            sink.add(HostRecord.RETAINED, checkpoint.buffer(), 0, checkpoint.length());
        });
    }

    static long nowNs(final long nowMs) {
        return TimeUnit.MILLISECONDS.toNanos(nowMs);
    }
}
