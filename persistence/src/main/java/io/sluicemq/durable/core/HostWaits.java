package io.sluicemq.durable.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.UnsafeBuffer;

/** Who waits until enough sessions have a message. Looked at only when a subscriber has said something. The host's thread. */
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
            if (has(session.progress, wait) && wants(session, wait)) {
                count++;
            }
        }
        return count;
    }

    private static boolean has(final HostSession progress, final Wait wait) {
        if (wait.qos != Qos.EXACTLY_ONCE) {
            return progress.hasProcessed(wait.index);
        }
        return wait.processed ? progress.hasProcessedExactlyOnce(wait.index) : progress.hasStored(wait.index);
    }

    private boolean wants(final HostedSession session, final Wait wait) {
        for (final HostSubscription each : session.subscriptions.values()) {
            if (matches(each, wait) && !state.isLocal(session, each)) {
                return true;
            }
        }
        for (final HostSubscription each : session.ended) {
            if (matches(each, wait) && !state.isLocal(session, each)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(final HostSubscription subscription, final Wait wait) {
        return !subscription.filter.isShared()
                && subscription.holdsAt(wait.index)
                && subscription.filter.matches(wait.topic, 0, wait.topic.capacity());
    }
}
