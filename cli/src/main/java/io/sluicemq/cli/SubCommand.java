package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes what it subscribes to. */
@Command(
        name = "sub",
        header = "Writes the published messages that it subscribes to, one a line.",
        description = "",
        footerHeading = "%nExample:%n",
        footer = "  sluice sub --connect tcp://127.0.0.1:5556 --subscribe weather")
final class SubCommand extends SocketCommand<SubSocket> {
    @Option(
            names = "--subscribe",
            paramLabel = "PREFIX",
            description = "take messages that begin with PREFIX; may be given several times (default: take all)")
    private List<String> prefixes = List.of("");

    @Override
    SubSocket open(final Context context, final SocketOptions options) {
        final SubSocket socket = context.sub(options, SubscriberOptions.DEFAULTS);
        prefixes.forEach(socket::subscribe);
        return socket;
    }

    @Override
    int exchange(final SubSocket socket, final Exchange exchange) throws InterruptedException {
        return exchange.receive(socket);
    }
}
