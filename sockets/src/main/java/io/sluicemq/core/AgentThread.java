package io.sluicemq.core;

import io.sluicemq.ContextOptions;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an I/O agent: on a thread of its own, or a turn at a time on the threads of the application. */
final class AgentThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentThread.class);

    private final IoAgent agent;
    private final AgentRunner runner;
    private final ReentrantLock turn = new ReentrantLock();

    AgentThread(final IoAgent agent, final ContextOptions options) {
        this.agent = agent;
        if (options.invoked()) {
            runner = null;
            agent.invoker(this::invoke);
        } else {
            runner = new AgentRunner(new Idle(agent), this::onError, null, agent);
            AgentRunner.startOnThread(runner, options.threadFactory());
        }
    }

    IoAgent agent() {
        return agent;
    }

    /** One turn, unless another thread is at it or this one is inside a turn. */
    int invoke() {
        if (turn.isHeldByCurrentThread() || !turn.tryLock()) {
            return 0;
        }
        try {
            agent.thread(Thread.currentThread());
            return agent.isStopped() ? 0 : agent.doWork();
        } finally {
            agent.thread(null);
            turn.unlock();
        }
    }

    private void onError(final Throwable error) {
        LOG.error("I/O agent {} failed in its turn, and goes on", agent.roleName(), error);
    }

    @Override
    public void close() {
        agent.prepareToStop();
        if (runner == null) {
            turn.lock();
            try {
                agent.onClose();
            } finally {
                turn.unlock();
            }
            return;
        }
        // Put aside meanwhile: with the flag set, the wait for the thread's end would spin.
        final boolean interrupted = Thread.interrupted();
        try {
            runner.close();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Leaves the waiting to the agent, which knows what could come. */
    private record Idle(IoAgent agent) implements IdleStrategy {
        @Override
        @SuppressWarnings("ReturnValueIgnored")
        public void idle(final int workCount) {
            agent.idle(workCount);
            // A callback that set the flag again must not end the I/O of the whole context; the runner is ended
            // otherwise.
            Thread.interrupted();
        }

        @Override
        public void idle() {
            agent.idle(0);
        }

        @Override
        public void reset() {}
    }
}
