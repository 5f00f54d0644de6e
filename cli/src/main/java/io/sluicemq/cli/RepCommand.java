package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.RepSocket;
import io.sluicemq.Request;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes requests and replies with lines. */
@Command(
        name = "rep",
        header = "Writes each request, and replies with the next line of input, or with --echo by the request itself.",
        description = {"", "Ends after --count requests, or when no request came for --timeout.", ""},
        footerHeading = "%nExample:%n",
        footer = "  sluice rep --bind tcp://127.0.0.1:5557 --echo")
final class RepCommand extends SocketCommand<RepSocket> {
    @Mixin
    private Linger linger;

    @Option(names = "--echo", description = "reply with the request itself (default: with the next line of input)")
    private boolean echo;

    @Override
    void check() {
        linger.check();
    }

    @Override
    RepSocket open(final Context context, final SocketOptions options) {
        return context.rep(options);
    }

    @Override
    int exchange(final RepSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final int exitCode = exchange.await(exchange.begin(() -> answer(socket, exchange)));
        return exchange.finish(socket, linger.duration(exchange.limits()), exitCode);
    }

    private int answer(final RepSocket socket, final Exchange exchange) throws InterruptedException, IOException {
        final Limits limits = exchange.limits();
        for (long answered = 0; answered < limits.count(); answered++) {
            final Request request = socket.receiveRequest(limits.timeout());
            if (request == null) {
                return socket.isClosed() ? ExitCodes.FAILURE : exchange.timedOut("requests=" + answered);
            }
            exchange.output().write(request.message());
            exchange.output().flush();
            final Message reply = echo ? request.message() : exchange.readLine();
            if (reply == null) {
                exchange.say("replies=" + answered + ", limit=one line of input a request, give more lines or --echo");
                return ExitCodes.FAILURE;
            }
            if (request.reply(reply) != SendResult.SENT) {
                exchange.say("request " + (answered + 1) + ": who asked is gone, the reply is dropped");
            }
        }
        return ExitCodes.OK;
    }
}
