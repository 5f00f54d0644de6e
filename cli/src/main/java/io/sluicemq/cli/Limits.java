package io.sluicemq.cli;

import io.sluicemq.SocketOptions;
import java.time.Duration;
import picocli.CommandLine.Option;

/** When a command ends. */
final class Limits {
    @Option(names = "--count", paramLabel = "N", description = "end after N messages (default: no limit)")
    private Long count;

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "longest wait for the next message, or for a peer that takes one, in milliseconds; then the "
                    + "command ends with code 3 (default: no limit)")
    private Long timeoutMs;

    void check() {
        if (hasCount()) {
            Numbers.atLeast("count", count, 1, "leave --count out for no limit");
        }
        if (hasTimeout()) {
            Numbers.atLeast("timeout", timeoutMs, 0, "leave --timeout out for no limit");
        }
    }

    boolean hasCount() {
        return count != null;
    }

    long count() {
        return hasCount() ? count : Long.MAX_VALUE;
    }

    boolean hasTimeout() {
        return timeoutMs != null;
    }

    Duration timeout() {
        return hasTimeout() ? Duration.ofMillis(timeoutMs) : SocketOptions.FOREVER;
    }

    long timeoutMs() {
        return timeoutMs;
    }
}
