package io.sluicemq.core;

/**
 * Keeps the queue lengths that other processes see up to date where no drain does it: for peers that are not there, that
 * take nothing, or that read our ring by themselves. A look once a second, so that sending costs nothing. Agent only.
 */
final class QueueGauge {
    private static final long PERIOD_NS = 1_000_000_000L;

    /** Pipes looked at in one go, so that a socket with very many holds up the agent's other work only briefly. */
    private static final int MAX_PIPES = 1024;

    private final IoAgent agent;
    private final PipeList pipes;

    /** For what the type itself keeps beside the outlets. */
    private final Runnable onLook;

    /** Made once, as it is handed over again and again. */
    private final Runnable look = this::look;

    private boolean running;
    private int next;

    QueueGauge(final IoAgent agent, final PipeList pipes, final Runnable onLook) {
        this.agent = agent;
        this.pipes = pipes;
        this.onLook = onLook;
    }

    /** There is a pipe; from now on until there is none. */
    void start() {
        if (!running) {
            running = true;
            schedule();
        }
    }

    /** At full seconds of the clock, so that all sockets share one wake-up, and an idle agent has no more of them. */
    private void schedule() {
        agent.schedule((Math.floorDiv(agent.nowNs(), PERIOD_NS) + 1) * PERIOD_NS, look);
    }

    private void look() {
        final Pipe[] all = pipes.all();
        if (all.length == 0) {
            running = false;
            return;
        }
        for (int i = Math.min(all.length, MAX_PIPES); i > 0; i--) {
            next = next + 1 < all.length ? next + 1 : 0;
            all[next].path().showQueued();
        }
        onLook.run();
        schedule();
    }
}
