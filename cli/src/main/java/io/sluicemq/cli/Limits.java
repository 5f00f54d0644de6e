package io.sluicemq.cli;

import io.sluicemq.SocketOptions;
import java.time.Duration;
import picocli.CommandLine.Option;

/** When a command ends. */
final class Limits {
    private static final long NONE = -1;

    @Option(names = "--count", paramLabel = "N", description = "end after N messages (default: no limit)")
    private long count = NONE;

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "longest wait for the next message, or for a peer that takes one, in milliseconds; then the "
                    + "command ends with code 3 (default: no limit)")
    private long timeoutMs = NONE;

    void check() {
        require("count", count, 1);
        require("timeout", timeoutMs, 0);
    }

    private static void require(final String name, final long value, final long least) {
        if (value < least && value != NONE) {
            throw new IllegalArgumentException(
                    name + "=" + value + ", limit=" + least + ", leave --" + name + " out for no limit");
        }
    }

    boolean hasCount() {
        return count != NONE;
    }

    long count() {
        return hasCount() ? count : Long.MAX_VALUE;
    }

    boolean hasTimeout() {
        return timeoutMs != NONE;
    }

    Duration timeout() {
        return hasTimeout() ? Duration.ofMillis(timeoutMs) : SocketOptions.FOREVER;
    }

    long timeoutMs() {
        return timeoutMs;
    }
}
