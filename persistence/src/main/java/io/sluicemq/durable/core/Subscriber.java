package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What a subscriber asked for, and what came together for it in the match that is under way. */
final class Subscriber implements SubscriberMatch {
    final Map<TopicFilter, Subscription> subscriptions = new HashMap<>();
    // Of all its filters; they bound its share of the trie's memory and of a match's time.
    int levels;
    int bytes;

    private final int id;
    private long matchNumber;
    private int maxQos;
    private boolean retainAsPublished;
    private int[] ids = {};
    private int idCount;

    Subscriber(final int id) {
        this.id = id;
    }

    /** Makes room for the ids of all subscriptions, so that a match need not. */
    void reserveIds() {
        if (ids.length < subscriptions.size()) {
            ids = Arrays.copyOf(ids, Math.max(subscriptions.size(), 2 * ids.length));
        }
    }

    /** Puts in a subscription that matches. True for the first one of this match. */
    boolean merge(final SubscriptionOptions options, final long currentMatch) {
        final boolean first = matchNumber != currentMatch;
        if (first) {
            matchNumber = currentMatch;
            maxQos = 0;
            retainAsPublished = false;
            idCount = 0;
        }
        maxQos = Math.max(maxQos, options.maxQos());
        retainAsPublished |= options.retainAsPublished();
        if (options.subscriptionId() != 0) {
            ids[idCount++] = options.subscriptionId();
        }
        return first;
    }

    @Override
    public int subscriberId() {
        return id;
    }

    @Override
    public int maxQos() {
        return maxQos;
    }

    @Override
    public boolean retainAsPublished() {
        return retainAsPublished;
    }

    @Override
    public int subscriptionIdCount() {
        return idCount;
    }

    @Override
    public int subscriptionId(final int place) {
        if (place < 0 || place >= idCount) {
            throw new IndexOutOfBoundsException("place=" + place + ", limit=" + idCount + ", stay below the count");
        }
        return ids[place];
    }
}
