package io.sluicemq.durable.core;

import io.sluicemq.Poller;
import io.sluicemq.PullSocket;
import io.sluicemq.Receiver;
import io.sluicemq.RouterSocket;
import io.sluicemq.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
    private static final long TIMERS_EVERY_MS = 1_000;
    private static final Duration FAILED_LINGER = Duration.ofSeconds(1);
    private static final Duration IDLE_WAIT = Duration.ofMillis(200);

    /** While a peer takes no more: nobody tells when it does again. */
    private static final Duration BLOCKED_WAIT = Duration.ofMillis(1);

    private final Parts parts;
    private final Poller poller = new Poller();
    private final CountDownLatch ended = new CountDownLatch(1);
    private long timersAtMs;
    private long deliveredAtPositions;
    private boolean closing;

    /** What it works with. */
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
        try {
            while (!closing) {
                final int work = turn();
                if (work == 0 && !closing) {
                    final boolean blocked = parts.links.unblock() || parts.links.hasAnswers();
                    poller.poll(blocked ? BLOCKED_WAIT : IDLE_WAIT);
                } else {
                    parts.links.unblock();
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
        final long nowMs = System.currentTimeMillis();
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
        work += parts.delivery.run(nowMs);
        work += parts.delivery.replays.run(nowMs);
        parts.delivery.waits.run();
        endLinks();
        if (nowMs >= timersAtMs || isPositionDue()) {
            timersAtMs = nowMs + TIMERS_EVERY_MS;
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
        parts.links.checkTimes(nowMs);
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

    /** An event of the host's thread: the loop ends after this turn. */
    void close() {
        closing = true;
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
        parts.commands.onFailed();
        final String text = "the publisher has failed, open it again: " + cause.getMessage();
        for (final HostLink link : parts.links.all()) {
            parts.links.goodbye(link, Reasons.IMPLEMENTATION_ERROR, text);
        }
        parts.router.close(FAILED_LINGER);
    }

    /** After a failure and the end: tells those whose publishes lie in the queue. Any thread, as one may have queued something since. */
    synchronized void tellQueued() {
        if (parts.counters.failed.getAcquire() != 0) {
            while (parts.pull.tryReceive(parts.commands, COMMAND_LIMIT) > 0) {
                LOG.debug("publishes behind the failure were refused");
            }
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
                parts.onEnd.run();
                tellQueued();
                ended.countDown();
            }
        }
    }

    CountDownLatch ended() {
        return ended;
    }
}
