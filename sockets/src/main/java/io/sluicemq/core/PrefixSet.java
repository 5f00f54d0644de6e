package io.sluicemq.core;

import org.agrona.DirectBuffer;

/**
 * A SUB's own list of subscriptions: a {@link SubscriptionTrie} with one subscriber.
 *
 * <p>Subscribing twice takes two cancels. {@link #matches} may be called on any thread, without lock or allocation; the rest
 * by one thread at a time.
 */
final class PrefixSet {
    private static final int OWNER = 0;

    // No budget: the application fills it, not a peer.
    private final SubscriptionTrie trie = new SubscriptionTrie(Long.MAX_VALUE);

    /** Subscribes; returns whether the prefix is new, so that the peers must be told. The prefix is copied. */
    boolean add(final DirectBuffer prefix, final int offset, final int length) {
        return trie.add(prefix, offset, length, OWNER) == SubscriptionTrie.AddResult.FIRST_FOR_ANYONE;
    }

    /** Takes one subscription back. The peers must be told at {@code LAST_FOR_ANYONE}. */
    SubscriptionTrie.RemoveResult remove(final DirectBuffer prefix, final int offset, final int length) {
        return trie.remove(prefix, offset, length, OWNER);
    }

    /** Whether the topic begins with any of the prefixes. Any thread. */
    boolean matches(final DirectBuffer topic, final int offset, final int length) {
        return trie.matchesAny(topic, offset, length);
    }

    /** Visits each prefix once, as is needed to tell a peer that has just connected. The visitor must not change the set. */
    void forEach(final SubscriptionTrie.PrefixVisitor visitor) {
        trie.forEach(OWNER, visitor);
    }

    /** Number of distinct prefixes. Any thread. */
    int size() {
        return trie.topicsCount();
    }
}
