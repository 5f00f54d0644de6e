package io.sluicemq.cli;

import io.sluicemq.Context;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What the steps of the demo share.
 *
 * @param context to make sockets with.
 * @param lines real text, in bytes.
 * @param messages how many lines a step carries; the text starts again when it is shorter.
 * @param progress told how far a step is.
 */
record DemoRun(Context context, List<byte[]> lines, int messages, Progress progress) {
    private static final long ROLE_LIMIT_S = 60;

    byte[] line(final int number) {
        return lines.get(number % lines.size());
    }

    /** Waits for the outcome of a role. */
    static String await(final CompletableFuture<String> role) throws InterruptedException {
        try {
            return role.get(ROLE_LIMIT_S, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            throw new CliException(
                    ExitCodes.FAILURE, "the other side: " + e.getCause().getMessage());
        } catch (final TimeoutException e) {
            throw new CliException(ExitCodes.FAILURE, "outcome=none, limit=" + ROLE_LIMIT_S + " s, run it again");
        }
    }

    /** Ends the step unless a claim holds. */
    static void check(final boolean holds, final String claim) {
        if (!holds) {
            throw new CliException(ExitCodes.FAILURE, "not so: " + claim);
        }
    }
}
