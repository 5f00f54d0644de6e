package io.sluicemq.bench;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The second thread of a run in one process. */
final class Helper {
    private final FutureTask<Void> task;

    private Helper(final FutureTask<Void> task) {
        this.task = task;
    }

    /** What runs on a thread of its own. */
    @FunctionalInterface
    interface Loop {
        void run() throws Exception;
    }

    static Helper start(final String name, final Loop loop) {
        final FutureTask<Void> task = new FutureTask<>(() -> {
            try {
                loop.run();
            } catch (final Throwable e) {
                // The other thread may wait for messages that never come.
                System.err.println(name + ": " + e);
                throw e;
            }
            return null;
        });
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return new Helper(task);
    }

    void join() throws InterruptedException {
        try {
            task.get();
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
