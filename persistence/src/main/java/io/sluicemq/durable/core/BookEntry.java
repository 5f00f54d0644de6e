package io.sluicemq.durable.core;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One subscription that this subscriber wants, or wants no more, and what the hosts said of it. The subscriber's thread. */
final class BookEntry {
    private final String filter;
    private final long revision;
    private final boolean removed;
    private final int options;
    private final int subscriptionId;

    /** Whether the application asked for it in this process. */
    private final boolean fresh;

    /** By number of the host. */
    private final Map<Integer, Done> answers = new HashMap<>();

    private final Set<Integer> asked = new HashSet<>();

    BookEntry(
            final String filter,
            final long revision,
            final boolean removed,
            final int options,
            final int subscriptionId,
            final boolean fresh) {
        this.filter = filter;
        this.revision = revision;
        this.removed = removed;
        this.options = options;
        this.subscriptionId = subscriptionId;
        this.fresh = fresh;
    }

    String filter() {
        return filter;
    }

    long revision() {
        return revision;
    }

    boolean isRemoved() {
        return removed;
    }

    /** As on the wire. */
    int options() {
        return options;
    }

    int subscriptionId() {
        return subscriptionId;
    }

    /** What a host did not answer yet. */
    boolean isOpenAt(final int producer) {
        return !answers.containsKey(producer);
    }

    Done answerOf(final int producer) {
        return answers.get(producer);
    }

    /** Whether what a host sends of it is wanted: the host may not have answered yet. */
    boolean holdsAt(final int producer) {
        final Done answer = answers.get(producer);
        return !removed && (answer == null || answer.reason() < Reasons.REFUSED_FROM);
    }

    void onDone(final int producer, final Done done) {
        answers.put(producer, done);
    }

    /** A host has lost the session. */
    void onSessionLost(final int producer) {
        asked.remove(producer);
        answers.remove(producer);
        if (removed) {
            answers.put(producer, new Done(0, 0, ""));
        }
    }

    /** What the host is asked now. */
    void encode(final WireOutput output, final int request, final int producer) {
        if (removed) {
            new Unsubscribe(request, filter).encode(output);
            return;
        }
        final Subscribe chosen = Subscribe.of(request, options, subscriptionId, filter);
        final boolean first = fresh && asked.add(producer);
        if (first || chosen.retainHandling() != 0) {
            chosen.encode(output);
            return;
        }
        // The host may have it since before: retained messages come only if it has not.
        new Subscribe(
                        request,
                        chosen.qos(),
                        chosen.noLocal(),
                        chosen.retainAsPublished(),
                        Subscribe.RETAIN_IF_NEW,
                        subscriptionId,
                        filter)
                .encode(output);
    }
}
