package io.sluicemq.transport.stream;

import io.sluicemq.transport.TransportContext;

/** The one timer of a pipe, over a context whose timers cannot be cancelled: at most one is under way, or a sooner one. */
final class PipeTimer {
    private final TransportContext context;
    private final Runnable fired = this::onFired;
    private Runnable task;
    private boolean armed;
    private long armedNs;

    PipeTimer(final TransportContext context, final Runnable task) {
        this.context = context;
        this.task = task;
    }

    void schedule(final long atNs) {
        if (!armed || atNs - armedNs < 0) {
            armed = true;
            armedNs = atNs;
            context.schedule(atNs, fired);
        }
    }

    private void onFired() {
        if (task != null) {
            task.run();
        }
    }

    /** For good. What the context still holds until its time is this object alone, and not the pipe with its buffers. */
    void cancel() {
        task = null;
    }

    /** Called by the task: whether it is the one that is awaited, and not one that a sooner one has replaced. */
    boolean isDue(final long nowNs) {
        if (!armed || nowNs - armedNs < 0) {
            return false;
        }
        armed = false;
        return true;
    }
}
