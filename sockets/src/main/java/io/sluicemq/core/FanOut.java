package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SendResult;
import io.sluicemq.transport.MessageKind;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives each message to every subscriber with a matching prefix, and drops it, counted, for those that are full: PUB and
 * XPUB. A sending thread serves the subscribers in this process, and writes the message once for all others, whom the I/O
 * agent serves ({@link Publication}). Matching is lock-free; changes of the subscriptions take turns.
 */
public final class FanOut implements Outbound, Topics {
    /** What one peer's subscriptions may take: enough for 250,000 short prefixes, and a bound for a hostile peer. */
    private static final long MAX_PREFIX_BYTES_PER_PEER = 64L << 20;

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

    private final Subscribers subscribers = new Subscribers();
    private Publication publication;

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
        publication = new Publication(core, this, subscribers, options.noDrop());
        if (feed != null) {
            feed.attach(core);
        }
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (options.noDrop()) {
            return sendToAllOrNone(kind, buffer, offset, length);
        }
        if (!subscribers.directSlots().isEmpty()) {
            sendDirect(kind, buffer, offset, length);
        }
        return isForNetwork(kind, buffer, offset, length)
                ? publication.publish(kind, buffer, offset, length)
                : SendResult.SENT;
    }

    /** What nobody subscribed to need not go to the agent. */
    private boolean isForNetwork(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return subscribers.anyNetwork()
                && (options.invertMatching()
                        || trie.matchesAny(
                                buffer,
                                Frames.firstBody(kind, buffer, offset),
                                Frames.firstLength(kind, buffer, offset, length)));
    }

    /** To subscribers in this process, which read their rings by themselves. */
    private void sendDirect(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Matches matches = MATCHES.get();
        match(kind, buffer, offset, length, matches);
        final SlotSet slots = subscribers.directSlots();
        final Pipe[] pipes = subscribers.direct();
        int dropped = 0;
        for (int i = 0; i < slots.wordCount(); i++) {
            final int word = slots.wordIndex(i);
            for (long rest = slots.word(i) & matches.word(word); rest != 0; rest &= rest - 1) {
                final Pipe pipe = Subscribers.at(pipes, (word << 6) + Long.numberOfTrailingZeros(rest));
                if (pipe != null && !pipe.outlet().offer(null, kind, buffer, offset, length)) {
                    pipe.record().addDropped(1);
                    dropped++;
                }
            }
        }
        if (dropped > 0) {
            socket.dropped(DropCause.HIGH_WATER_MARK, dropped);
        }
    }

    private SendResult sendToAllOrNone(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final boolean sent = subscribers.directSlots().isEmpty()
                ? offerToNetwork(kind, buffer, offset, length)
                : offerToAllInTurn(kind, buffer, offset, length);
        publication.onOffered();
        return sent ? SendResult.SENT : SendResult.BACK_PRESSURED;
    }

    private boolean offerToNetwork(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return !isForNetwork(kind, buffer, offset, length) || publication.offer(kind, buffer, offset, length);
    }

    private boolean offerToAllInTurn(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        // One sender at a time, so that no other takes the room between the look and the offer.
        noDropTurn.lock();
        try {
            final Matches matches = MATCHES.get();
            match(kind, buffer, offset, length, matches);
            if (!directHaveRoom(matches, length) || !offerToNetwork(kind, buffer, offset, length)) {
                return false;
            }
            // Whoever is not open is not waited for.
            sendDirect(kind, buffer, offset, length);
        } finally {
            noDropTurn.unlock();
        }
        return true;
    }

    private boolean directHaveRoom(final Matches matches, final int length) {
        final Pipe[] pipes = subscribers.direct();
        for (int slot = 0; slot < pipes.length; slot++) {
            final Pipe pipe = pipes[slot];
            if (pipe != null
                    && (matches == null || matches.contains(slot))
                    && pipe.isOpen()
                    && !pipe.outlet().hasRoom(length)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void match(
            final int kind, final DirectBuffer buffer, final int offset, final int length, final Matches out) {
        matchTopic(
                buffer, Frames.firstBody(kind, buffer, offset), Frames.firstLength(kind, buffer, offset, length), out);
    }

    private void matchTopic(final DirectBuffer topic, final int offset, final int length, final Matches out) {
        trie.match(topic, offset, length, out);
        if (options.invertMatching()) {
            out.invert(subscribers.everybody());
        }
    }

    @Override
    public boolean offersToPipes() {
        return false;
    }

    @Override
    public void requestSpace() {
        publication.requestSpace();
        for (final Pipe pipe : subscribers.direct()) {
            if (pipe != null) {
                pipe.outlet().requestSpace();
            }
        }
    }

    @Override
    public boolean canSend() {
        return !options.noDrop() || ((!subscribers.anyNetwork() || publication.hasRoom()) && directHaveRoom(null, 1));
    }

    @Override
    public long waiting() {
        return publication.size();
    }

    @Override
    public void onRoom(final Pipe pipe) {
        // A peer in this process makes room on its own thread, and no agent waits for it.
        if (pipe.carrier() != null) {
            publication.resume();
        }
    }

    @Override
    public void onGauge() {
        publication.lookAgain();
    }

    @Override
    public void onFinishing(final Pipe pipe) {
        publication.catchUp();
    }

    @Override
    public void onClosing(final Runnable whenHandedOver) {
        publication.finish(whenHandedOver);
    }

    @Override
    public long onLingerExpired() {
        return publication.abandon();
    }

    @Override
    public boolean offersOnAgent() {
        return options.welcomeMessage() != null;
    }

    /** A subscriber that is not there loses its copies alone, unless all wait for it. */
    @Override
    public boolean takesEarly() {
        return !options.noDrop();
    }

    @Override
    public boolean mayLose() {
        return !options.noDrop();
    }

    @Override
    public String onOpened(final Pipe pipe) {
        if (pipe.carrier() != null) {
            publication.open();
        }
        changes.lock();
        try {
            subscribers.slotOf(pipe);
        } finally {
            changes.unlock();
        }
        final Message welcome = options.welcomeMessage();
        if (welcome != null) {
            final boolean sent = pipe.outlet()
                    .offer(
                            null,
                            MessageKind.SINGLE | MessageKind.onLane(welcome.lane()),
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
            final int slot = subscribers.indexOf(pipe);
            if (slot >= 0) {
                cancelAll(pipe, slot);
                subscribers.remove(slot);
            }
        } finally {
            changes.unlock();
        }
        publication.resume();
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
            if (pipe.isClosed() || isBetweenConnections(pipe)) {
                // On a thread of the application, or of a subscriber in this process: what has left a table stays out.
                return false;
            }
            announce = subscribe
                    ? announcesSubscribe(target.add(buffer, offset, length, subscribers.slotOf(pipe)), pipe)
                    : announcesCancel(target.cancel(buffer, offset, length, subscribers.slotOf(pipe)));
        } finally {
            changes.unlock();
        }
        socket.signalPeerWaiters();
        return announce;
    }

    /** Whether the connection to a peer that is not in this process is over, and another may follow. */
    private static boolean isBetweenConnections(final Pipe pipe) {
        return pipe.peer() != null && !pipe.isDirect() && pipe.carrier() == null;
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
        matchTopic(topic, 0, length, matches);
        return matches.count();
    }
}
