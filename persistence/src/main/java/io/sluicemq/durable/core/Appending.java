package io.sluicemq.durable.core;

import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.AppendingHandler;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DeliveryHandler;
import io.sluicemq.durable.QualityOfService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Takes the results of one call of receiveAndAppend, and waits until they are durable. One thread. */
final class Appending implements DeliveryHandler {
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final SubscriberCommands commands;
    private final AppendingHandler handler;
    private final int maxResultBytes;
    private final MutableDirectBuffer result = new ExpandableArrayBuffer();
    private final List<Pending> pending = new ArrayList<>();

    /** A message and its result, which is kept until it is durable, as the disk may be full at first. */
    private record Pending(int producer, long index, UnsafeBuffer result) {}

    Appending(final SubscriberCommands commands, final AppendingHandler handler, final int maxResultBytes) {
        this.commands = commands;
        this.handler = handler;
        this.maxResultBytes = maxResultBytes;
    }

    @Override
    public void onDelivery(final Delivered message) {
        final int length = handler.onDelivery(message, result);
        if (length < 0 || length > maxResultBytes) {
            throw new IllegalArgumentException("resultBytes=" + length + ", limit=0.." + maxResultBytes
                    + ", open the subscriber with larger segmentBytes");
        }
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[length]);
        bytes.putBytes(0, result, 0, length);
        final boolean acknowledges = message.qos() != QualityOfService.AT_MOST_ONCE;
        final int producer = acknowledges ? message.producer() : 0;
        final long index = acknowledges ? message.index() : 0;
        pending.add(new Pending(producer, index, bytes));
    }

    /** Hands all over and waits until it is durable; returns how many results are. Less than all only if the subscriber is closed. */
    int await() throws InterruptedException {
        final List<CompletableFuture<AcknowledgeOutcome>> outcomes = new ArrayList<>(pending.size());
        for (final Pending each : pending) {
            outcomes.add(commands.append(each.producer, each.index, each.result));
        }
        int durable = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            final Pending each = pending.get(i);
            AcknowledgeOutcome outcome = get(outcomes.get(i));
            while (outcome == AcknowledgeOutcome.FULL) {
                LockSupport.parkNanos(this, RETRY_NS);
                outcome = get(commands.append(each.producer, each.index, each.result));
            }
            durable += outcome == AcknowledgeOutcome.DURABLE ? 1 : 0;
        }
        return durable;
    }

    private static AcknowledgeOutcome get(final CompletableFuture<AcknowledgeOutcome> outcome)
            throws InterruptedException {
        try {
            return outcome.get();
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
