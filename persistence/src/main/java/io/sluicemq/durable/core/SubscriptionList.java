package io.sluicemq.durable.core;

import java.util.Arrays;

/** The subscriptions of all subscribers to one filter, in no order: adding and removing take the same time for any number. */
final class SubscriptionList {
    private static final Subscription[] NONE = {};

    private Subscription[] items = NONE;
    private int count;

    void add(final Subscription subscription) {
        if (count == items.length) {
            items = Arrays.copyOf(items, Math.max(1, 2 * count));
        }
        subscription.place = count;
        items[count++] = subscription;
    }

    void remove(final Subscription subscription) {
        final Subscription last = items[--count];
        items[count] = null;
        if (last != subscription) {
            items[subscription.place] = last;
            last.place = subscription.place;
        }
        if (count <= items.length / 4) {
            items = count == 0 ? NONE : Arrays.copyOf(items, 2 * count);
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    Subscription get(final int place) {
        return items[place];
    }
}
