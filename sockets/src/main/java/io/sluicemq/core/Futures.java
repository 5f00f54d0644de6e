package io.sluicemq.core;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Waits for what the I/O agent was asked to do. */
final class Futures {
    private static final long CHECK_MS = 50;

    private Futures() {}

    /**
     * The result, however long it takes; an interrupt is kept for the caller. What the task threw is thrown here.
     *
     * @param stopped whether the agent has ended, so that the task will not run any more.
     */
    static <T> T get(final Future<T> future, final BooleanSupplier stopped) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(CHECK_MS, TimeUnit.MILLISECONDS);
                } catch (final InterruptedException e) {
                    interrupted = true;
                } catch (final TimeoutException e) {
                    if (stopped.getAsBoolean() && future.cancel(false)) {
                        throw new IllegalStateException("context=closed, limit=open contexts, make a new one", e);
                    }
                }
            }
        } catch (final ExecutionException e) {
            throw unwrap(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unwrap(final Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException exception) {
            // The caller's stack says more than the agent's.
            exception.setStackTrace(Thread.currentThread().getStackTrace());
            return exception;
        }
        return new IllegalStateException(cause.getMessage(), cause);
    }
}
