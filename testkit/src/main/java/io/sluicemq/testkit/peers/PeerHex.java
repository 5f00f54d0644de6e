package io.sluicemq.testkit.peers;

import java.util.HexFormat;

/** Bytes as one word of the control line. */
final class PeerHex {

    private static final String EMPTY = "-";

    private PeerHex() {}

    static String word(final byte[] bytes) {
        return bytes.length == 0 ? EMPTY : HexFormat.of().formatHex(bytes);
    }

    static byte[] bytes(final String word) {
        return EMPTY.equals(word) ? new byte[0] : HexFormat.of().parseHex(word);
    }
}
