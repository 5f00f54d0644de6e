package io.sluicemq.core;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageRing;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What goes to the peer of a pipe from the first word of a connection on, where the medium has that: subscriptions, and one message that
 * may be delivered twice. The message stays in the outlet until the peer is there: if that never comes to be, it goes with the next
 * connection. Agent, unless said.
 */
final class EarlyWay {
    private final Pipe pipe;
    private final MessageRing outlet;
    private final MessageHandler toPeer = this::toPeer;

    /** Takes subscriptions, before the peer is there and then; written by the agent, others only compare it. */
    private volatile Carrier carrier;

    /** Whether the first message in the outlet has gone, with this connection. */
    private boolean sent;

    /** Whether it has, with this one or one before that did not come to be. */
    private boolean mayHaveArrived;

    private int sentBytes;

    EarlyWay(final Pipe pipe, final MessageRing outlet) {
        this.pipe = pipe;
        this.outlet = outlet;
    }

    /** A connection takes something, and its peer has not said who it is. */
    void begin(final Carrier newCarrier) {
        carrier = newCarrier;
    }

    /** The connection, from the first word on; null between two of them. */
    Carrier carrier() {
        return carrier;
    }

    /** Sends the message that waits first, if nobody is there yet and none was sent. What is conflated may be replaced meanwhile. */
    void offer() {
        final Carrier current = carrier;
        if (current == null || sent || pipe.carrier() != null || outlet.isConflating() || !pipe.mayRepeat()) {
            return;
        }
        outlet.poll(toPeer, 1);
        if (sent) {
            current.flush();
        }
    }

    private boolean toPeer(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        sent = carrier.offerEarly(kind, buffer, offset, length);
        sentBytes = length;
        mayHaveArrived |= sent;
        return false;
    }

    /** Whether a message was sent to a peer that is not there yet. */
    boolean hasSent() {
        return sent;
    }

    /** The peer is there: what was sent is on its way like any other message. */
    void onOpen(final Carrier newCarrier) {
        carrier = carrier == null ? newCarrier : carrier;
        mayHaveArrived = false;
        if (sent) {
            sent = false;
            countSent();
        }
    }

    private void countSent() {
        outlet.poll((tag, kind, buffer, offset, length) -> true, 1);
        pipe.socket().counters().sent(1, sentBytes);
        pipe.record().addSent(1);
    }

    /** The connection is over, or did not come to be. */
    void end() {
        carrier = null;
        sent = false;
    }

    /** Nothing that waits goes any more: what has gone is taken out, and counts as sent to a peer that may have got it. Returns how many. */
    int giveUp() {
        if (!mayHaveArrived) {
            return 0;
        }
        mayHaveArrived = false;
        sent = false;
        countSent();
        pipe.onDropped(Dropped.UNKNOWN, 1);
        return 1;
    }

    /** Tells the peer of a subscription. Any thread; in order with others of the same thread. */
    void subscribe(final boolean subscribe, final DirectBuffer prefix, final int length) {
        final byte[] copy = new byte[length];
        prefix.getBytes(0, copy);
        final Carrier target = carrier;
        pipe.socket().agent().execute(() -> {
            if (carrier == target && target != null) {
                target.subscription(subscribe, new UnsafeBuffer(copy), copy.length);
            }
        });
    }
}
