package io.sluicemq.core;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Who subscribed to which prefix, for PUB and XPUB, and, with one subscriber, the list of a SUB ({@link PrefixSet}).
 *
 * <p>{@link #match} and the counts may be called on any thread, without lock or allocation, and see one consistent snapshot.
 * Everything else is for one thread at a time; the I/O agent that owns the socket's peers is that thread.
 *
 * <p>A subscriber is a small dense number, the slot of a peer in its socket's table, and not an object: finding duplicates is
 * then a bit test, a set of 64 subscribers is one word, and a snapshot held by a slow reader keeps no closed peer alive. The
 * price: a reader of an old snapshot may name a slot that was given to another peer meanwhile. That peer then gets one
 * message it did not ask for, which every SUB filters out again on receipt.
 *
 * <p>Two subscriptions of one subscriber to one prefix are counted. Who must cancel how often is the caller's choice:
 * {@link #remove} takes one back, {@link #cancel} all. A publisher uses {@code cancel} for what comes from the wire: libzmq
 * sends each SUBSCRIBE but only the last CANCEL, and its publishers keep one mark per peer and prefix, not a count.
 */
final class SubscriptionTrie {
    /**
     * Charged for each subscription beside its bytes: the nodes, arrays and table places it takes on the heap, so that a
     * budget bounds memory even for prefixes of no length.
     */
    static final int SUBSCRIPTION_OVERHEAD_BYTES = 192;

    /** What {@link #add} did. */
    enum AddResult {
        /** Nobody had subscribed to this prefix. */
        FIRST_FOR_ANYONE,
        /** Others had, this subscriber had not. */
        FIRST_FOR_SUBSCRIBER,
        /** This subscriber had; its count is now higher. */
        REPEATED,
        /** Not added: the subscriber's prefixes would take more than its budget. */
        OVER_BUDGET
    }

    /** What {@link #remove} or {@link #cancel} did. */
    enum RemoveResult {
        /** Nothing: this subscriber had not subscribed to this prefix. */
        NOT_SUBSCRIBED,
        /** Lowered the count; the subscriber is still subscribed. */
        STILL_SUBSCRIBED,
        /** The subscriber is no longer subscribed, others are. */
        LAST_FOR_SUBSCRIBER,
        /** Nobody is subscribed to this prefix any more. */
        LAST_FOR_ANYONE
    }

    /** Is given a prefix: the trie's own array, not to be changed. */
    interface PrefixVisitor {
        void visit(byte[] prefix);
    }

    /** What one subscriber holds. */
    private static final class Subscriber {
        final BytesMap<Integer> counts = new BytesMap<>();
        final SlotSet alone;
        long bytes;

        Subscriber(final int slot) {
            // Shared by all prefixes that only this subscriber has, mostly nearly all of them.
            alone = SlotSet.of(slot);
        }
    }

    private final PrefixTree tree = new PrefixTree();
    private final long maxBytesPerSubscriber;
    private final UnsafeBuffer keyView = new UnsafeBuffer(PrefixNode.NO_BYTES);
    private Subscriber[] subscribers = new Subscriber[8];
    private volatile int topicsCount;
    private volatile int subscriptionCount;

    /**
     * A trie with no subscriptions.
     *
     * @param maxBytesPerSubscriber what one subscriber's prefixes may take, with {@link #SUBSCRIPTION_OVERHEAD_BYTES} each.
     */
    SubscriptionTrie(final long maxBytesPerSubscriber) {
        this.maxBytesPerSubscriber = maxBytesPerSubscriber;
    }

    /** Number of distinct prefixes. Any thread. */
    int topicsCount() {
        return topicsCount;
    }

    /** Number of pairs of prefix and subscriber, repeated subscriptions counted once. Any thread. */
    int subscriptionCount() {
        return subscriptionCount;
    }

    /** Whether this subscriber has any subscription. Writer. */
    boolean hasSubscriptions(final int slot) {
        return slot < subscribers.length && subscribers[slot] != null;
    }

    /** Subscribes; the prefix is copied. Writer. */
    AddResult add(final DirectBuffer prefix, final int offset, final int length, final int slot) {
        final Subscriber subscriber = subscriber(slot);
        final Integer count = subscriber.counts.get(prefix, offset, length);
        if (count != null) {
            // Sticks at the maximum, after which no number of removes matters: better subscribed than overflown.
            subscriber.counts.replace(prefix, offset, length, count == Integer.MAX_VALUE ? count : count + 1);
            return AddResult.REPEATED;
        }
        final long bytes = subscriber.bytes + length + SUBSCRIPTION_OVERHEAD_BYTES;
        if (bytes > maxBytesPerSubscriber) {
            dropIfIdle(slot);
            return AddResult.OVER_BUDGET;
        }
        subscriber.bytes = bytes;
        subscriber.counts.putIfAbsent(prefix, offset, length, 1);
        final boolean first = tree.insert(prefix, offset, length, subscriber.alone, slot);
        changeCounts(first ? 1 : 0, 1);
        return first ? AddResult.FIRST_FOR_ANYONE : AddResult.FIRST_FOR_SUBSCRIBER;
    }

    /** Takes back one subscription of this subscriber to this prefix. Writer. */
    RemoveResult remove(final DirectBuffer prefix, final int offset, final int length, final int slot) {
        if (!hasSubscriptions(slot)) {
            return RemoveResult.NOT_SUBSCRIBED;
        }
        final Integer count = subscribers[slot].counts.get(prefix, offset, length);
        if (count != null && count > 1) {
            subscribers[slot].counts.replace(prefix, offset, length, count == Integer.MAX_VALUE ? count : count - 1);
            return RemoveResult.STILL_SUBSCRIBED;
        }
        return cancel(prefix, offset, length, slot);
    }

    /** Takes back all subscriptions of this subscriber to this prefix. Writer. */
    RemoveResult cancel(final DirectBuffer prefix, final int offset, final int length, final int slot) {
        if (!hasSubscriptions(slot) || subscribers[slot].counts.remove(prefix, offset, length) == null) {
            return RemoveResult.NOT_SUBSCRIBED;
        }
        subscribers[slot].bytes -= length + SUBSCRIPTION_OVERHEAD_BYTES;
        dropIfIdle(slot);
        final boolean last = tree.withdraw(prefix, offset, length, slot);
        changeCounts(last ? -1 : 0, -1);
        return last ? RemoveResult.LAST_FOR_ANYONE : RemoveResult.LAST_FOR_SUBSCRIBER;
    }

    /**
     * Takes back everything of a subscriber that is gone. Cost: its own prefixes, not everybody's. Writer.
     *
     * @param orphaned is given each prefix that nobody is subscribed to any more.
     */
    void removeAll(final int slot, final PrefixVisitor orphaned) {
        if (!hasSubscriptions(slot)) {
            return;
        }
        final BytesMap<Integer> counts = subscribers[slot].counts;
        subscribers[slot] = null;
        counts.forEach((prefix, count) -> {
            keyView.wrap(prefix);
            final boolean last = tree.withdraw(keyView, 0, prefix.length, slot);
            changeCounts(last ? -1 : 0, -1);
            if (last) {
                orphaned.visit(prefix);
            }
        });
    }

    /** Visits the prefixes of one subscriber, each once, in no order. The visitor must not change the trie. Writer. */
    void forEach(final int slot, final PrefixVisitor visitor) {
        if (hasSubscriptions(slot)) {
            subscribers[slot].counts.forEach((prefix, count) -> visitor.visit(prefix));
        }
    }

    /**
     * Collects the subscribers of all prefixes of the topic in {@code out}, which is cleared first. Cost: the length of the
     * topic and the number of matches, however many subscriptions there are. Any thread; no allocation.
     */
    void match(final DirectBuffer topic, final int offset, final int length, final Matches out) {
        out.clear();
        tree.match(topic, offset, length, out);
    }

    /** Whether anyone is subscribed to a prefix of the topic. Any thread; no allocation. */
    boolean matchesAny(final DirectBuffer topic, final int offset, final int length) {
        return tree.matchesAny(topic, offset, length);
    }

    private Subscriber subscriber(final int slot) {
        if (slot < 0) {
            throw new IllegalArgumentException("slot=" + slot + ", limit=0.." + Integer.MAX_VALUE
                    + ", pass the slot of a peer in its socket's table");
        }
        if (slot >= subscribers.length) {
            subscribers = Arrays.copyOf(subscribers, Math.max(slot + 1, subscribers.length * 2));
        }
        if (subscribers[slot] == null) {
            subscribers[slot] = new Subscriber(slot);
        }
        return subscribers[slot];
    }

    private void dropIfIdle(final int slot) {
        if (subscribers[slot].counts.size() == 0) {
            subscribers[slot] = null;
        }
    }

    /** One writer at a time, so load and store need not be one step. */
    private void changeCounts(final int topics, final int subscriptions) {
        final int newTopics = topicsCount + topics;
        final int newSubscriptions = subscriptionCount + subscriptions;
        topicsCount = newTopics;
        subscriptionCount = newSubscriptions;
    }
}
