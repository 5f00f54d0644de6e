package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.durable.AcknowledgeOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * How other threads reach the subscriber's thread: acknowledgements as frames through an inproc PUSH, which brings waking and back pressure;
 * rare wishes as objects in a queue, with an empty frame that wakes. Any thread, but where the subscriber's is named.
 */
final class SubscriberCommands implements AutoCloseable {
    private static final int WAKE_BYTES = 1;
    private static final UnsafeBuffer WAKE = new UnsafeBuffer(new byte[WAKE_BYTES]);
    private static final ThreadLocal<UnsafeBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> new UnsafeBuffer(new byte[AcknowledgeCommand.BYTES]));

    private final PullSocket pull;
    private final PushSocket push;
    private final Queue<Wish> wishes = new ConcurrentLinkedQueue<>();
    private final AtomicLong nextCorrelationId = new AtomicLong();
    private final ConcurrentMap<Long, CompletableFuture<AcknowledgeOutcome>> awaited = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, CompletableFuture<Optional<Boolean>>> asked = new ConcurrentHashMap<>();

    /** Set once, before the last look at the queues. */
    private volatile boolean ended;

    /** Something that the subscriber's thread is to do; the result fails if that does. */
    private record Wish(Runnable body, CompletableFuture<?> result) {
        void run() {
            try {
                body.run();
            } catch (final RuntimeException e) {
                result.completeExceptionally(e);
            }
        }

        void cancel() {
            result.completeExceptionally(new IllegalStateException("the subscriber is closed, open it again"));
        }
    }

    SubscriberCommands(final Context context) {
        final String endpoint = "inproc://sluicemq-subscriber-" + UUID.randomUUID();
        pull = context.pull();
        push = context.push();
        pull.bind(endpoint);
        push.connect(endpoint);
    }

    PullSocket pull() {
        return pull;
    }

    /** Lets the subscriber's thread look again. Does not wait: if there is no room, that thread has something to look at. */
    void wake() {
        push.trySend(WAKE, 0, WAKE_BYTES);
    }

    /** Gets something from the subscriber's thread. */
    <T> CompletableFuture<T> call(final Supplier<T> body) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        run(() -> result.complete(body.get()), result);
        return result;
    }

    /**
     * Does something on the subscriber's thread.
     *
     * @param result fails if it does, or if the subscriber is closed.
     */
    void run(final Runnable body, final CompletableFuture<?> result) {
        wishes.add(new Wish(body, result));
        wake();
        if (ended) {
            cancelWishes();
        }
    }

    /** Hands over an acknowledgement, whose end goes to the listener. */
    SendResult tryAcknowledge(final int producer, final long index, final long correlationId) {
        return push.trySend(
                encode(PendingRecords.LISTENED, producer, index, correlationId), 0, AcknowledgeCommand.BYTES);
    }

    /** Hands over an acknowledgement and waits for its end. */
    AcknowledgeOutcome acknowledge(final int producer, final long index, final Duration timeout)
            throws InterruptedException {
        final long startNs = System.nanoTime();
        final long correlationId = nextCorrelationId.incrementAndGet();
        final CompletableFuture<AcknowledgeOutcome> result = new CompletableFuture<>();
        awaited.put(correlationId, result);
        try {
            final UnsafeBuffer command = encode(PendingRecords.AWAITED, producer, index, correlationId);
            final SendResult sent = push.send(new Message().add(command, 0, AcknowledgeCommand.BYTES), timeout);
            if (sent == SendResult.CLOSED || ended) {
                return result.getNow(AcknowledgeOutcome.CLOSED);
            }
            if (sent != SendResult.SENT) {
                return AcknowledgeOutcome.TIMED_OUT;
            }
            return Waiting.get(result, timeout.minusNanos(System.nanoTime() - startNs), AcknowledgeOutcome.TIMED_OUT);
        } finally {
            awaited.remove(correlationId);
        }
    }

    /**
     * Asks whether a message waits for its acknowledgement, after all acknowledgements that were handed over before.
     *
     * @return empty if nobody answered in time.
     */
    Optional<Boolean> isWaiting(final int producer, final long index, final long timeoutNs)
            throws InterruptedException {
        final long startNs = System.nanoTime();
        final long correlationId = nextCorrelationId.incrementAndGet();
        final CompletableFuture<Optional<Boolean>> answer = new CompletableFuture<>();
        asked.put(correlationId, answer);
        try {
            final UnsafeBuffer command = encode(AcknowledgeCommand.ASK, producer, index, correlationId);
            final SendResult sent = push.send(
                    new Message().add(command, 0, AcknowledgeCommand.BYTES), Duration.ofNanos(Math.max(0, timeoutNs)));
            if (sent != SendResult.SENT || ended) {
                return answer.getNow(Optional.empty());
            }
            final long leftNs = timeoutNs - (System.nanoTime() - startNs);
            return Waiting.get(answer, Duration.ofNanos(Math.max(0, leftNs)), Optional.empty());
        } finally {
            asked.remove(correlationId);
        }
    }

    private static UnsafeBuffer encode(final int kind, final int producer, final long index, final long correlationId) {
        final UnsafeBuffer buffer = SCRATCH.get();
        AcknowledgeCommand.encode(buffer, kind, producer, index, correlationId);
        return buffer;
    }

    /** Hands over a result with its acknowledgement. A producer of 0 acknowledges nothing. */
    CompletableFuture<AcknowledgeOutcome> append(final int producer, final long index, final UnsafeBuffer result)
            throws InterruptedException {
        final long correlationId = nextCorrelationId.incrementAndGet();
        final CompletableFuture<AcknowledgeOutcome> outcome = new CompletableFuture<>();
        awaited.put(correlationId, outcome);
        final UnsafeBuffer command = new UnsafeBuffer(new byte[AcknowledgeCommand.BYTES + result.capacity()]);
        final int kind = PendingRecords.AWAITED | AcknowledgeCommand.WITH_RESULT;
        AcknowledgeCommand.encode(command, kind, producer, index, correlationId);
        command.putBytes(AcknowledgeCommand.BYTES, result, 0, result.capacity());
        final SendResult sent = push.send(command, 0, command.capacity());
        if (sent != SendResult.SENT || ended) {
            outcome.complete(AcknowledgeOutcome.CLOSED);
        }
        return outcome;
    }

    // The subscriber's thread.

    /** What {@link #pull()} hands over to a handler of acknowledgements. */
    static FrameHandler frames(final Consumer<AcknowledgeCommand> handler) {
        final AcknowledgeCommand command = new AcknowledgeCommand();
        return (final DirectBuffer buffer, final int offset, final int length, final boolean more) -> {
            if (length >= AcknowledgeCommand.BYTES) {
                handler.accept(command.wrap(buffer, offset, length));
            }
        };
    }

    /** Does what others wish; returns how many wishes there were. */
    int runWishes() {
        int done = 0;
        for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
            wish.run();
            done++;
        }
        return done;
    }

    /** Ends the wait for an acknowledgement. */
    void onAcknowledged(final long correlationId, final AcknowledgeOutcome outcome) {
        final CompletableFuture<AcknowledgeOutcome> result = awaited.remove(correlationId);
        if (result != null) {
            result.complete(outcome);
        }
    }

    /** Answers {@link #isWaiting}. */
    void onAnswer(final long correlationId, final boolean waiting) {
        final CompletableFuture<Optional<Boolean>> answer = asked.remove(correlationId);
        if (answer != null) {
            answer.complete(Optional.of(waiting));
        }
    }

    /** Ends all waits, also those that begin now. */
    @Override
    public void close() {
        ended = true;
        push.close(Duration.ZERO);
        pull.close(Duration.ZERO);
        cancelWishes();
        awaited.values().forEach(result -> result.complete(AcknowledgeOutcome.CLOSED));
        asked.values().forEach(answer -> answer.complete(Optional.empty()));
    }

    private void cancelWishes() {
        for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
            wish.cancel();
        }
    }
}
