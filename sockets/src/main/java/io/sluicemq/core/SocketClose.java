package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.transport.CloseReason;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of a socket: refuses new messages, lets those that wait leave until the deadline, then drops and counts the rest.
 * Returns in the given time whatever the peers do.
 */
final class SocketClose {
    /** After the deadline, what is left to do is local; this is the net under it. */
    private static final long FORCE_NS = 500_000_000L;

    private static final long SETTLE_RETRY_NS = 1_000_000L;
    private static final int SETTLE_TRIES = 20;
    private static final long LATE_RETRY_NS = 50_000_000L;

    private final SocketCore socket;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile long deadlineNs;
    private volatile long left;
    private boolean ended;

    SocketClose(final SocketCore socket) {
        this.socket = socket;
    }

    boolean isClosing() {
        return closing;
    }

    long deadlineNs() {
        return closing
                ? deadlineNs
                : socket.agent().nowNs() + Waits.nanos(socket.options().linger());
    }

    /** Agent: messages were left behind. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // The agent alone writes it.
    void left(final long messages) {
        left += messages;
    }

    /** Begins without waiting; of several calls the one that ends first counts. */
    void start(final Duration linger) {
        final boolean first;
        final boolean sooner;
        synchronized (this) {
            final long newDeadlineNs = System.nanoTime() + lingerNs(linger);
            first = !closing;
            sooner = !first && newDeadlineNs - deadlineNs < 0;
            if (first || sooner) {
                deadlineNs = newDeadlineNs;
            }
            closing = true;
        }
        if (first) {
            socket.agent().execute(this::begin);
            socket.wakeAll();
        } else if (sooner) {
            socket.agent().execute(() -> socket.agent().schedule(deadlineNs, this::force));
        }
    }

    private static long lingerNs(final Duration linger) {
        return Math.min(Waits.nanos(linger), Long.MAX_VALUE / 4);
    }

    long close(final Duration linger) {
        final long untilNs = forceDeadlineNs(linger);
        start(linger);
        if (socket.context().isAnyAgentThread()) {
            // An agent cannot wait for itself or another: the close goes on in the next turns.
            return 0;
        }
        return await(untilNs);
    }

    /** When a close that starts now has returned, even if the agent is held up by a callback of the application. */
    static long forceDeadlineNs(final Duration linger) {
        return System.nanoTime() + lingerNs(linger) + FORCE_NS;
    }

    /** Waits for the end; returns how many messages were left behind, or are still about when the time is over. */
    long await(final long untilNs) {
        final IoAgent agent = socket.agent();
        boolean interrupted = false;
        agent.duty().asleep();
        try {
            while (done.getCount() > 0 && System.nanoTime() - untilNs < 0 && !agent.isStopped()) {
                if (agent.isInvoked()) {
                    agent.invoke();
                    continue;
                }
                try {
                    if (done.await(Math.min(untilNs - System.nanoTime(), 50_000_000L), TimeUnit.NANOSECONDS)) {
                        break;
                    }
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            agent.duty().awake();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return done.getCount() == 0 ? left : left + waiting();
    }

    /** What the agent has not come to drop and count yet. */
    private long waiting() {
        long messages = socket.sendPort().waiting();
        for (final Pipe pipe : socket.pipes().all()) {
            // A peer in this process reads the ring by itself.
            messages += pipe.isDirect() ? 0 : pipe.outlet().size();
        }
        return messages;
    }

    private void begin() {
        socket.inlet().stop();
        socket.endpoints().unbindAll();
        socket.agent().schedule(deadlineNs, this::force);
        socket.observer().onClosing(this::finishPipes);
        onPipeClosed();
    }

    private void finishPipes() {
        for (final Pipe pipe : socket.pipes().all()) {
            pipe.finish();
        }
    }

    private void force() {
        if (ended) {
            return;
        }
        final long abandoned = socket.observer().onLingerExpired();
        if (abandoned > 0) {
            socket.dropped(DropCause.LINGER_EXPIRED, abandoned);
            left(abandoned);
        }
        socket.endpoints().stopDialing();
        for (final Pipe pipe : socket.pipes().all()) {
            pipe.abort(CloseReason.CLOSED_LOCALLY, "closed, linger expired");
        }
        // What did not go by itself is taken out; the drivers have nothing of ours any more.
        for (final Pipe pipe : socket.pipes().all()) {
            socket.remove(pipe);
        }
        end();
    }

    /** Agent: one pipe less. */
    void onPipeClosed() {
        if (closing && socket.pipes().all().length == 0) {
            end();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            socket.ledger().close();
            settle(SETTLE_TRIES);
        }
    }

    /**
     * Counts what was not received. A thread that is just receiving keeps that from being exact, so it gets a moment, and no
     * more: it may be the one that waits for the close, from inside a handler. Then the rest of the account follows.
     */
    private void settle(final int triesLeft) {
        final boolean settled = socket.inlet().settle(messages -> socket.dropped(DropCause.NOT_RECEIVED, messages));
        if (settled) {
            socket.counters().close();
        } else {
            final long waitNs = triesLeft > 0 ? SETTLE_RETRY_NS : LATE_RETRY_NS;
            socket.agent().schedule(socket.agent().nowNs() + waitNs, () -> settle(triesLeft - 1));
        }
        if (done.getCount() > 0 && (settled || triesLeft <= 0)) {
            socket.context().forget(socket);
            socket.wakeAll();
            done.countDown();
        }
    }
}
