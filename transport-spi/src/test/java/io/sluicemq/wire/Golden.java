package io.sluicemq.wire;

import java.nio.charset.StandardCharsets;

/** What peers send in their handshakes, with field names. */
final class Golden {
    private Golden() {}

    /** The signature as libzmq sends it: the padding is the length of the routing id plus one. */
    static byte[] signature(final int routingIdLength) {
        return Bytes.of(
                0xFF, // signature             RFC 37, "Version Negotiation"
                Bytes.of(0, 0, 0, 0, 0, 0, 0, routingIdLength + 1), // padding
                0x7F); // end of signature
    }

    static byte[] greeting(final int major, final int minor, final String mechanism) {
        return Bytes.of(
                signature(0),
                major,
                minor,
                mechanism,
                Bytes.zeros(20 - mechanism.length()), // mechanism, 20 octets
                0x00, // as-server; libzmq always sends 0
                Bytes.zeros(31)); // filler
    }

    static byte[] property(final String name, final String value) {
        return Bytes.of(
                name.length(), // RFC 37, "Connection Metadata"
                name,
                Bytes.of(0, 0, value.length() >> 8, value.length() & 0xFF),
                value.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] ready(final byte[]... properties) {
        return Bytes.frame(0x04, Bytes.of(0x05, "READY", Bytes.of((Object[]) properties)));
    }

    /** A PULL of libzmq 4.3, ZMTP 3.1, with NULL. */
    static byte[] libzmqPull() {
        return Bytes.of(greeting(3, 1, "NULL"), ready(property("Socket-Type", "PULL")));
    }

    /** A DEALER of libzmq 4.3 with a routing id. */
    static byte[] libzmqDealer(final String routingId) {
        return Bytes.of(
                signature(routingId.length()),
                Bytes.of(3, 1, "NULL", Bytes.zeros(16), 0, Bytes.zeros(31)),
                ready(property("Socket-Type", "DEALER"), property("Identity", routingId)));
    }

    /** A PULL of libzmq 4.1, NetMQ or JeroMQ: ZMTP 3.0. */
    static byte[] pull30() {
        return Bytes.of(greeting(3, 0, "NULL"), ready(property("Socket-Type", "PULL")));
    }

    /** A DEALER of libzmq 3.2: ZMTP 2.0. */
    static byte[] dealer20(final String routingId) {
        return Bytes.of(
                signature(routingId.length()),
                0x01, // revision               RFC 15
                0x05, // socket type: DEALER
                Bytes.frame(0x00, Bytes.of(routingId))); // identity, a final frame
    }
}
