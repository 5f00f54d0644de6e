package io.sluicemq.durable.core;

import io.sluicemq.FrameHandler;
import io.sluicemq.durable.PublishListener;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.PublishResult;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.Journal;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What applications publish: messages of one turn go into one batch of the journal, and whoever published them is told when they are as
 * durable as asked. The host's thread.
 */
final class HostCommands implements FrameHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HostCommands.class);

    private final HostLog log;
    private final HostRetained retained;
    private final HostShared shared;
    private final HostDelivery delivery;
    private final HostCounters counters;
    private final PublishListener listener;
    private final Map<Long, CompletableFuture<PublishResult>> awaited;
    private final int synced = Levels.encode(Durability.SYNCED);

    /** Of this turn: those to be told, the first ones with an index already. */
    private byte[] kinds = new byte[64];

    private byte[] levels = new byte[64];
    private long[] correlationIds = new long[64];
    private long[] indexes = new long[64];
    private int count;

    /** How many of them are in the journal, and wait for the sync. */
    private int appended;

    /** Whether the message that is being taken is among them. */
    private boolean noted;

    private long nowMs;

    /** What is said of all that comes, when nothing is taken any more. */
    private PublishOutcome refusal;

    HostCommands(
            final HostLog log,
            final HostState state,
            final HostDelivery delivery,
            final HostCounters counters,
            final PublishListener listener,
            final Map<Long, CompletableFuture<PublishResult>> awaited) {
        this.log = log;
        retained = state.retained;
        shared = state.shared;
        this.delivery = delivery;
        this.counters = counters;
        this.listener = listener;
        this.awaited = awaited;
    }

    void setTime(final long turnMs) {
        nowMs = turnMs;
    }

    @Override
    public void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
        final int kind = HostCommand.kind(buffer, offset);
        if (kind == HostCommand.WAKE) {
            return;
        }
        final int level = HostCommand.level(buffer, offset);
        final long correlationId = HostCommand.correlationId(buffer, offset);
        if (refusal != null) {
            tell(kind, correlationId, Journal.NO_INDEX, refusal, Durability.RECEIVED);
            return;
        }
        noted = false;
        try {
            take(kind, level, correlationId, buffer, offset, length);
        } catch (final RuntimeException | Error e) {
            if (!noted) {
                // Nobody else knows of it any more.
                tell(kind, correlationId, Journal.NO_INDEX, PublishOutcome.FAILED, Durability.RECEIVED);
            }
            throw e;
        }
    }

    private void take(
            final int kind,
            final int level,
            final long correlationId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final int body = offset + HostCommand.BYTES;
        final int bodyLength = length - HostCommand.BYTES;
        final int flags = buffer.getByte(body);
        if ((flags & Published.RETAIN) != 0) {
            retain(buffer, offset, length);
            return;
        }
        if ((flags & Published.QOS_MASK) == Qos.AT_MOST_ONCE) {
            delivery.sendAtMostOnce(buffer, body, bodyLength, nowMs);
            HostCounters.add(counters.published, 1);
            tell(kind, correlationId, Journal.NO_INDEX, PublishOutcome.PUBLISHED, Durability.RECEIVED);
            return;
        }
        if (!log.batch.add(HostRecord.PUBLISHED, buffer, body, bodyLength)) {
            append();
            log.batch.add(HostRecord.PUBLISHED, buffer, body, bodyLength);
        }
        note(kind, level, correlationId);
    }

    /** In a frame of its own, as whether there is room depends on those before it. Of QoS 0 too, so that it survives. */
    private void retain(final DirectBuffer buffer, final int offset, final int length) {
        final int kind = HostCommand.kind(buffer, offset);
        final long correlationId = HostCommand.correlationId(buffer, offset);
        final int body = offset + HostCommand.BYTES;
        final int bodyLength = length - HostCommand.BYTES;
        final boolean atMostOnce = (buffer.getByte(body) & Published.QOS_MASK) == Qos.AT_MOST_ONCE;
        append();
        if (!retained.mayTake(buffer, body, bodyLength)) {
            HostCounters.add(counters.refused, 1);
            tell(kind, correlationId, Journal.NO_INDEX, PublishOutcome.FULL, Durability.RECEIVED);
            return;
        }
        log.batch.add(HostRecord.PUBLISHED, buffer, body, bodyLength);
        note(kind, atMostOnce ? 0 : HostCommand.level(buffer, offset), correlationId);
        final long index = append();
        if (index >= 0) {
            retained.apply(index, HostRetained.nowNs(nowMs), buffer, body, bodyLength);
            if (atMostOnce) {
                delivery.sendAtMostOnce(buffer, body, bodyLength, nowMs);
            }
        }
    }

    private void note(final int kind, final int level, final long correlationId) {
        noted = true;
        if (count == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * count);
            levels = Arrays.copyOf(levels, 2 * count);
            correlationIds = Arrays.copyOf(correlationIds, 2 * count);
            indexes = Arrays.copyOf(indexes, 2 * count);
        }
        kinds[count] = (byte) kind;
        levels[count] = (byte) level;
        correlationIds[count] = correlationId;
        count++;
    }

    /** Appends what has gathered; returns the index of the first. */
    long append() {
        if (log.batch.count() == 0) {
            return Journal.NO_INDEX;
        }
        if (FaultPoints.PUBLISH_BEFORE_APPEND) {
            FaultPoints.pass();
        }
        final long first = log.appendPublished(!shared.groups.isEmpty());
        final int from = appended;
        final int taken = count;
        if (first == Journal.FULL) {
            count = from;
            HostCounters.add(counters.refused, taken - from);
            for (int i = from; i < taken; i++) {
                tell(kinds[i], correlationIds[i], Journal.NO_INDEX, PublishOutcome.FULL, Durability.RECEIVED);
            }
            return first;
        }
        if (FaultPoints.PUBLISH_APPENDED) {
            FaultPoints.pass();
        }
        HostCounters.add(counters.published, taken - from);
        int waiting = from;
        for (int i = from; i < taken; i++) {
            final long index = first + (i - from);
            if (levels[i] == synced) {
                kinds[waiting] = kinds[i];
                levels[waiting] = levels[i];
                correlationIds[waiting] = correlationIds[i];
                indexes[waiting] = index;
                waiting++;
            } else {
                tell(kinds[i], correlationIds[i], index, PublishOutcome.PUBLISHED, Durability.JOURNALED);
            }
        }
        appended = waiting;
        count = waiting;
        if (waiting > 0) {
            log.syncLater();
        }
        return first;
    }

    /** All that was appended is synced. */
    void onSynced() {
        final int done = appended;
        appended = 0;
        if (FaultPoints.PUBLISH_SYNCED && done > 0) {
            FaultPoints.pass();
        }
        count = 0;
        for (int i = 0; i < done; i++) {
            tell(kinds[i], correlationIds[i], indexes[i], PublishOutcome.PUBLISHED, Durability.SYNCED);
        }
    }

    /** Refuses what was not brought to its end and what comes from now on; the first reason counts. */
    void refuse(final PublishOutcome reason) {
        if (refusal != null) {
            return;
        }
        refusal = reason;
        final int lost = count;
        appended = 0;
        count = 0;
        for (int i = 0; i < lost; i++) {
            tell(kinds[i], correlationIds[i], Journal.NO_INDEX, reason, Durability.RECEIVED);
        }
    }

    private void tell(
            final int kind,
            final long correlationId,
            final long index,
            final PublishOutcome outcome,
            final Durability level) {
        if (kind == HostCommand.PUBLISH_AWAITED) {
            final CompletableFuture<PublishResult> waiting = awaited.remove(correlationId);
            if (waiting != null) {
                waiting.complete(new PublishResult(index, outcome, level));
                if (FaultPoints.PUBLISH_ANSWERED) {
                    FaultPoints.pass();
                }
            }
        } else if (kind == HostCommand.PUBLISH_TOLD) {
            try {
                listener.onPublished(correlationId, index, outcome);
            } catch (final Throwable e) {
                // Of an error too: others are still to be told, and at the end nobody would do it.
                LOG.error("the listener failed, correlationId={}", correlationId, e);
            }
        }
    }
}
