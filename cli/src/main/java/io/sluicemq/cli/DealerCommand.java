package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Sends and receives at the same time. */
@Command(
        name = "dealer",
        header = "Sends each line of input to one of its peers, in turn, and writes what comes from them.",
        description = {
            "",
            "A rep or req on the other side wants an empty frame first: begin the line with a TAB and use --frames.",
            "--count counts the messages received. Without it, the command ends when the input has ended and been handed over, or with --timeout after the first silence of that length behind the end. An input without any line, such as /dev/null, is no end: then it receives until a signal.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = {"  printf '\\thello\\n' \\", "    | sluice dealer --connect tcp://127.0.0.1:5557 --frames --count 1"})
final class DealerCommand extends SocketCommand<DealerSocket> {
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
    DealerSocket open(final Context context, final SocketOptions options) {
        return context.dealer(options, DealerOptions.DEFAULTS);
    }

    @Override
    int exchange(final DealerSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final Limits limits = exchange.limits();
        return exchange.sendAndReceive(socket, waitPeers.start(socket, limits, 0), linger.duration(limits));
    }
}
