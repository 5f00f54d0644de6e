package io.sluicemq.core;

import io.sluicemq.ContextOptions;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an I/O agent: on a thread of its own, or a turn at a time on the threads of the application. */
final class AgentThread {
    private static final Logger LOG = LoggerFactory.getLogger(AgentThread.class);

    private final IoAgent agent;

    /** Null when invoked. */
    private final Thread thread;

    private final IoDuty duty;

    AgentThread(final IoAgent agent, final ContextOptions options) {
        this.agent = agent;
        duty = agent.duty();
        thread = options.invoked()
                ? null
                : AgentRunner.startOnThread(
                        new AgentRunner(new Idle(agent), this::onError, null, duty), options.threadFactory());
    }

    IoAgent agent() {
        return agent;
    }

    private void onError(final Throwable error) {
        if (error instanceof AgentTerminationException) {
            // The end that was asked for.
            return;
        }
        agent.onError(error);
    }

    /** Any thread: the turn that is under way is the last one. */
    void startClose() {
        agent.prepareToStop();
    }

    /**
     * Waits for the end until the deadline. An agent that is in a callback of the application even then is left behind with its
     * thread, which is interrupted once; it ends when the callback returns.
     */
    void awaitClose(final long deadlineNs) {
        if (awaitEnd(deadlineNs)) {
            return;
        }
        duty.leaveBehind();
        LOG.warn(
                "I/O agent {}: left behind with its thread, as a callback of the application did not return in the time of"
                        + " the close; ends when it returns",
                agent.roleName());
        if (thread != null) {
            thread.interrupt();
        } else {
            // Unless the turn ended meanwhile, before the flag could be seen in it.
            awaitEnd(System.nanoTime());
        }
    }

    /** An interrupt is kept for the caller, and does not end the wait. */
    private boolean awaitEnd(final long deadlineNs) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return isEndedWithin(deadlineNs - System.nanoTime());
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isEndedWithin(final long waitNs) throws InterruptedException {
        if (thread != null) {
            TimeUnit.NANOSECONDS.timedJoin(thread, waitNs);
            return !thread.isAlive();
        }
        return duty.endBy(System.nanoTime() + waitNs);
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
