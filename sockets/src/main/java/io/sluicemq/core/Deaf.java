package io.sluicemq.core;

import io.sluicemq.FrameHandler;
import org.agrona.DirectBuffer;

/** The receiving half of a type that has none. A peer should not send to it; what one sends all the same is not kept. */
final class Deaf implements Inbound {
    @Override
    public boolean deliver(
            final Pipe pipe,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final FrameHandler handler) {
        return false;
    }

    @Override
    public boolean isDeaf() {
        return true;
    }
}
