package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.wire.MessageScanner;

/** What people are told about the end of a connection; each stands behind the peer's address. */
final class CloseTexts {
    static final String CLOSED_BY_PEER = "closed the connection";
    static final String LEFT_IN_HANDSHAKE =
            "closed the connection in the handshake, see whether its socket type, security" + " and version fit ours";
    static final String SILENT =
            "gave no sign of life in time, see whether it is alive, or raise the heartbeat timeout";

    static final String OUT_OF_MEMORY =
            "message=too large for this process, limit=direct memory, lower maxMessageBytes or raise"
                    + " -XX:MaxDirectMemorySize";

    private CloseTexts() {}

    static String handshakeTimedOut(final long limitNs) {
        return "handshake=not complete, limit=" + limitNs
                + " ns, see whether the peer speaks ZMTP, or raise handshakeTimeout";
    }

    static String outOfMemory(final OutOfMemoryError error) {
        return OUT_OF_MEMORY + ": " + error.getMessage();
    }

    static CloseReason reasonOfScan(final int scanError) {
        return scanError == MessageScanner.TOO_LARGE || scanError == MessageScanner.TOO_MANY_FRAMES
                ? CloseReason.MESSAGE_TOO_LARGE
                : CloseReason.PROTOCOL_ERROR;
    }
}
