package io.sluicemq.integration.robust;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import io.sluicemq.SendResult;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.integration.robust.KillLog.Word;
import io.sluicemq.transport.ipc.ShmOptions;
import io.sluicemq.transport.tls.TlsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends or receives until it is killed, and keeps a {@link KillLog}. Arguments: role, {@code bind} or {@code connect}, endpoint,
 * file of the log, number of the run.
 */
final class KillProgram {
    /** Most messages of a DEALER that were not replied to. */
    static final int WINDOW = 100;

    private static final int MAX_UNCERTAIN = 2_000;

    /**
     * The first message may go by the agent's queue, and the next one behind it if the agent stops for a moment between giving the first to
     * the peer and giving its place back. That it stops there once for each of these is as good as impossible.
     */
    private static final int MESSAGES_TO_SETTLE = 10;

    private static final long MOMENT_NS = 50_000L;

    private final String[] arguments;
    private final KillLog log;
    private final long run;
    private final Random random;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[KillMessage.MAX_BYTES]);
    private long checkpoint;
    private long received;

    private KillProgram(final String... arguments) {
        this.arguments = arguments;
        this.log = KillLog.open(Path.of(arguments[3]));
        this.run = Long.parseLong(arguments[4]);
        this.random = new Random(run);
    }

    public static void main(final String[] arguments) throws InterruptedException {
        try (Context context = Context.create()) {
            new KillProgram(arguments).run(context);
        }
    }

    /** Of both sides. */
    static SocketOptions.Builder options() {
        return SocketOptions.builder()
                .transport(
                        ShmOptions.builder().ringBytes(KillMessage.RING_BYTES).build())
                .sendTimeout(Duration.ofMillis(50))
                .reconnect(Duration.ofMillis(10), Duration.ZERO);
    }

    /** From the PEM files of a folder, for the side that binds and the one that connects. */
    static TlsOptions tls(final Path folder) {
        return TlsOptions.builder()
                .certificate(folder.resolve("cert.pem"), folder.resolve("key.pem"))
                .trust(folder.resolve("trust.pem"))
                .build();
    }

    private void run(final Context context) throws InterruptedException {
        // A declared single producer goes by no queue of this process once that is empty, so what it was told is sent
        // is with the peer.
        final SocketOptions.Builder builder = options().singleProducer(!KillMessage.hasLarge(run));
        if (arguments[2].startsWith("quic:")) {
            builder.transport(tls(Path.of(System.getProperty("java.io.tmpdir"))));
        }
        final SocketOptions options = builder.build();
        switch (arguments[0]) {
            case "push" -> push(context.push(options));
            case "pull" -> pull(context.pull(options));
            case "dealer" -> ask(context.dealer(options, DealerOptions.DEFAULTS));
            case "req" -> request(context.req(options, ReqOptions.DEFAULTS));
            case "rep" -> reply(context.rep(options));
            default ->
                throw new IllegalArgumentException("role=" + arguments[0] + ", limit=push, pull, dealer, req, rep");
        }
    }

    private void open(final Socket socket) {
        if ("bind".equals(arguments[1])) {
            socket.bind(arguments[2]);
            log.set(Word.STARTED_NS, System.nanoTime());
        } else {
            log.set(Word.STARTED_NS, System.nanoTime());
            socket.connect(arguments[2]);
        }
    }

    private void push(final PushSocket push) throws InterruptedException {
        open(push);
        push.awaitPeers(1, SocketOptions.FOREVER);
        for (long sequence = 0; true; sequence++) {
            send(push, sequence);
            if (sequence == checkpoint || sequence < MESSAGES_TO_SETTLE) {
                awaitTaken(push, sequence + 1);
            } else if (!KillMessage.hasLarge(run)) {
                log.set(Word.CERTAIN, sequence + 1);
            }
        }
    }

    private void send(final PushSocket push, final long sequence) throws InterruptedException {
        final int length = KillMessage.write(buffer, run, sequence);
        while (push.send(buffer, 0, length) != SendResult.SENT) {
            LockSupport.parkNanos(MOMENT_NS);
        }
        log.set(Word.ACCEPTED, sequence + 1);
    }

    /** What goes by the agent's queue is with the peer no sooner than that. The first messages may, and large ones do. */
    private void awaitTaken(final Socket socket, final long messages) {
        while (socket.stats().messagesSent() < messages) {
            LockSupport.parkNanos(MOMENT_NS);
        }
        log.set(Word.CERTAIN, messages);
        checkpoint = KillMessage.hasLarge(run) ? messages + random.nextInt(MAX_UNCERTAIN) : -1;
    }

    private void pull(final PullSocket pull) throws InterruptedException {
        open(pull);
        final FrameHandler handler = (source, offset, length, more) -> came(source, offset, length, true);
        while (true) {
            pull.receive(handler, WINDOW, SocketOptions.FOREVER);
        }
    }

    private void came(final DirectBuffer source, final int offset, final int length, final boolean gapless) {
        final long sequence = KillMessage.check(source, offset, length);
        final long next = log.get(Word.NEXT);
        if (received == 0) {
            log.set(Word.FIRST, sequence);
            log.set(Word.FIRST_NS, System.nanoTime());
        } else if (sequence < next || (gapless && sequence > next)) {
            throw new IllegalStateException("sequence=" + sequence + ", limit=" + next);
        }
        log.set(Word.NEXT, sequence + 1);
        received++;
        log.set(Word.RECEIVED, received);
    }

    private void ask(final DealerSocket dealer) throws InterruptedException {
        open(dealer);
        final FrameHandler handler = (source, offset, length, more) -> cameBack(source, offset, length);
        for (long sequence = 0; true; sequence++) {
            final int length = KillMessage.write(buffer, run, sequence);
            while (dealer.send(buffer, 0, length) != SendResult.SENT) {
                // The peer may be waiting likewise.
                dealer.receive(handler, WINDOW, Duration.ZERO);
            }
            log.set(Word.ACCEPTED, sequence + 1);
            while (sequence + 1 - received >= WINDOW) {
                dealer.receive(handler, WINDOW, SocketOptions.FOREVER);
            }
        }
    }

    private void cameBack(final DirectBuffer source, final int offset, final int length) {
        if (KillMessage.check(source, offset, length) != received || KillMessage.run(source, offset) != run) {
            throw new IllegalStateException("echo of another message, limit=run " + run + " sequence " + received);
        }
        received++;
        log.set(Word.CERTAIN, received);
    }

    private void request(final ReqSocket req) throws InterruptedException {
        open(req);
        for (long sequence = 0; true; sequence++) {
            final int length = KillMessage.write(buffer, run, sequence);
            final Message reply = req.request(new Message().add(buffer, 0, length), SocketOptions.FOREVER);
            log.set(Word.ACCEPTED, sequence + 1);
            cameBack(reply.buffer(), reply.frameOffset(0), reply.frameLength(0));
        }
    }

    private void reply(final RepSocket rep) throws InterruptedException {
        open(rep);
        while (true) {
            final Request request = rep.receiveRequest();
            final Message message = request.message();
            came(message.buffer(), message.frameOffset(0), message.frameLength(0), false);
            request.reply(message);
        }
    }
}
