package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.PubSocket;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Publishes each line. */
@Command(
        name = "pub",
        header = "Publishes each line of input to the subscribers of its beginning.",
        description = {
            "",
            "A message goes to every subscriber with a prefix that the line begins with, and to nobody else. So that no line is lost, the first waits for a subscriber, and each waits for room; --wait-peers 0 and --drop take that back.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  sluice pub --bind tcp://127.0.0.1:5556 < news.txt")
final class PubCommand extends SocketCommand<PubSocket> {
    @Mixin
    private Publishing publishing;

    @Override
    void check() {
        publishing.check();
    }

    @Override
    PubSocket open(final Context context, final SocketOptions options) {
        return context.pub(options, publishing.options());
    }

    @Override
    int exchange(final PubSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final Limits limits = exchange.limits();
        return exchange.send(
                socket, publishing.start(socket, socket::awaitSubscribers, limits), publishing.linger(limits));
    }
}
