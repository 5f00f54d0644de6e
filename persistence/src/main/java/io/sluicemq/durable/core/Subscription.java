package io.sluicemq.durable.core;

/** One subscriber's wish for one filter. */
final class Subscription {
    final Subscriber subscriber;
    final TrieNode node;
    final SubscriptionList list;
    SubscriptionOptions options;
    // in the list
    int place;

    Subscription(
            final Subscriber subscriber,
            final TrieNode node,
            final SubscriptionList list,
            final SubscriptionOptions options) {
        this.subscriber = subscriber;
        this.node = node;
        this.list = list;
        this.options = options;
    }
}
