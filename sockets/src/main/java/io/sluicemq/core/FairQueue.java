package io.sluicemq.core;

import io.sluicemq.FrameHandler;
import org.agrona.DirectBuffer;

/** Hands every message over as it came: PULL, DEALER, PAIR. The turn between peers is the inlet's. */
final class FairQueue implements Inbound {
    @Override
    public boolean deliver(
            final Pipe pipe,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final FrameHandler handler) {
        Frames.forEach(kind, buffer, offset, length, handler);
        return true;
    }
}
