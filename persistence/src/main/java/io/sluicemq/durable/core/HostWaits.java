package io.sluicemq.durable.core;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Who waits until enough sessions have a message. Looked at only when a subscriber has said something. The host's thread, but for
 * {@link #read}.
 */
final class HostWaits {
    private final HostState state;
    private final List<Wait> waits = new ArrayList<>();
    private boolean progressed;

    /**
     * One who waits.
     *
     * @param index of the message.
     * @param topic of the message.
     * @param qos of the message.
     * @param processed whether the application there is to have processed it; else to be in its inbox is enough.
     * @param sessions that are to have it.
     * @param done is completed.
     */
    record Wait(
            long index,
            UnsafeBuffer topic,
            int qos,
            boolean processed,
            int sessions,
            CompletableFuture<Boolean> done) {}

    HostWaits(final HostState state) {
        this.state = state;
    }

    /**
     * Reads of what topic a message is. Any thread.
     *
     * @throws IllegalArgumentException if it is not in the log.
     */
    static Wait read(final Journal journal, final long index, final boolean processed, final int sessions) {
        final Wait[] wait = new Wait[1];
        final long[] next = {Journal.NO_INDEX};
        try (JournalReader reader = journal.reader()) {
            reader.seek(index);
            reader.poll(
                    (found, epochNs, type, buffer, offset, length) -> {
                        next[0] = found;
                        if (found == index && type == HostRecord.PUBLISHED) {
                            final Published message = new Published().wrap(buffer, offset, length);
                            final byte[] topic = new byte[message.topicBytes()];
                            buffer.getBytes(message.topicAt(), topic);
                            wait[0] = new Wait(
                                    index,
                                    new UnsafeBuffer(topic),
                                    message.qos(),
                                    processed,
                                    sessions,
                                    new CompletableFuture<>());
                        }
                    },
                    1);
        }
        if (wait[0] == null) {
            throw new IllegalArgumentException(
                    next[0] > index
                            ? "index=" + index + ", limit=" + next[0] + ", the log has let go of what each session had,"
                                    + " wait for it sooner or let the journal retain more"
                            : "index=" + index
                                    + ", limit=a message that is in the log, take it from a result of publish");
        }
        return wait[0];
    }

    void add(final Wait wait) {
        waits.add(wait);
        progressed = true;
    }

    void onProgress() {
        progressed = true;
    }

    void run() {
        if (!progressed) {
            return;
        }
        progressed = false;
        for (int i = waits.size() - 1; i >= 0; i--) {
            final Wait wait = waits.get(i);
            // Done by itself when its time is over.
            if (wait.done.isDone() || count(wait) >= wait.sessions) {
                waits.remove(i);
                wait.done.complete(true);
            }
        }
    }

    private int count(final Wait wait) {
        int count = 0;
        for (final HostedSession session : state.sessions()) {
            final HostSession progress = session.progress;
            // Before the filters, which take longer.
            if (saysSo(progress, wait.index) && has(progress, wait, Math.min(wait.qos, maxQos(session, wait)))) {
                count++;
            }
        }
        return count;
    }

    private static boolean saysSo(final HostSession progress, final long index) {
        return progress.hasStored(index) || progress.hasProcessed(index) || progress.hasProcessedExactlyOnce(index);
    }

    /** Of one that goes at QoS 0, or that the session does not want, nobody says that he has it. */
    private static boolean has(final HostSession progress, final Wait wait, final int qos) {
        if (qos == Qos.EXACTLY_ONCE) {
            return wait.processed ? progress.hasProcessedExactlyOnce(wait.index) : progress.hasStored(wait.index);
        }
        return qos == Qos.AT_LEAST_ONCE && progress.hasProcessed(wait.index);
    }

    /** The highest of all subscriptions that want the message, -1 for none. */
    private int maxQos(final HostedSession session, final Wait wait) {
        int maxQos = -1;
        for (final HostSubscription each : session.allSubscriptions()) {
            if (matches(each, wait) && !state.isLocal(session, each)) {
                maxQos = Math.max(maxQos, each.options.maxQos());
            }
        }
        return maxQos;
    }

    private static boolean matches(final HostSubscription subscription, final Wait wait) {
        return !subscription.filter.isShared()
                && subscription.holdsAt(wait.index)
                && subscription.filter.matches(wait.topic, 0, wait.topic.capacity());
    }
}
