package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.SendResult;
import io.sluicemq.transport.Carrier;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The subscriptions of a SUB or XSUB: told to each publisher when it connects and at each change, and applied again to what
 * comes, as a publisher may send more than was asked for. An XSUB changes them by sending {@code 01 prefix} or {@code 00
 * prefix}, and sends anything else upstream.
 */
public final class Subscriptions implements Inbound, Outbound {
    private final PrefixSet prefixes = new PrefixSet();

    /** Keeps a change and the telling of it together, so that a publisher that connects meanwhile hears it exactly once. */
    private final ReentrantLock changes = new ReentrantLock();

    private final PipeList publishers = new PipeList();

    /** Publishers that were told before they are open; an attempt that failed leaves its pipe here for the next one. */
    private final PipeList toldEarly = new PipeList();

    private final boolean invertMatching;
    private SocketCore socket;

    /**
     * Makes an empty list.
     *
     * @param invertMatching whether to take what no prefix matches instead.
     */
    public Subscriptions(final boolean invertMatching) {
        this.invertMatching = invertMatching;
    }

    @Override
    public void attach(final SocketCore core) {
        socket = core;
    }

    /**
     * Subscribes to a prefix, or takes one subscription back. Any thread.
     *
     * @param subscribe false to take it back.
     * @param prefix holds the prefix; copied.
     * @param offset of the prefix, in bytes.
     * @param length of the prefix, in bytes.
     */
    public void change(final boolean subscribe, final DirectBuffer prefix, final int offset, final int length) {
        changes.lock();
        try {
            // A repeated subscription is told too, as a verbose XPUB wants to see it; only the last cancellation
            // counts.
            boolean tell = true;
            if (subscribe) {
                prefixes.add(prefix, offset, length);
            } else {
                tell = prefixes.remove(prefix, offset, length) == SubscriptionTrie.RemoveResult.LAST_FOR_ANYONE;
            }
            if (tell) {
                final UnsafeBuffer view = new UnsafeBuffer(prefix, offset, length);
                for (final Pipe pipe : publishers.all()) {
                    pipe.subscribe(subscribe, view, length);
                }
                for (final Pipe pipe : toldEarly.all()) {
                    pipe.subscribe(subscribe, view, length);
                }
            }
        } finally {
            changes.unlock();
        }
    }

    @Override
    public void onEarly(final Pipe pipe, final Carrier carrier) {
        changes.lock();
        try {
            toldEarly.add(pipe);
            prefixes.forEach(prefix -> carrier.subscription(true, new UnsafeBuffer(prefix), prefix.length));
        } finally {
            changes.unlock();
        }
    }

    @Override
    public String onOpened(final Pipe pipe) {
        changes.lock();
        try {
            publishers.add(pipe);
            if (!toldEarly.remove(pipe)) {
                prefixes.forEach(prefix -> pipe.subscribe(true, new UnsafeBuffer(prefix), prefix.length));
            }
        } finally {
            changes.unlock();
        }
        return null;
    }

    @Override
    public void onLost(final Pipe pipe) {
        changes.lock();
        try {
            publishers.remove(pipe);
        } finally {
            changes.unlock();
        }
    }

    @Override
    public void onClosed(final Pipe pipe) {
        changes.lock();
        try {
            toldEarly.remove(pipe);
        } finally {
            changes.unlock();
        }
    }

    @Override
    public boolean deliver(
            final Pipe pipe,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final FrameHandler handler) {
        final int topicAt = Frames.firstBody(kind, buffer, offset);
        final int topicLength = Frames.firstLength(kind, buffer, offset, length);
        if (prefixes.matches(buffer, topicAt, topicLength) == invertMatching) {
            return false;
        }
        Frames.forEach(kind, buffer, offset, length, handler);
        return true;
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (Frames.isSubscription(kind, buffer, offset, length)) {
            change(buffer.getByte(offset) == 1, buffer, offset + 1, length - 1);
            return SendResult.SENT;
        }
        final Pipe[] all = publishers.all();
        if (all.length == 0) {
            socket.dropped(DropCause.NO_PEER, 1);
            return SendResult.SENT;
        }
        int dropped = 0;
        for (final Pipe pipe : all) {
            dropped += pipe.offer(null, kind, buffer, offset, length) ? 0 : 1;
        }
        if (dropped > 0) {
            socket.dropped(DropCause.HIGH_WATER_MARK, dropped);
        }
        return SendResult.SENT;
    }

    @Override
    public void requestSpace() {}

    @Override
    public boolean canSend() {
        return true;
    }
}
