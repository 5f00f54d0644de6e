package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks with each line, and writes the replies. */
@Command(
        name = "req",
        header = "Asks with each line of input and writes the reply, one after the other.",
        description = {
            "",
            "Ends with the input, or after --count replies. --timeout is the longest wait for a peer and its reply.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  echo hello | sluice req --connect tcp://127.0.0.1:5557 --timeout 2000")
final class ReqCommand extends SocketCommand<ReqSocket> {
    @Mixin
    private WaitPeers waitPeers;

    @Override
    void check() {
        waitPeers.check();
    }

    @Override
    ReqSocket open(final Context context, final SocketOptions options) {
        return context.req(options, ReqOptions.DEFAULTS);
    }

    @Override
    int exchange(final ReqSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        return exchange.await(exchange.begin(() -> ask(socket, exchange)));
    }

    private int ask(final ReqSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final Limits limits = exchange.limits();
        for (long asked = 0; asked < limits.count(); asked++) {
            final Message request = exchange.readLine();
            if (request == null) {
                break;
            }
            if (asked == 0 && !waitPeers.start(socket, limits, 0).await(request)) {
                return exchange.timedOut("peers=too few");
            }
            final Message reply = socket.request(request, limits.timeout());
            if (reply == null) {
                return socket.isClosed() ? ExitCodes.FAILURE : exchange.timedOut("replies=" + asked);
            }
            exchange.output().write(reply);
            exchange.output().flush();
        }
        return ExitCodes.OK;
    }
}
