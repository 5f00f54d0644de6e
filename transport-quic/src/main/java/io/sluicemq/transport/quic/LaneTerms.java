package io.sluicemq.transport.quic;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What a side says of lanes in its READY.
 *
 * @param lanes that it sends on.
 * @param apart whether lanes are used even if there is one alone, as large messages go apart.
 * @param windowBytes that the peer may send on each of its lanes, beyond what was read from it.
 * @param largeMessages that the peer may send on streams of their own, beyond what was handed over.
 */
record LaneTerms(int lanes, boolean apart, int windowBytes, int largeMessages) {
    /** Of READY. */
    static final String PROPERTY = "X-Lanes";

    /** Most lanes in a direction. */
    static final int MAX_LANES = 16;

    /** Messages on streams of their own at a time, in a direction. */
    static final int MAX_LARGE = 4;

    private static final int BYTES = 1 + 1 + Integer.BYTES + 1;
    private static final int MAX_PEER_LARGE = 64;

    /** Ours. */
    static LaneTerms of(final QuicOptions options) {
        return new LaneTerms(
                options.lanes().size() + 1,
                options.ordering() != QuicOptions.Ordering.PIPE,
                options.windowBytes(),
                MAX_LARGE);
    }

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .put((byte) lanes)
                .put((byte) (apart ? 1 : 0))
                .putInt(windowBytes)
                .put((byte) largeMessages)
                .array();
    }

    /** The peer's; null when they cannot be. What follows may be added one day. */
    static LaneTerms decode(final byte[] property) {
        if (property == null || property.length < BYTES) {
            return null;
        }
        final ByteBuffer source = ByteBuffer.wrap(property);
        final LaneTerms terms =
                new LaneTerms(source.get() & 0xFF, source.get() != 0, source.getInt(), source.get() & 0xFF);
        final boolean isPossible = terms.lanes >= 1
                && terms.lanes <= MAX_LANES
                && terms.windowBytes >= 0
                && terms.largeMessages <= MAX_PEER_LARGE;
        return isPossible ? terms : null;
    }

    /** Whether messages go on lanes, and not on the one stream beside the commands: both sides do it, or none. */
    static boolean useLanes(final LaneTerms own, final LaneTerms peer) {
        return own.apart || peer.apart;
    }

    /** The properties of READY that a connection has, and these terms. */
    Map<String, byte[]> with(final Map<String, byte[]> others) {
        final Map<String, byte[]> all = new HashMap<>(others);
        all.put(PROPERTY, encode());
        return all;
    }
}
