package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Who subscribed to what: many filters, found by a topic. A trie with a step for each level. One thread at a time.
 *
 * <p>A match allocates nothing. It visits at most {@code 2^n} nodes at level {@code n} of the topic, no node twice, and only nodes
 * of filters whose levels so far match; so what one subscriber can add to the time of a match is at most
 * {@value #MAX_TOTAL_LEVELS} nodes, some milliseconds, whatever its filters are. A step down is a hash look-up, logarithmic
 * where peers make hashes collide.
 *
 * <p>A shared subscription stands here once, as a subscriber of its own: see {@link SharedGroups}.
 */
public final class SubscriptionIndex {

    /**
     * Levels of a filter at the most. A topic may have more. Deep trees in the field have ten or twenty levels; Mosquitto takes
     * 200, AWS IoT 8. It bounds the depth of the walk.
     */
    public static final int MAX_LEVELS = 128;

    /** Subscriptions of a subscriber at the most; a bridge that asks for each topic by name has thousands. */
    public static final int MAX_SUBSCRIPTIONS = 16_384;

    /** Levels of all filters of a subscriber together, at the most: its share of nodes, some 10 MiB. */
    public static final int MAX_TOTAL_LEVELS = 4 * MAX_SUBSCRIPTIONS;

    /** Bytes of all filters of a subscriber together, at the most: 4 MiB, 256 for each subscription on average. */
    public static final int MAX_TOTAL_BYTES = 256 * MAX_SUBSCRIPTIONS;

    /** Publisher of a message that nobody who subscribes here published. */
    public static final int NO_SUBSCRIBER = Integer.MIN_VALUE;

    private static final int FIRST_TOPIC_BYTES = 256;

    private final TrieNode root = new TrieNode(null, null);
    private final Int2ObjectHashMap<Subscriber> subscribers = new Int2ObjectHashMap<>();
    private final Level[] probes = new Level[MAX_LEVELS];
    private byte[] topicBytes = new byte[FIRST_TOPIC_BYTES];
    private Subscriber[] matched = {};
    private int matchedCount;
    private long matchNumber;
    private int topicLevels;
    private int publisherId;
    private boolean dollar;
    private boolean visiting;
    private int subscriptionCount;
    private int nodeCount;

    /** What became of a subscription. */
    public enum AddResult {
        /** It is new. */
        ADDED,
        /** The subscriber had it; the new options hold from now on. */
        REPLACED,
        /** Refused: more than {@link #MAX_LEVELS} levels. */
        TOO_DEEP,
        /** Refused: the subscriber has {@link #MAX_SUBSCRIPTIONS}, or all its levels or bytes. */
        TOO_MANY
    }

    /** An index without subscriptions. */
    public SubscriptionIndex() {
        Arrays.setAll(probes, place -> new Level());
    }

    /**
     * Puts in a subscription, or gives it new options; no message between the old and the new ones is lost.
     *
     * @param subscriberId any number but {@link #NO_SUBSCRIBER}.
     * @param filter not shared.
     * @param options of the subscription.
     * @return refusals change nothing.
     * @throws IllegalArgumentException when the filter is shared.
     */
    public AddResult add(final int subscriberId, final TopicFilter filter, final SubscriptionOptions options) {
        requireNotVisiting();
        if (filter.isShared() || subscriberId == NO_SUBSCRIBER) {
            throw new IllegalArgumentException("filter=" + filter + ", subscriberId=" + subscriberId
                    + ", limit=not shared, join SharedGroups and add the group");
        }
        final Subscriber known = subscribers.get(subscriberId);
        final Subscription existing = known == null ? null : known.subscriptions.get(filter);
        if (existing != null) {
            existing.options = options;
            return AddResult.REPLACED;
        }
        final byte[] bytes = filter.unsharedBytes();
        if (filter.levels() > MAX_LEVELS) {
            return AddResult.TOO_DEEP;
        }
        if (known != null && !hasRoom(known, filter.levels(), bytes.length)) {
            return AddResult.TOO_MANY;
        }
        insert(known == null ? newSubscriber(subscriberId) : known, filter, bytes, options);
        return AddResult.ADDED;
    }

    /**
     * Takes out a subscription.
     *
     * @param subscriberId who has it.
     * @param filter exactly as it was added.
     * @return false when there is no such subscription.
     */
    public boolean remove(final int subscriberId, final TopicFilter filter) {
        requireNotVisiting();
        final Subscriber subscriber = subscribers.get(subscriberId);
        final Subscription subscription = subscriber == null ? null : subscriber.subscriptions.remove(filter);
        if (subscription == null) {
            return false;
        }
        subscriber.levels -= filter.levels();
        subscriber.bytes -= filter.unsharedBytes().length;
        detach(subscription);
        if (subscriber.subscriptions.isEmpty()) {
            subscribers.remove(subscriberId);
        }
        return true;
    }

    /**
     * Takes out all subscriptions of a subscriber.
     *
     * @param subscriberId who has them.
     * @return how many there were.
     */
    public int removeAll(final int subscriberId) {
        requireNotVisiting();
        final Subscriber subscriber = subscribers.remove(subscriberId);
        if (subscriber == null) {
            return 0;
        }
        subscriber.subscriptions.values().forEach(this::detach);
        return subscriber.subscriptions.size();
    }

    /**
     * Finds all subscribers that want a message, each once.
     *
     * @param topic holds a topic name, see {@link TopicFilter#isTopic}; not kept.
     * @param offset of the first byte.
     * @param length in bytes.
     * @param publisher who published it, for subscriptions with No Local; {@link #NO_SUBSCRIBER} when that is no subscriber.
     * @param visitor called for each, in no particular order; must not call this index.
     * @return how many there are.
     * @throws IllegalArgumentException when the topic is too long.
     */
    public int match(
            final DirectBuffer topic,
            final int offset,
            final int length,
            final int publisher,
            final MatchVisitor visitor) {
        requireNotVisiting();
        readTopic(topic, offset, length);
        publisherId = publisher;
        matchNumber++;
        matchedCount = 0;
        walk(root, 0);
        visiting = true;
        try {
            for (int i = 0; i < matchedCount; i++) {
                visitor.onMatch(matched[i]);
                matched[i] = null;
            }
        } finally {
            visiting = false;
        }
        return matchedCount;
    }

    /**
     * Subscriptions of all subscribers.
     *
     * @return how many there are.
     */
    public int subscriptionCount() {
        return subscriptionCount;
    }

    /**
     * Subscribers that have a subscription.
     *
     * @return how many there are.
     */
    public int subscriberCount() {
        return subscribers.size();
    }

    /** Nodes of the trie without its root, for tests of what is left over. */
    int nodeCount() {
        return nodeCount;
    }

    private static boolean hasRoom(final Subscriber subscriber, final int levels, final int bytes) {
        return subscriber.subscriptions.size() < MAX_SUBSCRIPTIONS
                && subscriber.levels + levels <= MAX_TOTAL_LEVELS
                && subscriber.bytes + bytes <= MAX_TOTAL_BYTES;
    }

    private Subscriber newSubscriber(final int subscriberId) {
        final Subscriber subscriber = new Subscriber(subscriberId);
        subscribers.put(subscriberId, subscriber);
        if (matched.length < subscribers.size()) {
            matched = new Subscriber[Math.max(subscribers.size(), 2 * matched.length)];
        }
        return subscriber;
    }

    private void insert(
            final Subscriber subscriber,
            final TopicFilter filter,
            final byte[] bytes,
            final SubscriptionOptions options) {
        TrieNode node = root;
        int from = 0;
        while (from <= bytes.length && !isWildcard(bytes, from, '#')) {
            final int to = endOfLevel(bytes, from, bytes.length);
            final TrieNode child = isWildcard(bytes, from, '+') ? node.plusOrNew() : node.literalOrNew(bytes, from, to);
            if (child.isEmpty()) {
                nodeCount++; // A node that stood here before is needed by something.
            }
            node = child;
            from = to + 1;
        }
        final SubscriptionList list = from <= bytes.length ? node.below : node.exact;
        final Subscription subscription = new Subscription(subscriber, node, list, options);
        list.add(subscription);
        subscriber.subscriptions.put(filter, subscription);
        subscriber.levels += filter.levels();
        subscriber.bytes += bytes.length;
        subscriber.reserveIds();
        subscriptionCount++;
    }

    private void detach(final Subscription subscription) {
        subscription.list.remove(subscription);
        nodeCount -= subscription.node.prune();
        subscriptionCount--;
    }

    private void readTopic(final DirectBuffer topic, final int offset, final int length) {
        if (length > TopicFilter.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "topicBytes=" + length + ", limit=" + TopicFilter.MAX_BYTES + ", check topics with isTopic");
        }
        if (topicBytes.length < length) {
            topicBytes = new byte[Math.min(TopicFilter.MAX_BYTES, Math.max(length, 2 * topicBytes.length))];
        }
        topic.getBytes(offset, topicBytes, 0, length);
        dollar = length > 0 && topicBytes[0] == '$';
        topicLevels = 0;
        int from = 0;
        // No node stands deeper than MAX_LEVELS, so levels beyond are one too many and need no probe.
        while (from <= length && topicLevels <= MAX_LEVELS) {
            final int to = endOfLevel(topicBytes, from, length);
            if (topicLevels < MAX_LEVELS) {
                probes[topicLevels].set(topicBytes, from, to);
            }
            topicLevels++;
            from = to + 1;
        }
    }

    private void walk(final TrieNode node, final int depth) {
        // A filter that begins with a wildcard is not for topics that begin with $ (MQTT 5.0 section 4.7.2).
        final boolean wildcards = depth > 0 || !dollar;
        if (wildcards) {
            collect(node.below);
        }
        if (depth == topicLevels) {
            collect(node.exact);
            return;
        }
        if (depth == MAX_LEVELS) {
            return;
        }
        final TrieNode literal = node.literal(probes[depth]);
        if (literal != null) {
            walk(literal, depth + 1);
        }
        if (wildcards && node.plus() != null) {
            walk(node.plus(), depth + 1);
        }
    }

    private void collect(final SubscriptionList list) {
        for (int i = 0; i < list.count(); i++) {
            final Subscription subscription = list.get(i);
            final Subscriber subscriber = subscription.subscriber;
            final SubscriptionOptions options = subscription.options;
            if (options.noLocal() && subscriber.subscriberId() == publisherId) {
                continue;
            }
            if (subscriber.merge(options, matchNumber)) {
                matched[matchedCount++] = subscriber;
            }
        }
    }

    private void requireNotVisiting() {
        if (visiting) {
            throw new IllegalStateException("call=inside a visitor, limit=none, note what to do and do it afterwards");
        }
    }

    private static boolean isWildcard(final byte[] filter, final int from, final char wildcard) {
        return from < filter.length && filter[from] == wildcard;
    }

    private static int endOfLevel(final byte[] bytes, final int from, final int end) {
        int to = from;
        while (to < end && bytes[to] != '/') {
            to++;
        }
        return to;
    }
}
