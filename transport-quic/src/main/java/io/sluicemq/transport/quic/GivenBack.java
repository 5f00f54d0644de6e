package io.sluicemq.transport.quic;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Puts what waits in the rings of a connection that is over in front of what waits for the peer in the outlet. Agent. */
final class GivenBack {
    /** A thread that stopped in the middle of an offer is waited for so long. */
    private static final long MAX_OFFER_NS = 1_000_000_000L;

    private final MessageRing outlet;
    private final List<Waiting> waiting = new ArrayList<>();
    private long left;

    /** A message that is in no ring; the bits of its kind say whose the buffer is. */
    private record Waiting(int tag, int kind, UnsafeBuffer buffer, int offset, int length) {}

    /**
     * Makes one for one peer.
     *
     * @param outlet of the socket's end.
     */
    GivenBack(final MessageRing outlet) {
        this.outlet = outlet;
    }

    /** Returns how many messages found no room. */
    long take(final List<MessageRing> rings) {
        for (final MessageRing ring : rings) {
            ring.close();
            takeOut(ring);
            left += ring.size();
        }
        if (!waiting.isEmpty() && !outlet.isClosed()) {
            // What was sent later goes behind, in its order.
            takeOut(outlet);
        }
        for (final Waiting message : waiting) {
            putBack(message);
        }
        return left;
    }

    private void takeOut(final MessageRing ring) {
        final long untilNs = System.nanoTime() + MAX_OFFER_NS;
        // What was read before and not given back counts to the size, and is given back by a poll that finds less.
        while (!ring.isEmpty() && System.nanoTime() - untilNs < 0) {
            ring.poll((tag, kind, buffer, offset, length) -> add(ring, tag, kind, buffer, offset, length), (int)
                    Math.min(Integer.MAX_VALUE, ring.size()));
            Thread.onSpinWait();
        }
    }

    private boolean add(
            final MessageRing ring,
            final int tag,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final int lent = ring.takeOver();
        if (lent == 0) {
            copy(tag, kind, buffer, offset, length);
        } else {
            waiting.add(new Waiting(tag, kind | lent, (UnsafeBuffer) buffer, offset, length));
        }
        return true;
    }

    private void copy(final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        try {
            final byte[] copy = new byte[length];
            buffer.getBytes(offset, copy);
            waiting.add(new Waiting(tag, kind, new UnsafeBuffer(copy), 0, length));
        } catch (final OutOfMemoryError e) {
            // The others may find some; this one is counted.
            left++;
        }
    }

    private void putBack(final Waiting message) {
        if (!isTaken(message)) {
            left++;
            if ((message.kind & MessageKind.POOLED) != 0) {
                outlet.pool().release(message.buffer);
            }
        }
    }

    private boolean isTaken(final Waiting message) {
        try {
            return outlet.offer(message.tag, null, message.kind, message.buffer, message.offset, message.length);
        } catch (final OutOfMemoryError e) {
            // The outlet takes its memory at the first offer, which this may be.
            return false;
        }
    }
}
