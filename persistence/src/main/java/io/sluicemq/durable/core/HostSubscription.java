package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;

/** A subscription of a session, and for which records it holds. The host's thread. */
final class HostSubscription {
    final TopicFilter filter;
    final SubscriptionOptions options;

    /** Index of the record that began it. */
    final long since;

    /** Index of the record that ended it. */
    long until = Long.MAX_VALUE;

    /** How far it was given retained messages; null when it was. */
    RetainedCursor walk;

    HostSubscription(final TopicFilter filter, final SubscriptionOptions options, final long since) {
        this.filter = filter;
        this.options = options;
        this.since = since;
    }

    boolean holdsAt(final long index) {
        return since < index && index < until;
    }

    int filterBytes() {
        return filter.unsharedBytes().length;
    }
}
