package io.sluicemq.integration.robust;

import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Threads of a test. Used by one thread; closing it interrupts and joins what still runs. */
final class Background implements AutoCloseable {
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(10);

    private final List<Thread> threads = new ArrayList<>();

    /** Runs a task on a thread of its own. */
    <T> FutureTask<T> start(final String name, final Callable<T> task) {
        final FutureTask<T> future = new FutureTask<>(task);
        final Thread thread = new Thread(future, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return future;
    }

    /** Waits for the result of a task. */
    static <T> T result(final FutureTask<T> future, final Duration limit) throws InterruptedException {
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (final ExecutionException e) {
            throw new AssertionError("a background task failed", e.getCause());
        } catch (final TimeoutException e) {
            throw new AssertionError("a background task did not end, waitedMs=" + limit.toMillis(), e);
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        for (final Thread thread : threads) {
            Await.until(JOIN_LIMIT, () -> !thread.isAlive(), "the end of thread " + thread.getName());
        }
    }
}
