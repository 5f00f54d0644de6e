package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.SocketOptions;
import picocli.CommandLine.Command;

/** Writes what its peers push. */
@Command(
        name = "pull",
        header = "Writes the messages that its peers push, one a line.",
        description = "",
        footerHeading = "%nExample:%n",
        footer = "  sluice pull --bind tcp://127.0.0.1:5555 --count 10 > jobs.txt")
final class PullCommand extends SocketCommand<PullSocket> {
    @Override
    PullSocket open(final Context context, final SocketOptions options) {
        return context.pull(options);
    }

    @Override
    int exchange(final PullSocket socket, final Exchange exchange) throws InterruptedException {
        return exchange.receive(socket);
    }
}
