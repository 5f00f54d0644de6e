package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.SendResult;
import io.sluicemq.Sender;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What the other side of each step does: on a thread of this process for inproc, in a second one for the other transports. A
 * role is told by words, and its outcome is a text.
 */
final class DemoRoles {
    /** The last message to a role, where a line of text cannot be mistaken for it: it has one frame, lines come in two. */
    static final String END = "end";

    /** Without anything for so long, a role gives up. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private DemoRoles() {}

    static String run(final Context context, final String... words) throws InterruptedException {
        return switch (words[0]) {
            case "subscriber" -> subscribe(context, words[1], words[2]);
            case "worker" -> work(context, words[1], words[2]);
            case "replier" -> reply(context, words[1], words[2]);
            case "receiver" ->
                receive(
                        context,
                        new PerfRun(
                                words[1],
                                Integer.parseInt(words[2]),
                                Long.parseLong(words[3]),
                                Long.parseLong(words[4])));
            case DemoInbox.SUBSCRIBE -> DemoInbox.subscribe(context, words[1], words[2], words[3]);
            case DemoInbox.RECEIVE -> DemoInbox.receive(context, words[1], words[2], Integer.parseInt(words[3]));
            default ->
                throw new IllegalArgumentException("role=" + words[0] + ", limit=subscriber, worker, replier, "
                        + "receiver, durable-subscribe, durable-receive, start the demo with sluice demo");
        };
    }

    private static String subscribe(final Context context, final String endpoint, final String topic)
            throws InterruptedException {
        try (SubSocket socket = context.sub()) {
            socket.subscribe(topic);
            socket.connect(endpoint);
            final LineDigest digest = new LineDigest();
            final Message message = new Message();
            for (next(socket, message); message.frameCount() > 1; next(socket, message)) {
                digest.add(message.frame(1));
            }
            return digest.text();
        }
    }

    private static String work(final Context context, final String source, final String target)
            throws InterruptedException {
        try (PullSocket pull = context.pull();
                PushSocket push = context.push()) {
            pull.connect(source);
            push.connect(target);
            return echo(pull, push) + " jobs";
        }
    }

    private static String reply(final Context context, final String endpoint, final String identity)
            throws InterruptedException {
        final SocketOptions options = SocketOptions.builder()
                .routingId(identity.getBytes(StandardCharsets.UTF_8))
                .build();
        try (DealerSocket socket = context.dealer(options, DealerOptions.DEFAULTS)) {
            socket.connect(endpoint);
            return echo(socket, socket) + " requests";
        }
    }

    /** Sends back what comes, until the end; its number. */
    private static long echo(final Receiver source, final Sender target) throws InterruptedException {
        final Message message = new Message();
        long count = 0;
        for (next(source, message); message.frameCount() > 1; next(source, message)) {
            send(target, message);
            count++;
        }
        return count;
    }

    private static String receive(final Context context, final PerfRun run) throws InterruptedException {
        try (PullSocket socket = context.pull()) {
            socket.connect(run.endpoint());
            return Long.toString(PerfLoops.pull(socket, run));
        }
    }

    /** Waits for a message; an end of patience is an error. */
    static void next(final Receiver socket, final Message message) throws InterruptedException {
        if (!socket.receive(message, PATIENCE)) {
            throw new CliException(
                    ExitCodes.FAILURE,
                    "messages=0, limit=" + PATIENCE.toSeconds() + " s, see what the other side says");
        }
    }

    /** Sends a message; an end of patience is an error. */
    static void send(final Sender socket, final Message message) throws InterruptedException {
        final SendResult result = socket.send(message, PATIENCE);
        if (result != SendResult.SENT) {
            throw new CliException(
                    ExitCodes.FAILURE,
                    "send=" + result + ", limit=SENT within " + PATIENCE.toSeconds()
                            + " s, see what the other side says");
        }
    }
}
