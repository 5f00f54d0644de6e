package io.sluicemq.durable.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** What the application asks of the host's thread, and waits for. Any thread. */
final class HostQuestions {
    private static final long LOOK_EVERY_MS = 200;

    private final HostEvents events;
    private final HostAgent agent;

    HostQuestions(final HostEvents events, final HostAgent agent) {
        this.events = events;
        this.agent = agent;
    }

    /**
     * Asks.
     *
     * @param question answered on the host's thread.
     * @param atEnd the answer when the host has ended.
     * @throws InterruptedException if interrupted; the question may be answered all the same.
     */
    <T> T ask(final Supplier<T> question, final T atEnd) throws InterruptedException {
        if (agent.isOnThread()) {
            return question.get();
        }
        final CompletableFuture<T> answer = new CompletableFuture<>();
        events.add(() -> answer.complete(question.get()));
        // The host may end without looking.
        while (agent.ended().getCount() > 0 && !answer.isDone()) {
            try {
                return answer.get(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException ignored) {
                Thread.onSpinWait();
            } catch (final ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
        return answer.getNow(atEnd);
    }
}
