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
        boolean answered = false;
        while (!answered && agent.ended().getCount() > 0) {
            answered = await(answer);
        }
        return answer.getNow(atEnd);
    }

    /** False after a while without an answer, as the host may have ended without looking. */
    private static boolean await(final CompletableFuture<?> answer) throws InterruptedException {
        try {
            answer.get(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (final TimeoutException e) {
            return false;
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
