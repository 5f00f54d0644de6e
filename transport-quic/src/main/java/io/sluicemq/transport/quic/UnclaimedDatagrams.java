package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/** Datagrams that have overtaken what their sender says of itself: a few wait for that, the others are lost. Agent. */
final class UnclaimedDatagrams {
    private static final int MAX_DATAGRAMS = 64;
    private static final int MAX_BYTES = 64 * 1024;

    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(0);
    private int bytes;

    /** Keeps one, if there is room. */
    void add(final ByteBuf datagram) {
        if (waiting.size() < MAX_DATAGRAMS && bytes + datagram.readableBytes() <= MAX_BYTES) {
            bytes += datagram.readableBytes();
            waiting.add(datagram.retain());
        }
    }

    /** The oldest one, which the caller releases; null if there is none. */
    ByteBuf poll() {
        final ByteBuf oldest = waiting.poll();
        bytes -= oldest == null ? 0 : oldest.readableBytes();
        return oldest;
    }

    void clear() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        bytes = 0;
    }
}
