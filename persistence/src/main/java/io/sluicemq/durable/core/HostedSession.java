package io.sluicemq.durable.core;

import io.sluicemq.durable.PublisherSession;
import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.JournalReader;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;

/**
 * A session at the host: its subscriptions, how far it is, and where it reads. It is either <i>live</i>, and gets what the live cursor
 * reads, or has a cursor of its own, or none while nobody is connected. The host's thread.
 */
final class HostedSession {
    /** For {@link #endsAtEpochMs}: a subscriber is connected. */
    static final long CONNECTED = 0;

    /** For {@link #endsAtEpochMs}: the session never ends by itself. */
    static final long NEVER = Long.MAX_VALUE;

    /** Of a char. */
    private static final int MAX_UTF8_BYTES = 3;

    final int number;
    final String name;

    /** Those that hold now. */
    final Map<TopicFilter, HostSubscription> subscriptions = new HashMap<>();

    /** Those that hold only for records which this session may still have to read. */
    final List<HostSubscription> ended = new ArrayList<>();

    /** A delivery that was read and could not be sent yet. */
    ExpandableArrayBuffer stalled = emptyBuffer();

    /** Of both kinds; null when one has changed since it was made. */
    private HostSubscription[] all;

    long expirySeconds;
    long endsAtEpochMs;
    HostSession progress;
    HostLink link;

    /** What was journaled last. */
    long journaledPosition;

    /** The journal had no room to say how the session is now. */
    boolean unwritten;

    boolean live;

    /** While live: records before this index were looked at by its own cursor. */
    long liveFrom;

    JournalReader reader;
    int stalledBytes;
    long stalledIndex;
    int stalledQos;

    /** Of messages that go at QoS 0, those up to here are not sent: they were, or nobody was connected. */
    long droppedUpTo;

    /** Subscriptions that are still to get retained messages. */
    final ArrayDeque<HostSubscription> walks = new ArrayDeque<>();

    /** Whether it is among those that get some in turn. */
    boolean walking;

    /** A retained message that was found and could not be appended yet. */
    long foundRetained = RetainedMessages.NONE;

    /** From shared subscriptions, those which {@link HostSession#position} has not passed. */
    final AssignedMessages assigned = new AssignedMessages();

    /** Further ones that are about to be appended. */
    int unappended;

    private int filterLevels;
    private int filterBytes;

    HostedSession(final int number, final String name, final long expirySeconds, final HostSession progress) {
        this.number = number;
        this.name = name;
        this.expirySeconds = expirySeconds;
        this.progress = progress;
        journaledPosition = progress.position();
    }

    /** Puts in a subscription; one to the same filter ends. */
    void subscribe(final HostSubscription subscription) {
        unsubscribe(subscription.filter, subscription.since);
        subscriptions.put(subscription.filter, subscription);
        all = null;
        filterLevels += subscription.filter.levels();
        filterBytes += subscription.filterBytes();
    }

    /** Ends a subscription; returns whether there was one. */
    boolean unsubscribe(final TopicFilter filter, final long index) {
        final HostSubscription subscription = subscriptions.remove(filter);
        if (subscription == null) {
            return false;
        }
        subscription.until = index;
        if (filter.isShared()) {
            // It is the group that reads the log.
            release(subscription);
        } else {
            ended.add(subscription);
        }
        all = null;
        return true;
    }

    /** A subscription that still gets retained messages. A checkpoint does not tell in which order they began; null if it has ended. */
    HostSubscription findWalk(final long since) {
        for (final HostSubscription each : walks) {
            if (each.since == since) {
                return each;
            }
        }
        return null;
    }

    /** A subscription has got all retained messages. */
    void endWalk(final HostSubscription subscription) {
        subscription.walk = null;
        walks.remove(subscription);
    }

    /** Forgets subscriptions that ended before all that may still be read for this session. */
    void forgetEnded() {
        if (ended.isEmpty()) {
            return;
        }
        final long position = progress.position();
        for (int i = ended.size() - 1; i >= 0; i--) {
            final HostSubscription subscription = ended.get(i);
            if (subscription.until <= position) {
                release(subscription);
                ended.remove(i);
                all = null;
            }
        }
    }

    /** Those that hold and those that ended, for who goes through them for each message and wants no iterator. */
    HostSubscription[] allSubscriptions() {
        if (all == null) {
            final List<HostSubscription> both = new ArrayList<>(subscriptions.values());
            both.addAll(ended);
            all = both.toArray(new HostSubscription[0]);
        }
        return all;
    }

    private void release(final HostSubscription subscription) {
        filterLevels -= subscription.filter.levels();
        filterBytes -= subscription.filterBytes();
    }

    /** Whether it can be assigned one more message of a shared subscription, and would be sent it soon. */
    boolean canBeAssigned() {
        return live
                && link != null
                && !link.blocked
                && !link.gone
                && progress.hasRoomBehind(assigned.unread() + unappended);
    }

    /** Whether the index of all subscriptions will take one more, whichever of the ended ones it still has. */
    boolean mayHave(final TopicFilter filter) {
        return subscriptions.size() + ended.size() < SubscriptionIndex.MAX_SUBSCRIPTIONS
                && filter.levels() <= SubscriptionIndex.MAX_LEVELS
                && filterLevels + filter.levels() <= SubscriptionIndex.MAX_TOTAL_LEVELS
                && filterBytes + filter.toString().length() * MAX_UTF8_BYTES <= SubscriptionIndex.MAX_TOTAL_BYTES;
    }

    /** When it ends if its subscriber goes now. */
    long endAfter(final long nowMs) {
        return expirySeconds == Hello.NEVER ? NEVER : nowMs + expirySeconds * 1000;
    }

    PublisherSession describe() {
        return new PublisherSession(
                name,
                link != null,
                endsAtEpochMs == CONNECTED || endsAtEpochMs == NEVER ? null : Instant.ofEpochMilli(endsAtEpochMs),
                progress.position());
    }

    static ExpandableArrayBuffer emptyBuffer() {
        return new ExpandableArrayBuffer(64);
    }

    void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
