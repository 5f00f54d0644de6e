package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * What the commands of all socket types do alike: make the socket, attach it, exchange messages, and end cleanly by
 * themselves or by a signal. Run by the main thread.
 */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "${COMMAND-FULL-NAME} (--bind|--connect) ENDPOINT... [OPTIONS]",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:Something failed; standard error says what.",
            "2:The command line is wrong; nothing was started.",
            "3:The time of --timeout was over.",
            "4:Messages were taken from the input that no peer got.",
            "130, 143:Ended by SIGINT or SIGTERM, after closing."
        })
abstract class SocketCommand<S extends Socket> implements Callable<Integer> {
    /** After a signal: time for what was sent to leave. */
    private static final Duration STOP_LINGER = Duration.ofSeconds(1);

    @Spec
    private CommandSpec spec;

    @Mixin
    private Attachment attachment;

    @Mixin
    private Layout layout;

    @Mixin
    private Limits limits;

    /** Makes the socket. */
    abstract S open(Context context, SocketOptions options);

    /** Carries messages until an end is reached. */
    abstract int exchange(S socket, Exchange exchange) throws InterruptedException, IOException;

    /** Whether the first frame of each message is a routing id. */
    boolean hasRoutingIds() {
        return false;
    }

    /** Checks the options that the type has of its own. */
    void check() {}

    @Override
    public final Integer call() throws InterruptedException, IOException {
        limits.check();
        check();
        final String name = spec.qualifiedName();
        final PrintWriter err = spec.commandLine().getErr();
        final SocketOptions options = attachment.options(name, err);
        final Context context = Context.create(attachment.contextOptions(name, err));
        final Exchange exchange =
                new Exchange(limits, layout.lineLayout(hasRoutingIds()), text -> err.println(name + ": " + text));
        final Runnable stop = () -> {
            context.close(STOP_LINGER);
            exchange.stop();
        };
        try {
            return Lifetime.run(stop, () -> {
                final S socket = open(context, options);
                attachment.attach(socket, name, err);
                return exchange(socket, exchange);
            });
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        } finally {
            context.close(Duration.ZERO);
        }
    }
}
