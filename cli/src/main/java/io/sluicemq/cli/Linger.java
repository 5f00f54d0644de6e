package io.sluicemq.cli;

import io.sluicemq.SocketOptions;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How patient a sender is at its end, and at its start. */
final class Linger {
    private static final long FOREVER_MS = -1;

    @Option(
            names = "--linger",
            paramLabel = "MS",
            description = "how long messages may take to leave at the end, in milliseconds; what is left then is told, "
                    + "and the exit code is 4 (default: as long as --timeout, else no limit)")
    private long lingerMs = FOREVER_MS;

    void check() {
        if (lingerMs < FOREVER_MS) {
            throw new IllegalArgumentException("linger=" + lingerMs + ", limit=0, leave --linger out for no limit");
        }
    }

    Duration duration(final Limits limits) {
        if (lingerMs != FOREVER_MS) {
            return Duration.ofMillis(lingerMs);
        }
        return limits.hasTimeout() ? limits.timeout() : SocketOptions.FOREVER;
    }
}
