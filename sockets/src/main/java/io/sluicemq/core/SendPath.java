package io.sluicemq.core;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.SharedCarrier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ways of a sender's message to one peer: straight into a ring of the connection's own, straight to the carrier, or
 * by the outlet. It takes a shorter way only if nothing waits in the outlet, so that the order of each thread's messages is
 * kept. Any thread.
 */
final class SendPath {
    private final Pipe pipe;
    private final MessageRing outlet;
    private final IoDuty duty;
    private final Shortcut shortcut;
    private final boolean mayShare;
    private final SharedCarrier.SentListener onSent = this::onSent;

    // Agent only.
    private long shownQueued;

    /** Agent only: the connection has lanes, with a ring for each. */
    private boolean hasRings;

    /** The connection through shared memory now, or null; written by the agent. */
    private volatile SharedCarrier shared;

    SendPath(final Pipe pipe, final MessageRing outlet) {
        this.pipe = pipe;
        this.outlet = outlet;
        this.duty = pipe.socket().agent().duty();
        this.shortcut = new Shortcut(pipe, outlet);
        // What is fanned out by the agent, or replaced until the agent takes it, never goes past it.
        this.mayShare =
                !pipe.socket().options().conflate() && pipe.socket().sendPort().offersToPipes();
    }

    /** Agent: what is sent from now on goes this way, once the outlet is empty. */
    void open(final SharedCarrier carrier) {
        hasRings = carrier.givesBack();
        if (mayShare || (hasRings && !pipe.socket().options().conflate())) {
            shared = carrier;
        }
    }

    /** Agent: whether the connection has lanes, and a ring for each, one of which may be full while others are not. */
    boolean hasRings() {
        return hasRings;
    }

    /** Agent: the kind of a record of the outlet as the carrier is to get it, with the lane where there are some. */
    int offeredKind(final int tag, final int kind) {
        return hasRings ? MessageKind.withLaneTag(tag, kind) : kind;
    }

    /** Agent: the connection is over. */
    void close() {
        shortcut.count();
        countSent();
        hasRings = false;
        shared = null;
    }

    /** As {@link MessageRing#offer}. */
    boolean offer(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final SharedCarrier way = shared;
        if (way == null) {
            if (shortcut.offer(prefix, kind, buffer, offset, length)) {
                return true;
            }
        } else if (outlet.isEmpty()) {
            final SharedCarrier.Offer result = way.offerShared(prefix, kind, buffer, offset, length);
            if (result == SharedCarrier.Offer.TAKEN) {
                released(kind, buffer);
                return true;
            }
            if (result == SharedCarrier.Offer.PASSED) {
                return true;
            }
            if (result == SharedCarrier.Offer.FULL) {
                return false;
            }
        } else if (way.givesBack()) {
            // Behind what waits there for one ring, a message would wait for that one, whichever is its own; and what
            // comes back at the end goes before it.
            return false;
        }
        final boolean taken = outlet.offer(prefix, kind, buffer, offset, length);
        if (taken && !pipe.isDirect()) {
            duty.onOffered();
        }
        return taken;
    }

    /** The message was copied, but its buffer had been given away. */
    private void released(final int kind, final DirectBuffer buffer) {
        if ((kind & MessageKind.POOLED) != 0) {
            outlet.pool().release((UnsafeBuffer) buffer);
        }
    }

    /** Whether a small message would be taken now; stale at once while others send. */
    boolean hasRoom() {
        final SharedCarrier way = shared;
        if (way == null) {
            return outlet.hasRoom();
        }
        return outlet.isEmpty() ? way.hasRoom() : !way.givesBack() && outlet.hasRoom();
    }

    /** As {@link MessageRing#requestSpace()}. */
    void requestSpace() {
        outlet.requestSpace();
        final SharedCarrier way = shared;
        if (way != null) {
            way.requestSpace();
        }
    }

    /** Messages that wait for the peer; approximate. */
    long waiting() {
        final SharedCarrier way = shared;
        return outlet.size() + (way == null ? 0 : way.waiting());
    }

    /** Agent: shows other processes how much waits for the peer now. */
    void showQueued() {
        countSent();
        if (!outlet.isEmpty()) {
            outlet.announceForgotten();
        }
        final long queued = waiting();
        if (queued != shownQueued) {
            shownQueued = queued;
            pipe.record().queued(queued);
        }
    }

    /** Whether {@link #countSent()} counts what goes to the peer, by whatever way. */
    boolean isShared() {
        return shared != null;
    }

    /** Counts what went through shared memory since this was called last. */
    void countSent() {
        final SharedCarrier way = shared;
        if (way != null) {
            way.reportSent(onSent);
        }
    }

    private void onSent(final long messages, final long bytes) {
        pipe.socket().counters().sent(messages, bytes);
        pipe.record().addSent(messages);
    }
}
