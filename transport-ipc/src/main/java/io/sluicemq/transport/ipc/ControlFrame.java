package io.sluicemq.transport.ipc;

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

    /** Type and length. */
    static final int HEADER_BYTES = 5;

    private ControlFrame() {}

    static boolean isSignal(final int type) {
        return type == WAKE || type == ROOM;
    }

    static boolean hasBody(final int type) {
        return type >= RING && type <= ERROR;
    }
}
