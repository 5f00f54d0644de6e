package io.sluicemq.durable.core;

import java.util.HashMap;
import java.util.Map;

/** A level of filters that begin alike. The root stands before the first level. */
final class TrieNode {
    // A level in common costs a map with a place or two; most nodes have one child.
    private static final int FIRST_CHILDREN = 2;

    private final TrieNode parent;
    // null in the root and below a +
    private final Level level;
    // null until there is one
    private Map<Level, TrieNode> literals;
    private TrieNode plus;

    /** Of filters that end with this level. */
    final SubscriptionList exact = new SubscriptionList();

    /** Of filters that go on with # and nothing else. */
    final SubscriptionList below = new SubscriptionList();

    TrieNode(final TrieNode parent, final Level level) {
        this.parent = parent;
        this.level = level;
    }

    TrieNode literal(final Level probe) {
        return literals == null ? null : literals.get(probe);
    }

    TrieNode plus() {
        return plus;
    }

    TrieNode literalOrNew(final byte[] filter, final int from, final int to) {
        if (literals == null) {
            literals = new HashMap<>(FIRST_CHILDREN);
        }
        final Level key = Level.copyOf(filter, from, to);
        return literals.computeIfAbsent(key, absent -> new TrieNode(this, absent));
    }

    TrieNode plusOrNew() {
        if (plus == null) {
            plus = new TrieNode(this, null);
        }
        return plus;
    }

    /** Takes out this node and those above it that nobody needs any more. Gives how many went. */
    int prune() {
        int pruned = 0;
        TrieNode node = this;
        while (node.parent != null && node.isEmpty()) {
            node.parent.removeChild(node);
            node = node.parent;
            pruned++;
        }
        return pruned;
    }

    boolean isEmpty() {
        return literals == null && plus == null && exact.isEmpty() && below.isEmpty();
    }

    private void removeChild(final TrieNode child) {
        if (child.level == null) {
            plus = null;
            return;
        }
        literals.remove(child.level);
        if (literals.isEmpty()) {
            literals = null;
        }
    }
}
