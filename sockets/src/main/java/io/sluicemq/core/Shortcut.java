package io.sluicemq.core;

import io.sluicemq.stat.PeerRecord;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import org.agrona.DirectBuffer;

/**
 * A sender's way past the outlet: while senders do the I/O themselves, a small message goes straight to the carrier, with no
 * stop in the ring. Only if nothing waits in the ring, so that the order of each thread's messages is kept, and for one pipe of
 * an agent at a time, as the carriers gather their batches in one place.
 */
final class Shortcut {
    /** A larger message gains little, and might go in part only, and would then have to be kept. */
    private static final int MAX_MESSAGE_BYTES = 1024;

    private static final int MAX_BATCH_BYTES = 64 * 1024;

    private final Pipe pipe;
    private final IoAgent agent;
    private final IoDuty duty;
    private final MessageRing outlet;
    private final PeerRecord record;
    private final boolean conflates;

    // On duty only.
    private int messages;
    private long bytes;

    Shortcut(final Pipe pipe, final MessageRing outlet) {
        this.pipe = pipe;
        this.agent = pipe.socket().agent();
        this.duty = agent.duty();
        this.outlet = outlet;
        this.record = pipe.record();
        this.conflates = pipe.socket().options().conflate();
    }

    /** Any thread; false when the message is for the outlet. */
    boolean offer(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (!duty.isLedToSend() || !fits(prefix, kind, length)) {
            return false;
        }
        buffer.boundsCheck(offset, length);
        if (!duty.tryTake()) {
            return false;
        }
        try {
            // What gets here has no lanes.
            return isFree() && give(MessageKind.withoutLane(kind), buffer, offset, length);
        } finally {
            duty.giveBack();
        }
    }

    /** A virtual thread would hold its carrier in a write, and everybody's I/O if it were parked in one. */
    private boolean fits(final DirectBuffer prefix, final int kind, final int length) {
        return prefix == null
                && (kind & (MessageKind.WRAPPED | MessageKind.POOLED)) == 0
                && length <= MAX_MESSAGE_BYTES
                && !conflates
                && !Backoff.isVirtual(Thread.currentThread());
    }

    /** What goes to shared memory is counted when it is taken there, and so would count twice. */
    private boolean isFree() {
        return duty.isLedToSend()
                && !pipe.path().isShared()
                && outlet.isEmpty()
                && !outlet.isClosed()
                && !pipe.isBlocked()
                && agent.mayShortcut(this);
    }

    private boolean give(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (!pipe.toCarrier(kind, buffer, offset, length)) {
            return false;
        }
        messages++;
        bytes += length;
        if (bytes >= MAX_BATCH_BYTES) {
            duty.writeInPlace();
        }
        return true;
    }

    /** On duty: writes what was given, and counts it. */
    void flush() {
        if (messages == 0) {
            return;
        }
        final Carrier carrier = pipe.carrier();
        if (carrier != null) {
            carrier.flush();
        }
        count();
    }

    /** On duty: counts what was given as sent; what of it a lost connection did not take is counted as lost. */
    void count() {
        pipe.socket().counters().sent(messages, bytes);
        record.addSent(messages);
        messages = 0;
        bytes = 0;
    }
}
