package io.sluicemq.cli;

import io.sluicemq.SocketOptions;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How patient a sender is at its end, and at its start. */
final class Linger {
    @Option(
            names = "--linger",
            paramLabel = "MS",
            description = "how long messages may take to leave at the end, in milliseconds; what is left then is told, "
                    + "and the exit code is 4 (default: as long as --timeout, else no limit)")
    private Long lingerMs;

    void check() {
        if (lingerMs != null) {
            Numbers.atLeast("linger", lingerMs, 0, "leave --linger out for no limit");
        }
    }

    Duration duration(final Limits limits) {
        if (lingerMs != null) {
            return Duration.ofMillis(lingerMs);
        }
        return limits.hasTimeout() ? limits.timeout() : SocketOptions.FOREVER;
    }
}
