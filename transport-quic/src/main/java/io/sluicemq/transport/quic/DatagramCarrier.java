package io.sluicemq.transport.quic;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import org.agrona.DirectBuffer;

/** A connection on which messages go as datagrams, as far as they fit, and the others as ever. Agent. */
final class DatagramCarrier implements Carrier {
    private final Datagrams datagrams;
    private final Carrier pipe;

    /** The message that was offered last has its number, and is offered again. */
    private boolean isBegun;

    DatagramCarrier(final Datagrams datagrams, final Carrier pipe) {
        this.datagrams = datagrams;
        this.pipe = pipe;
    }

    @Override
    public boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final int plain = kind & MessageKind.MASK;
        if (!isBegun && datagrams.isFor(plain, length)) {
            return datagrams.offer(plain, buffer, offset, length);
        }
        if (!datagrams.isNumbering()) {
            return offerToPipe(kind, buffer, offset, length);
        }
        if (!isBegun) {
            datagrams.numberNext();
        }
        isBegun = !offerToPipe(kind, buffer, offset, length);
        return !isBegun;
    }

    /** Behind a flush: a pipe takes nothing while something waits here, and that would wait only for more of a group. */
    private boolean offerToPipe(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        datagrams.flush();
        return pipe.offer(kind, buffer, offset, length);
    }

    @Override
    public int offerBatch(final DirectBuffer buffer, final int offset, final int length, final int count) {
        if (datagrams.isNumbering()) {
            // One by one: what conflates has one at a time.
            return Carrier.super.offerBatch(buffer, offset, length, count);
        }
        int at = offset;
        for (int taken = 0; taken < count; taken++) {
            final int to = FrameHeader.messageEnd(buffer, at);
            if (!offerOne(buffer, at, to - at)) {
                return taken;
            }
            at = to;
        }
        return count;
    }

    private boolean offerOne(final DirectBuffer buffer, final int offset, final int length) {
        if (datagrams.isFor(MessageKind.FRAMES, length)) {
            return datagrams.offer(MessageKind.FRAMES, buffer, offset, length);
        }
        datagrams.flush();
        return pipe.offerBatch(buffer, offset, length, 1) == 1;
    }

    @Override
    public void flush() {
        datagrams.flush();
        pipe.flush();
    }

    @Override
    public String remoteAddress() {
        return pipe.remoteAddress();
    }

    @Override
    public void subscription(final boolean subscribe, final DirectBuffer prefix, final int length) {
        pipe.subscription(subscribe, prefix, length);
    }

    @Override
    public boolean hasPeerBegun() {
        return pipe.hasPeerBegun();
    }

    @Override
    public long number() {
        return pipe.number();
    }

    @Override
    public void receivedEarlier(final long peerNumber, final long messages) {
        pipe.receivedEarlier(peerNumber, messages);
    }

    @Override
    public void resumeReading() {
        pipe.resumeReading();
        datagrams.resumeSoon();
    }

    @Override
    public boolean isDrained() {
        return pipe.isDrained();
    }

    @Override
    public void finish(final long deadlineNs) {
        datagrams.onFinish();
        datagrams.flush();
        pipe.finish(deadlineNs);
    }

    @Override
    public void abort(final CloseReason reason, final String detail) {
        pipe.abort(reason, detail);
    }
}
