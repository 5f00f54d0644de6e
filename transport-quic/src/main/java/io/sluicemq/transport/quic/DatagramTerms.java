package io.sluicemq.transport.quic;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What a side says of datagrams in its READY.
 *
 * @param maxBytes largest one that it takes; 0 if it takes none.
 */
record DatagramTerms(int maxBytes) {
    /** Of READY. */
    static final String PROPERTY = "X-Datagrams";

    /** More does not come in one packet. */
    static final int MAX_BYTES = 2_000;

    private static final DatagramTerms NONE = new DatagramTerms(0);
    private static final DatagramTerms OURS = new DatagramTerms(MAX_BYTES);
    private static final int BYTES = Short.BYTES;

    /** Ours. */
    static DatagramTerms of(final QuicOptions options) {
        return options.datagrams() ? OURS : NONE;
    }

    boolean isOffered() {
        return maxBytes > 0;
    }

    byte[] encode() {
        return ByteBuffer.allocate(BYTES).putShort((short) maxBytes).array();
    }

    /** The peer's; null when they cannot be. What follows may be added one day. */
    static DatagramTerms decode(final byte[] property) {
        if (property == null) {
            return NONE;
        }
        if (property.length < BYTES) {
            return null;
        }
        final int bytes = ByteBuffer.wrap(property).getShort() & 0xFFFF;
        return bytes == 0 ? null : new DatagramTerms(bytes);
    }

    /** The properties of READY that a connection has, and these terms. */
    Map<String, byte[]> with(final Map<String, byte[]> others) {
        if (isOffered()) {
            others.put(PROPERTY, encode());
        }
        return others;
    }
}
