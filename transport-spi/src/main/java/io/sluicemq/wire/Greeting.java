package io.sluicemq.wire;

import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/**
 * The greeting of ZMTP (RFC 37/ZMTP, "Version Negotiation"; RFC 15 for the 2.0 form).
 *
 * <pre>
 *    0        1 ... 8     9    10      11      12 ... 31          32          33 ... 63
 *   +----+--------------+----+-------+-------+------------------+-----------+-----------+
 *   | FF |  padding     | 7F | major | minor | mechanism, zeros | as-server |  filler   |    3.x, 64 bytes
 *   +----+--------------+----+-------+-------+------------------+-----------+-----------+
 *   | FF |  padding     | 7F |  01   | type  |  identity, as a frame                         2.0
 *   +----+--------------+----+-------+-------+----
 * </pre>
 *
 * <p>The first eleven bytes are the same whoever the peer is, and are sent at once: whoever waits for our version before
 * it goes on gets it. The rest waits for the peer's version. The padding is zero; libzmq writes the length of its
 * routing id there for the sake of 1.0 peers, which are refused here.
 */
final class Greeting {
    static final int LENGTH = 64;
    static final int SIGNATURE_LENGTH = 10;
    static final int MAJOR_OFFSET = 10;
    static final int MINOR_OFFSET = 11;
    static final int MECHANISM_OFFSET = 12;
    static final int AS_SERVER_OFFSET = 32;

    static final int FIRST_OCTET = 0xFF;
    static final int SIGNATURE_END = 0x7F;
    static final int MAJOR = 3;
    static final int MINOR = 1;

    /** The length octet that opens a ZMTP 1.0 connection without an identity. */
    static final int ANONYMOUS_1_0 = 0x01;

    /** The octets that open a connection over TLS: a hello, or the refusal of what we said (RFC 8446, 5.1). */
    private static final int TLS_HANDSHAKE = 22;

    private static final int TLS_ALERT = 21;

    /** The octet that opens a connection over shared memory, which begins with a name. */
    private static final int SHARED_MEMORY = 'S';

    /** Revision octet of ZMTP 1.0 peers that know of greetings, and of 2.0 peers. */
    static final int REVISION_1_0 = 0;

    static final int REVISION_2_0 = 1;

    private Greeting() {}

    /** What can be said of a peer by its first octet, and what is to be done. */
    static String whoseFirstOctet(final int octet) {
        return switch (octet) {
            case TLS_ALERT, TLS_HANDSHAKE -> "the peer uses TLS, as tls+tcp:// does: use the same scheme on both sides";
            case SHARED_MEMORY ->
                "the peer uses shm://, or another protocol of text: use the same scheme on both sides";
            default -> "the peer speaks another protocol or ZMTP 1.0";
        };
    }

    static int putSignatureAndMajor(final MutableDirectBuffer target, final int offset) {
        target.setMemory(offset, SIGNATURE_LENGTH, (byte) 0);
        target.putByte(offset, (byte) FIRST_OCTET);
        target.putByte(offset + SIGNATURE_LENGTH - 1, (byte) SIGNATURE_END);
        target.putByte(offset + MAJOR_OFFSET, (byte) MAJOR);
        return MAJOR_OFFSET + 1;
    }

    static int putRest(final MutableDirectBuffer target, final int offset, final Mechanism mechanism) {
        final int length = LENGTH - MINOR_OFFSET;
        target.setMemory(offset, length, (byte) 0);
        target.putByte(offset, (byte) MINOR);
        target.putBytes(
                offset + MECHANISM_OFFSET - MINOR_OFFSET, mechanism.name().getBytes(StandardCharsets.US_ASCII));
        target.putByte(offset + AS_SERVER_OFFSET - MINOR_OFFSET, (byte) (mechanism.asServer() ? 1 : 0));
        return length;
    }

    /** Socket type and identity, with which a greeting of 2.0 ends. */
    static int putRest20(final MutableDirectBuffer target, final int offset, final HandshakeConfig config) {
        final byte[] routingId = config.routingId();
        target.putByte(offset, (byte) config.socketType().wireNumber());
        final int header = FrameHeader.put(target, offset + 1, 0, routingId.length);
        target.putBytes(offset + 1 + header, routingId);
        return 1 + header + routingId.length;
    }

    /** Whether the mechanism field is this name, zeros behind it included. */
    static boolean isMechanism(final byte[] greeting, final String name) {
        for (int i = 0; i < Mechanism.MAX_NAME_LENGTH; i++) {
            final int expected = i < name.length() ? name.charAt(i) : 0;
            if (greeting[MECHANISM_OFFSET + i] != expected) {
                return false;
            }
        }
        return true;
    }

    static String mechanism(final byte[] greeting) {
        final String field =
                new String(greeting, MECHANISM_OFFSET, Mechanism.MAX_NAME_LENGTH, StandardCharsets.ISO_8859_1);
        final int end = field.indexOf('\0');
        return Metadata.printable(end < 0 ? field : field.substring(0, end));
    }
}
