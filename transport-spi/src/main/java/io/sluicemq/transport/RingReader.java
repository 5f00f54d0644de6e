package io.sluicemq.transport;

import io.sluicemq.transport.LargeMessages.LargeMessage;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * The consumer of a {@link MessageRing}: turns records into messages. What it writes at each one lies on cache lines of its
 * own, away from what producers read.
 */
@SuppressWarnings("unused")
final class RingReader implements ControlledMessageHandler {
    private static final int KIND_MASK = (1 << MessageRing.KIND_BITS) - 1;

    private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
    private final LargeMessages large;
    private final Admission admission;
    private MessageHandler handler;
    private int handled;
    private boolean aborted;
    private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;

    RingReader(final LargeMessages large, final Admission admission) {
        this.large = large;
        this.admission = admission;
    }

    /** Hands over messages and makes their room free, also when the handler throws. */
    int read(final RingBuffer source, final MessageHandler messageHandler, final int limit) {
        handler = messageHandler;
        handled = 0;
        aborted = false;
        try {
            source.controlledRead(this, limit);
            if (handled == 0 && !aborted && admission.size() > 0) {
                // The first read may have met nothing but the padding at the end of the ring.
                source.controlledRead(this, limit);
            }
        } finally {
            if (handled > 0) {
                admission.take(handled);
            }
        }
        return handled;
    }

    @Override
    public Action onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        // Counted first: a message whose handler throws is consumed all the same.
        handled++;
        final int tag = type >>> MessageRing.KIND_BITS;
        final int kind = type & KIND_MASK;
        aborted = false;
        final boolean accepted = kind == MessageRing.REFERENCE
                ? onReference(tag, buffer, index)
                : handler.onMessage(tag, kind, buffer, index, length);
        if (accepted) {
            return Action.CONTINUE;
        }
        handled--;
        aborted = true;
        return Action.ABORT;
    }

    private boolean onReference(final int tag, final DirectBuffer record, final int index) {
        final int slot = record.getInt(index);
        final int kind = record.getInt(index + Integer.BYTES);
        final LargeMessage message = large.get(slot);
        boolean keep = false;
        try {
            keep = !handler.onMessage(tag, kind, message.buffer(), message.offset(), message.length());
        } finally {
            if (!keep) {
                large.free(slot);
            }
        }
        return !keep;
    }
}
