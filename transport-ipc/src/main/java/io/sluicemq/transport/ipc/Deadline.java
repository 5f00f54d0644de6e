package io.sluicemq.transport.ipc;

import io.sluicemq.transport.TransportContext;

/**
 * What a connection is to do at some time, one thing at most. A timer cannot be taken back, so it keeps a word only of what was
 * called off, and not the connection. Agent.
 */
final class Deadline {
    private final TransportContext context;
    private Task task = new Task();

    Deadline(final TransportContext context) {
        this.context = context;
    }

    /** In place of what was set before. */
    void set(final long atNs, final Runnable what) {
        cancel();
        task = new Task();
        task.what = what;
        context.schedule(atNs, task);
    }

    void cancel() {
        task.what = null;
    }

    private static final class Task implements Runnable {
        private Runnable what;

        @Override
        public void run() {
            if (what != null) {
                what.run();
            }
        }
    }
}
