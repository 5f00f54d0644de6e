package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.SocketOptions;
import io.sluicemq.XPubSocket;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Publishes each line and writes the subscriptions that come. */
@Command(
        name = "xpub",
        header = "Publishes each line of input, and writes the subscriptions that come.",
        description = {
            "",
            "As pub; each subscription is a message 01 and its prefix, each cancellation 00 and the prefix: --format hex shows them.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  sluice xpub --bind tcp://127.0.0.1:5556 --format hex < /dev/null")
final class XPubCommand extends SocketCommand<XPubSocket> {
    @Mixin
    private Publishing publishing;

    @Override
    void check() {
        publishing.check();
    }

    @Override
    XPubSocket open(final Context context, final SocketOptions options) {
        return context.xpub(options, publishing.options());
    }

    @Override
    int exchange(final XPubSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final Limits limits = exchange.limits();
        return exchange.sendAndReceive(
                socket, publishing.start(socket, socket::awaitSubscribers, limits), publishing.linger(limits));
    }
}
