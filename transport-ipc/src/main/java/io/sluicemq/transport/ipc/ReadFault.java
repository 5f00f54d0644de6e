package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;

/**
 * Why nothing more is read of a ring.
 *
 * @param reason for which the connection ends.
 * @param text as {@code name=value, limit=value, remedy}.
 */
record ReadFault(CloseReason reason, String text) {
    /** What no writer that keeps the rules writes. */
    static ReadFault damaged(final String what) {
        return new ReadFault(
                CloseReason.PROTOCOL_ERROR, "shm " + what + ", the writing process damaged the ring: connect again");
    }

    /** A message of more bytes or frames than this side takes. */
    static ReadFault tooLarge(final String what) {
        return new ReadFault(CloseReason.MESSAGE_TOO_LARGE, "shm " + what + ", raise it if such messages are expected");
    }

    /** Whether one message, which the reader got to, is lost for its size. */
    boolean isTooLarge() {
        return reason == CloseReason.MESSAGE_TOO_LARGE;
    }
}
