package io.sluicemq.cli;

import io.sluicemq.Context;
import java.util.concurrent.CompletableFuture;

/** Runs roles on threads of this process, with its context, so that inproc reaches them. */
final class ThreadHelper implements DemoHelper {
    private final Context context;

    ThreadHelper(final Context context) {
        this.context = context;
    }

    @Override
    public CompletableFuture<String> start(final String... words) {
        final CompletableFuture<String> outcome = new CompletableFuture<>();
        final Thread thread = new Thread(
                () -> {
                    try {
                        outcome.complete(DemoRoles.run(context, words));
                    } catch (final InterruptedException | RuntimeException e) {
                        outcome.completeExceptionally(e);
                    }
                },
                "demo-" + words[0]);
        thread.setDaemon(true);
        thread.start();
        return outcome;
    }

    @Override
    public String place() {
        return "threads of this JVM";
    }

    @Override
    public void close() {}
}
