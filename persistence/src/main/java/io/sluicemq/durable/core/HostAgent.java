package io.sluicemq.durable.core;

import io.sluicemq.Poller;
import io.sluicemq.PullSocket;
import io.sluicemq.Receiver;
import io.sluicemq.RouterSocket;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's thread: takes commands, appends them as one batch, hears subscribers, syncs once, tells who waits, delivers. It owns the
 * journal, and ends with it.
 */
final class HostAgent implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(HostAgent.class);
    private static final int COMMAND_LIMIT = 4_096;
    private static final int RECEIVE_LIMIT = 256;
    private static final int POSITIONS_EVERY_DELIVERIES = 10_000;
    private static final long TIMERS_EVERY_NS = TimeUnit.SECONDS.toNanos(1);

    /** Of sessions that are behind, and again of groups, of walks and of replays, in a turn. */
    private static final long MIN_BUDGET_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final long MAX_BUDGET_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final Duration FAILED_LINGER = Duration.ofSeconds(1);
    private static final Duration IDLE_WAIT = Duration.ofMillis(200);

    /** While a peer takes no more: nobody tells when it does again. */
    private static final Duration BLOCKED_WAIT = Duration.ofMillis(1);

    private final Parts parts;
    private final Poller poller = new Poller();
    private final CountDownLatch ended = new CountDownLatch(1);
    private long timersAtNs = System.nanoTime();
    private long deliveredAtPositions;
    private volatile Thread thread;
    private long lastWordsUntilNs = System.nanoTime();
    private boolean closing;

    /** Calls of {@link #endQueue} that are not done; who makes the first of them does the work of all. */
    private final AtomicInteger queueEnds = new AtomicInteger();

    /** Of the thread that does that work; handed on by {@link #queueEnds}. */
    private boolean queueClosed;

    /** What it works with; the clock is that of the day, in ms. */
    record Parts(
            HostLog log,
            HostState state,
            HostLinks links,
            HostDelivery delivery,
            HostInput input,
            HostCommands commands,
            HostEvents events,
            HostCounters counters,
            RouterSocket router,
            PullSocket pull,
            LongSupplier clock,
            Runnable onEnd) {
        Journal journal() {
            return log.journal;
        }
    }

    HostAgent(final Parts parts) {
        this.parts = parts;
        poller.addReceiver(parts.pull).addReceiver(parts.router);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (!closing) {
                final int work = turn();
                final boolean unblocked = parts.links.unblock();
                if (unblocked) {
                    parts.delivery.onRoom();
                }
                if (work == 0 && !closing) {
                    poller.poll(unblocked || parts.links.hasAnswers() ? BLOCKED_WAIT : IDLE_WAIT);
                }
            }
            drain();
            turn();
            leave();
        } catch (final InterruptedException e) {
            LOG.warn("the host's thread was interrupted, and closes");
            leave();
        } catch (final RuntimeException | Error e) {
            LOG.error("the host has failed, close it and open it again", e);
            fail(e);
        } finally {
            end();
        }
    }

    private int turn() {
        // The clock of the day is for expiry alone, as it may be set back.
        final long nowMs = parts.clock.getAsLong();
        final long nowNs = System.nanoTime();
        parts.links.setTime(TimeUnit.NANOSECONDS.toMillis(nowNs));
        parts.commands.setTime(nowMs);
        parts.input.setTime(nowMs);
        int work = parts.events.run();
        work += received(parts.pull.tryReceive(parts.commands, COMMAND_LIMIT));
        parts.commands.append();
        work += received(parts.router.tryReceive(parts.input, RECEIVE_LIMIT));
        endLinks();
        parts.log.syncIfDue();
        parts.commands.onSynced();
        work += parts.links.sendAnswers();
        if (work > 0) {
            parts.delivery.onRoom();
        }
        // What is behind may take as long as all else, so that it gets on beside a slow disk and holds nobody up.
        final long budgetNs = Math.max(MIN_BUDGET_NS, Math.min(System.nanoTime() - nowNs, MAX_BUDGET_NS));
        work += parts.delivery.run(nowMs, budgetNs);
        work += parts.delivery.replays.run(nowMs, budgetNs);
        parts.delivery.waits.run();
        endLinks();
        if (nowNs - timersAtNs >= 0 || isPositionDue()) {
            timersAtNs = nowNs + TIMERS_EVERY_NS;
            onTimers(nowMs);
        }
        parts.counters.sessions.setRelease(parts.state.sessions().size());
        parts.counters.connections.setRelease(parts.links.count());
        return work;
    }

    /** What was taken before the close is published, however much it is. */
    private void drain() {
        while (parts.pull.tryReceive(parts.commands, COMMAND_LIMIT) > 0) {
            parts.commands.append();
        }
    }

    private int received(final int count) {
        if (count == Receiver.CLOSED) {
            // The context was closed before us.
            closing = true;
            return 0;
        }
        return count;
    }

    private boolean isPositionDue() {
        return parts.counters.delivered.getPlain() - deliveredAtPositions >= POSITIONS_EVERY_DELIVERIES;
    }

    private void onTimers(final long nowMs) {
        deliveredAtPositions = parts.counters.delivered.getPlain();
        parts.state.expire(nowMs);
        parts.state.retained.expire(nowMs);
        parts.links.checkTimes();
        parts.state.writePositions(parts.delivery.liveIndex());
        HostCounters.add(parts.counters.dropped, parts.state.shared.takeLost());
    }

    private void endLinks() {
        // Nearly always empty, and then without an iterator.
        final List<HostLink> over = parts.links.takeEnded();
        for (int i = 0; i < over.size(); i++) {
            parts.input.onEnded(over.get(i));
        }
    }

    /** An event of the host's thread: the loop ends after this turn, and sends its last words until a time. */
    void close(final long deadlineNs) {
        closing = true;
        lastWordsUntilNs = deadlineNs;
    }

    /** Says goodbye, and remembers where each session is. */
    private void leave() {
        for (final HostLink link : parts.links.all()) {
            parts.links.goodbye(link, Reasons.SERVER_SHUTTING_DOWN, "the publisher closes");
        }
        endLinks();
        parts.state.writePositions(parts.delivery.liveIndex());
    }

    /** Tells all: those who publish, those who subscribe. Nobody who comes later is to wait for an answer. */
    private void fail(final Throwable cause) {
        parts.counters.failed.setRelease(1);
        parts.commands.refuse(PublishOutcome.FAILED);
        final String text = "the publisher has failed, open it again: " + cause.getMessage();
        for (final HostLink link : parts.links.all()) {
            parts.links.goodbye(link, Reasons.IMPLEMENTATION_ERROR, text);
        }
        parts.router.close(FAILED_LINGER);
    }

    /**
     * After the end: tells those whose publishes lie in the queue, and closes it when nobody is about to put something in. Any thread, as
     * one may have done so since. Without a lock, as the listener may wait for one that another offering thread holds: whoever comes
     * while one tells, a listener that offers again among them, leaves the work to that one.
     */
    void endQueue(final OffersUnderWay offers) {
        if (queueEnds.getAndIncrement() != 0) {
            return;
        }
        int done;
        do {
            done = queueEnds.get();
            tellQueued(offers);
        } while (queueEnds.addAndGet(-done) != 0);
    }

    private void tellQueued(final OffersUnderWay offers) {
        if (queueClosed) {
            return;
        }
        // Before the last look.
        final boolean last = offers.isNone();
        while (parts.pull.tryReceive(parts.commands, COMMAND_LIMIT) > 0) {
            LOG.debug("publishes behind the end were refused");
        }
        if (last) {
            parts.pull.close(Duration.ZERO);
            queueClosed = true;
        }
    }

    private void end() {
        try {
            parts.delivery.close();
        } finally {
            try {
                parts.journal().close();
            } catch (final RuntimeException e) {
                LOG.error("the journal could not be closed in order; it recovers when it is opened again", e);
            } finally {
                tellAll();
            }
        }
    }

    /** Whatever else fails, who closes the host does not wait for ever. */
    private void tellAll() {
        try {
            parts.commands.refuse(PublishOutcome.CLOSED);
            parts.onEnd.run();
        } finally {
            ended.countDown();
            parts.router.close(Duration.ofNanos(Math.max(0, lastWordsUntilNs - System.nanoTime())));
        }
    }

    boolean isOnThread() {
        return Thread.currentThread() == thread;
    }

    CountDownLatch ended() {
        return ended;
    }
}
