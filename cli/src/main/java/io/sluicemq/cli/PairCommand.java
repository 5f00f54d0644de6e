package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.PairSocket;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Talks to one peer. */
@Command(
        name = "pair",
        header = "Talks to one peer: sends each line of input, and writes what comes.",
        description = {
            "",
            "--count counts the messages received. Without it, the command ends when the input has ended and been handed over, or with --timeout after the first silence of that length behind the end. An input without any line, such as /dev/null, is no end: then it receives until a signal.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  sluice pair --bind tcp://127.0.0.1:5558")
final class PairCommand extends SocketCommand<PairSocket> {
    @Mixin
    private WaitPeers waitPeers;

    @Mixin
    private Linger linger;

    @Override
    void check() {
        waitPeers.check();
        linger.check();
    }

    @Override
    PairSocket open(final Context context, final SocketOptions options) {
        return context.pair(options);
    }

    @Override
    int exchange(final PairSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final Limits limits = exchange.limits();
        return exchange.sendAndReceive(socket, waitPeers.start(socket, limits, 0), linger.duration(limits));
    }
}
