package io.sluicemq.durable.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits of application threads for the subscriber's thread. */
final class Waiting {
    private Waiting() {}

    /** The result, or another one when the time is over. */
    static <T> T get(final CompletableFuture<T> result, final Duration timeout, final T late)
            throws InterruptedException {
        try {
            return result.get(nanos(timeout), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            return late;
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A duration that is too long for a number of nanoseconds counts as for ever. */
    static long nanos(final Duration timeout) {
        if (timeout.isNegative()) {
            return 0;
        }
        return timeout.toSeconds() >= Long.MAX_VALUE / 1_000_000_000L ? Long.MAX_VALUE : timeout.toNanos();
    }
}
