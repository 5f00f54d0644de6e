package io.sluicemq.transport.ipc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;

/** Texts of the end of a connection through shared memory. */
final class ShmTexts {
    static final String LEFT_EARLY =
            "closed the connection before the memory was joined, see whether its socket type and version fit ours";

    static final String NO_END = "closed by this side, and the peer did not end its side in time";

    private static final int MAX_SHOWN = 256;

    /** Length and name of a ZMTP ERROR command, before its reason (RFC 37, "ERROR"). */
    private static final byte[] ERROR_COMMAND = {5, 'E', 'R', 'R', 'O', 'R'};

    private ShmTexts() {}

    /** The reason in a ZMTP ERROR command, as far as it is one. */
    static String reasonOfError(final byte[] command) {
        final int start = ERROR_COMMAND.length + 1;
        if (command.length < start) {
            return "no reason given";
        }
        return printable(command, start, Math.min(command[ERROR_COMMAND.length] & 0xFF, command.length - start));
    }

    /** Why a file cannot be made or mapped; the system's own exceptions name only the file. */
    static String reasonOf(final IOException failure) {
        return failure instanceof FileSystemException system
                ? "path=" + system.getFile() + ", limit=a file that is there and that this user may read and write: "
                        + failure
                : failure.getMessage();
    }

    /** Text of a peer, without what would disturb a log. */
    static String printable(final byte[] bytes, final int offset, final int length) {
        final int shown = Math.min(length, MAX_SHOWN);
        return new String(bytes, offset, shown, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }
}
