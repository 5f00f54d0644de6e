package io.sluicemq.transport.quic;

import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageRing;
import org.agrona.DirectBuffer;

/** Puts what waits in the rings of a connection that is over in front of what waits for the peer in the outlet. Agent. */
final class GivenBack {
    /** A thread that stopped in the middle of an offer is waited for so long. */
    private static final long MAX_OFFER_NS = 1_000_000_000L;

    private final MessageRing outlet;
    private final MessageHandler toOutlet = this::toOutlet;
    private long lost;

    /**
     * Makes one for one peer.
     *
     * @param outlet of the socket's end.
     */
    GivenBack(final MessageRing outlet) {
        this.outlet = outlet;
    }

    private boolean toOutlet(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (!outlet.offer(tag, null, kind, buffer, offset, length)) {
            lost++;
        }
        return true;
    }

    /** Returns how many messages found no room. */
    long take(final OutLane... lanes) {
        final long behind = outlet.isClosed() ? 0 : outlet.size();
        long left = 0;
        for (final OutLane lane : lanes) {
            left += empty(lane.ring());
        }
        // What was sent later goes behind, in its order.
        for (long i = 0; i < behind; i++) {
            outlet.poll(toOutlet, 1);
        }
        return lost + left;
    }

    private long empty(final MessageRing ring) {
        ring.close();
        final long untilNs = System.nanoTime() + MAX_OFFER_NS;
        while (ring.poll(toOutlet, Integer.MAX_VALUE) > 0 || (!ring.isEmpty() && System.nanoTime() - untilNs < 0)) {
            Thread.onSpinWait();
        }
        return ring.size();
    }
}
