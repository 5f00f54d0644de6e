package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Sends and receives at the same time, by routing id. */
@Command(
        name = "router",
        header =
                "Writes what comes with the routing id of its peer in front, and sends each line to the peer whose id it begins with.",
        description = {
            "",
            "Frames are parted by TABs as with --frames: ID TAB frame. An id that is not readable text stands as 0x and hexadecimal digits, and may be given so.",
            "--count counts the messages received. Without it, the command ends when the input has ended and been handed over, or with --timeout after the first silence of that length behind the end. An input without any line, such as /dev/null, is no end: then it receives until a signal.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  sluice router --bind tcp://127.0.0.1:5557")
final class RouterCommand extends SocketCommand<RouterSocket> {
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
    RouterSocket open(final Context context, final SocketOptions options) {
        return context.router(options, RouterOptions.builder().mandatory(true).build());
    }

    @Override
    boolean hasRoutingIds() {
        return true;
    }

    @Override
    int exchange(final RouterSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final Limits limits = exchange.limits();
        return exchange.sendAndReceive(socket, waitPeers.start(socket, limits, 0), linger.duration(limits));
    }
}
