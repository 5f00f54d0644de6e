package io.sluicemq.testkit.peers;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** A verb that a peer carries out in the background. Any thread may call. */
public final class PeerTask {

    /** Beyond the verb's own timeout, for the answer to travel on a loaded machine. */
    static final Duration GRACE = Duration.ofSeconds(10);

    private final String description;
    private final CompletableFuture<String> answer;
    private final Duration timeout;
    private final Supplier<String> diagnosis;

    PeerTask(
            final String description,
            final CompletableFuture<String> answer,
            final Duration timeout,
            final Supplier<String> diagnosis) {
        this.description = description;
        this.answer = answer;
        this.timeout = timeout;
        this.diagnosis = diagnosis;
    }

    /**
     * Whether the verb has ended, well or not.
     *
     * @return true when {@link #await()} will not wait.
     */
    public boolean isDone() {
        return answer.isDone();
    }

    /**
     * Waits for the end of the verb: its own timeout, counted from this call, and some seconds of grace.
     *
     * @return the messages that were handled.
     * @throws PeerException when the verb failed or did not end; the text says what the peer had to say.
     */
    public long await() {
        return Long.parseLong(awaitText());
    }

    String awaitText() {
        final long limitMs = timeout.plus(GRACE).toMillis();
        try {
            return answer.get(limitMs, TimeUnit.MILLISECONDS);
        } catch (final TimeoutException e) {
            throw new PeerException(
                    description + ": no answer, waitedMs=" + limitMs + ", look at the other side; " + diagnosis.get(),
                    e);
        } catch (final ExecutionException e) {
            throw new PeerException(
                    description + ": " + e.getCause().getMessage() + "; " + diagnosis.get(), e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException(description + ": interrupted while waiting for the peer", e);
        }
    }
}
