package io.sluicemq.durable.core;

/**
 * What a thread of its own runs once, and then lets go of. From Java 19 on a thread that has ended still holds its task, and Chronicle's
 * objects hold the threads that have used them: so a subscriber or host that was closed would keep its memory.
 */
final class ThreadTask implements Runnable {
    private Runnable task;

    ThreadTask(final Runnable task) {
        this.task = task;
    }

    /** The new thread, once. */
    @Override
    public void run() {
        final Runnable now = task;
        task = null;
        now.run();
    }
}
