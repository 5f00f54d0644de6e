package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.XSubSocket;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends each line upstream and writes what it subscribes to. */
@Command(
        name = "xsub",
        header = "Writes published messages as sub does, and sends each line of input upstream.",
        description = {
            "",
            "A line goes to all publishers, where an xpub writes it. A message 01 and a prefix subscribes, 00 and the prefix takes it back (--format hex).",
            "--count counts the messages received. Without it, the command ends when the input has ended and been handed over, or with --timeout after the first silence of that length behind the end. An input without any line, such as /dev/null, is no end: then it receives until a signal.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  sluice xsub --connect tcp://127.0.0.1:5556 --subscribe weather < /dev/null")
final class XSubCommand extends SocketCommand<XSubSocket> {
    private static final String SUBSCRIBE = "\u0001";

    @Mixin
    private WaitPeers waitPeers;

    @Mixin
    private Linger linger;

    @Option(
            names = "--subscribe",
            paramLabel = "PREFIX",
            description = "take messages that begin with PREFIX; may be given several times (default: take all)")
    private List<String> prefixes = List.of("");

    @Override
    void check() {
        waitPeers.check();
        linger.check();
    }

    @Override
    XSubSocket open(final Context context, final SocketOptions options) {
        final XSubSocket socket = context.xsub(options, SubscriberOptions.DEFAULTS);
        for (final String prefix : prefixes) {
            socket.trySend(Message.of(SUBSCRIBE + prefix));
        }
        return socket;
    }

    @Override
    int exchange(final XSubSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final Limits limits = exchange.limits();
        return exchange.sendAndReceive(socket, waitPeers.start(socket, limits, 1), linger.duration(limits));
    }
}
