package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Sends each line to one of its peers in turn. */
@Command(
        name = "push",
        header = "Sends each line of input to one of its peers, in turn.",
        description = {
            "",
            "Waits for a peer when there is none, and for room when all are full. What a peer has got and not used when it ends is lost with it. Ends when the whole "
                    + "input has been handed to peers.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  sluice push --connect tcp://127.0.0.1:5555 < jobs.txt")
final class PushCommand extends SocketCommand<PushSocket> {
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
    PushSocket open(final Context context, final SocketOptions options) {
        return context.push(options);
    }

    @Override
    int exchange(final PushSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        return exchange.send(socket, waitPeers.start(socket, exchange.limits(), 0), linger.duration(exchange.limits()));
    }
}
