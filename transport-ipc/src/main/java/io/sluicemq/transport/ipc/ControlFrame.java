package io.sluicemq.transport.ipc;

import org.agrona.DirectBuffer;

/**
 * What two processes tell each other over the control socket of shared memory, behind the handshake. A frame is its type, in one
 * byte; types from {@link #RING} on have a length in four bytes and so many bytes behind it. Numbers are big-endian.
 */
final class ControlFrame {
    /** Version of the control socket's protocol and of the memory's layout. */
    static final int VERSION = 1;

    /** What each side sends first. A ZMTP peer starts with FF, so neither is taken for the other. */
    static final byte[] PREAMBLE = {'S', 'L', 'U', 'I', 'C', 'E', 'S', 'H', 'M', VERSION};

    static final int VERSION_AT = PREAMBLE.length - 1;

    /** A ZMTP command of one that refuses us behind its handshake. */
    static final int ZMTP_COMMAND = 0x04;

    /** The reader of a ring that sleeps is to look. */
    static final int WAKE = 0x11;

    /** The writer of a ring that waits has room. */
    static final int ROOM = 0x12;

    /** Behind the peer's {@link #END}: its messages are taken, or counted, by the sender. */
    static final int TAKEN = 0x13;

    /** From who listens: bytes of its ring and of the peer's, its receive mark, and the name of the file beside the socket. */
    static final int RING = 0x21;

    /** From who dialed: it has mapped the file; its receive mark. */
    static final int JOINED = 0x22;

    /** A prefix that is subscribed to. */
    static final int SUBSCRIBE = 0x23;

    /** A subscription is cancelled. */
    static final int CANCEL = 0x24;

    /** The sender writes nothing more; messages that it wrote in all. */
    static final int END = 0x25;

    /** The sender ends the connection; a text for people. */
    static final int ERROR = 0x26;

    /** The sender does not want the peer; a text for people. */
    static final int REFUSED = 0x27;

    /** Type and length. */
    static final int HEADER_BYTES = 5;

    private ControlFrame() {}

    /** What is wrong with what a peer sent first, as far as it has come; null if nothing is. */
    static String preambleFault(final byte[] bytes, final int length) {
        for (int i = 0; i < Math.min(length, PREAMBLE.length); i++) {
            if (bytes[i] != PREAMBLE[i]) {
                return wrongPreamble(bytes, i);
            }
        }
        return null;
    }

    private static String wrongPreamble(final byte[] bytes, final int index) {
        if (index == VERSION_AT) {
            return "shmVersion=" + bytes[index] + ", limit=" + VERSION
                    + ", use the same version of SluiceMQ at both ends";
        }
        return index == 0 && bytes[0] == (byte) 0xFF
                ? "protocol=ZMTP, limit=shared memory, use ipc:// at both ends or shm:// at both"
                : "octet=" + (bytes[index] & 0xFF) + " at " + index + ", limit=" + PREAMBLE[index]
                        + ", see whether the peer is a SluiceMQ socket with a shm:// endpoint";
    }

    /** Body of a subscription or its end. */
    static byte[] topic(final DirectBuffer prefix, final int length) {
        if (length > ControlInput.MAX_BODY_BYTES) {
            throw new IllegalArgumentException("topicBytes=" + length + ", limit=" + ControlInput.MAX_BODY_BYTES
                    + " over shared memory, use a shorter topic");
        }
        final byte[] body = new byte[length];
        prefix.getBytes(0, body);
        return body;
    }

    static boolean isSignal(final int type) {
        return type == WAKE || type == ROOM || type == TAKEN;
    }

    static boolean hasBody(final int type) {
        return type >= RING && type <= REFUSED;
    }
}
