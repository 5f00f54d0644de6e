package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SendResult;
import io.sluicemq.transport.MessageKind;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives each message to every subscriber with a matching prefix, and drops it, counted, for those that are full: PUB and
 * XPUB. Matching is lock-free on any number of sending threads; changes of the subscriptions take turns.
 */
public final class FanOut implements Outbound {
    /** What one peer's subscriptions may take: enough for 250,000 short prefixes, and a bound for a hostile peer. */
    private static final long MAX_PREFIX_BYTES_PER_PEER = 64L << 20;

    private static final Pipe[] NONE = {};
    private static final SubscriptionTrie.PrefixVisitor IGNORED = prefix -> {};
    private static final ThreadLocal<Matches> MATCHES = ThreadLocal.withInitial(Matches::new);

    private final SubscriptionTrie trie = new SubscriptionTrie(MAX_PREFIX_BYTES_PER_PEER);

    /** With the manual option: what peers asked for, while {@link #trie} holds what the application gave them. */
    private final SubscriptionTrie asked = new SubscriptionTrie(MAX_PREFIX_BYTES_PER_PEER);

    private final ReentrantLock changes = new ReentrantLock();
    private final ReentrantLock noDropTurn = new ReentrantLock();
    private final PublisherOptions options;
    private final SubscriptionFeed feed;
    private SocketCore socket;

    /** Subscribers by slot, replaced as a whole under {@link #changes}, read by senders. */
    private volatile Pipe[] bySlot = NONE;

    /** Everybody, for inverted matching; as {@link #bySlot}. */
    private volatile SlotSet everybody = SlotSet.EMPTY;

    /**
     * Makes the policy of a PUB or XPUB socket.
     *
     * @param options of the publisher.
     * @param feed gets the subscriptions that the application is to see; null for PUB.
     */
    public FanOut(final PublisherOptions options, final SubscriptionFeed feed) {
        this.options = options;
        this.feed = feed;
    }

    @Override
    public void attach(final SocketCore core) {
        socket = core;
        if (feed != null) {
            feed.attach(core);
        }
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Matches matches = MATCHES.get();
        final int topicAt = Frames.firstBody(kind, buffer, offset);
        final int topicLength = Frames.firstLength(kind, buffer, offset, length);
        if (options.noDrop()) {
            return sendToAllOrNone(matches, topicAt, topicLength, new Range(kind, buffer, offset, length));
        }
        match(buffer, topicAt, topicLength, matches);
        final Pipe[] pipes = bySlot;
        int dropped = 0;
        for (int i = 0; i < matches.count(); i++) {
            final Pipe pipe = pipeAt(pipes, matches.slot(i));
            if (pipe != null && !pipe.outlet().offer(0, null, kind, buffer, offset, length)) {
                pipe.record().addDropped(1);
                dropped++;
            }
        }
        if (dropped > 0) {
            socket.dropped(DropCause.HIGH_WATER_MARK, dropped);
        }
        return SendResult.SENT;
    }

    /** One sender at a time, so that no other takes the room between the look and the offer. */
    private SendResult sendToAllOrNone(
            final Matches matches, final int topicAt, final int topicLength, final Range message) {
        int dropped = 0;
        noDropTurn.lock();
        try {
            match(message.buffer, topicAt, topicLength, matches);
            final Pipe[] pipes = bySlot;
            for (int i = 0; i < matches.count(); i++) {
                final Pipe pipe = pipeAt(pipes, matches.slot(i));
                if (pipe != null && pipe.isOpen() && !pipe.outlet().hasRoom(message.length)) {
                    return SendResult.BACK_PRESSURED;
                }
            }
            for (int i = 0; i < matches.count(); i++) {
                final Pipe pipe = pipeAt(pipes, matches.slot(i));
                if (pipe != null
                        && !pipe.outlet()
                                .offer(0, null, message.kind, message.buffer, message.offset, message.length)) {
                    // Not open, and so not waited for.
                    pipe.record().addDropped(1);
                    dropped++;
                }
            }
        } finally {
            noDropTurn.unlock();
        }
        if (dropped > 0) {
            socket.dropped(DropCause.HIGH_WATER_MARK, dropped);
        }
        return SendResult.SENT;
    }

    private void match(final DirectBuffer topic, final int offset, final int length, final Matches matches) {
        trie.match(topic, offset, length, matches);
        if (options.invertMatching()) {
            matches.invert(everybody);
        }
    }

    /** A slot may have been given up since the match was made. */
    private static Pipe pipeAt(final Pipe[] pipes, final int slot) {
        return slot < pipes.length ? pipes[slot] : null;
    }

    @Override
    public void requestSpace() {
        for (final Pipe pipe : bySlot) {
            if (pipe != null) {
                pipe.outlet().requestSpace();
            }
        }
    }

    @Override
    public boolean canSend() {
        if (!options.noDrop()) {
            return true;
        }
        for (final Pipe pipe : bySlot) {
            if (pipe != null && pipe.isOpen() && !pipe.outlet().hasRoom()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean offersOnAgent() {
        return options.welcomeMessage() != null;
    }

    @Override
    public String onOpened(final Pipe pipe) {
        changes.lock();
        try {
            slotOf(pipe);
        } finally {
            changes.unlock();
        }
        final Message welcome = options.welcomeMessage();
        if (welcome != null) {
            final boolean sent = pipe.outlet()
                    .offer(
                            0,
                            null,
                            MessageKind.SINGLE,
                            welcome.buffer(),
                            welcome.frameOffset(0),
                            welcome.frameLength(0));
            if (!sent) {
                socket.dropped(DropCause.HIGH_WATER_MARK, 1);
            }
        }
        return null;
    }

    @Override
    public void onLost(final Pipe pipe) {
        changes.lock();
        try {
            final int slot = indexOf(bySlot, pipe);
            if (slot >= 0) {
                cancelAll(pipe, slot);
                final Pipe[] copy = bySlot.clone();
                copy[slot] = null;
                bySlot = copy;
                everybody = everybody.without(slot);
            }
        } finally {
            changes.unlock();
        }
        socket.signalPeerWaiters();
    }

    /** Under {@link #changes}: takes back everything of a peer that is gone, and tells the application what it is to see. */
    private void cancelAll(final Pipe pipe, final int slot) {
        if (feed == null) {
            trie.removeAll(slot, IGNORED);
        } else if (options.manual() || options.verboser()) {
            final SubscriptionTrie shown = options.manual() ? asked : trie;
            shown.forEach(slot, prefix -> feed.publish(pipe, false, prefix));
            asked.removeAll(slot, IGNORED);
            trie.removeAll(slot, IGNORED);
        } else {
            trie.removeAll(slot, prefix -> feed.publish(pipe, false, prefix));
        }
    }

    @Override
    public void onClosed(final Pipe pipe) {
        onLost(pipe);
    }

    /** Under {@link #changes}: the slot of a pipe, a free one if it has none. */
    private int slotOf(final Pipe pipe) {
        final Pipe[] old = bySlot;
        final int present = indexOf(old, pipe);
        if (present >= 0) {
            return present;
        }
        final int free = indexOf(old, null);
        final int slot = free >= 0 ? free : old.length;
        final Pipe[] copy = Arrays.copyOf(old, Math.max(old.length, slot + 1));
        copy[slot] = pipe;
        bySlot = copy;
        everybody = everybody.with(slot);
        return slot;
    }

    private static int indexOf(final Pipe[] pipes, final Pipe pipe) {
        for (int i = 0; i < pipes.length; i++) {
            if (pipes[i] == pipe) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean onSubscription(
            final Pipe pipe, final boolean subscribe, final DirectBuffer buffer, final int offset, final int length) {
        if (feed != null && !feed.hasRoom(pipe)) {
            return false;
        }
        // Changed and told in one: else the notice of a later change could overtake this one's.
        changes.lock();
        try {
            // An application that decides itself sees every wish.
            final boolean announce = change(options.manual() ? asked : trie, pipe, subscribe, buffer, offset, length)
                    || options.manual();
            if (feed != null && announce) {
                final byte[] prefix = new byte[length];
                buffer.getBytes(offset, prefix);
                feed.publish(pipe, subscribe, prefix);
            }
        } finally {
            changes.unlock();
        }
        return true;
    }

    /**
     * Changes the subscriptions of one peer.
     *
     * @return whether the application is to see it.
     */
    private boolean change(
            final SubscriptionTrie target,
            final Pipe pipe,
            final boolean subscribe,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final boolean announce;
        changes.lock();
        try {
            if (pipe.isClosed()) {
                // A subscriber in this process, on its own thread: it must not come back into a table that it has left.
                return false;
            }
            announce = subscribe
                    ? announcesSubscribe(target.add(buffer, offset, length, slotOf(pipe)), pipe)
                    : announcesCancel(target.cancel(buffer, offset, length, slotOf(pipe)));
        } finally {
            changes.unlock();
        }
        socket.signalPeerWaiters();
        return announce;
    }

    private boolean announcesSubscribe(final SubscriptionTrie.AddResult result, final Pipe pipe) {
        return switch (result) {
            case FIRST_FOR_ANYONE -> true;
            case FIRST_FOR_SUBSCRIBER, REPEATED -> options.verbose() || options.verboser();
            case OVER_BUDGET -> {
                pipe.refuse("prefixBytes=" + MAX_PREFIX_BYTES_PER_PEER + " and more, limit=" + MAX_PREFIX_BYTES_PER_PEER
                        + " a peer with overhead, subscribe to fewer or shorter prefixes");
                yield false;
            }
        };
    }

    private boolean announcesCancel(final SubscriptionTrie.RemoveResult result) {
        return switch (result) {
            case LAST_FOR_ANYONE -> true;
            case LAST_FOR_SUBSCRIBER -> options.verboser();
            case NOT_SUBSCRIBED, STILL_SUBSCRIBED -> false;
        };
    }

    /**
     * Changes the subscriptions of the peer whose message the application received last. Any thread.
     *
     * @param subscribe false to cancel.
     * @param prefix copied.
     * @return false when there is no such peer.
     */
    public boolean changeForLastPeer(final boolean subscribe, final byte[] prefix) {
        final Pipe pipe = feed.lastPipe();
        if (pipe == null || !pipe.isOpen()) {
            return false;
        }
        change(trie, pipe, subscribe, new UnsafeBuffer(prefix), 0, prefix.length);
        return true;
    }

    /**
     * How many subscribers a topic would go to. Any thread.
     *
     * @param topic holds it.
     * @param length of the topic, in bytes.
     * @return the number.
     */
    public int subscriberCount(final DirectBuffer topic, final int length) {
        final Matches matches = MATCHES.get();
        match(topic, 0, length, matches);
        return matches.count();
    }

    /** A message on its way through {@link #sendToAllOrNone}, which is off the fast path. */
    private record Range(int kind, DirectBuffer buffer, int offset, int length) {}
}
