package io.sluicemq.transport.ipc;

import io.sluicemq.transport.PipeEnd;
import java.nio.ByteBuffer;

/**
 * High-water marks of one end, which it tells the other: one ring serves the send mark here and the receive mark there.
 *
 * @param send messages, 0 for no mark.
 * @param receive messages, 0 for no mark.
 */
record Marks(int send, int receive) {
    static final int BYTES = 2 * Integer.BYTES;

    static Marks of(final PipeEnd end) {
        return new Marks(end.outlet().maxMessages(), end.options().receiveMaxMessages());
    }

    static Marks get(final byte[] body) {
        final ByteBuffer buffer = ByteBuffer.wrap(body);
        return new Marks(buffer.getInt(), buffer.getInt());
    }

    byte[] encode(final byte[] tail) {
        return ByteBuffer.allocate(BYTES + tail.length)
                .putInt(send)
                .putInt(receive)
                .put(tail)
                .array();
    }

    boolean isValid() {
        return send >= 0 && receive >= 0;
    }

    /** The mark of the ring to a peer, as over inproc: no mark at either end is no mark at all. */
    int towards(final Marks peer) {
        return send == 0 || peer.receive == 0 ? 0 : (int) Math.min((long) send + peer.receive, Integer.MAX_VALUE);
    }
}
