package io.sluicemq.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end cleanly when the process gets SIGINT or SIGTERM: the stop action closes its sockets, which wakes every
 * thread that waits on them, and the command has a moment to write what it has.
 */
final class Lifetime {
    /** How long the command may take to end once its sockets are closed. */
    private static final long END_MS = 2_000;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable stop;
    private final Thread hook = new Thread(this::stop, "sluice-stop");

    private Lifetime(final Runnable stop) {
        this.stop = stop;
    }

    /**
     * Does the work of a command, on the main thread.
     *
     * @param stop makes the work end soon; called by another thread.
     * @param work to be done.
     * @return exit code of the work.
     */
    static int run(final Runnable stop, final Work work) throws InterruptedException, IOException {
        final Lifetime lifetime = new Lifetime(stop);
        Runtime.getRuntime().addShutdownHook(lifetime.hook);
        try {
            return work.run();
        } finally {
            lifetime.end();
        }
    }

    private void stop() {
        stop.run();
        try {
            if (!ended.await(END_MS, TimeUnit.MILLISECONDS)) {
                System.err.println("sluice: stopped before its end");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // The process is ending, and the hook is at work or done.
        }
    }
}
