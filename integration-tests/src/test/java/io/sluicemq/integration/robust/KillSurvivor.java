package io.sluicemq.integration.robust;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.PeerInfo;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.Socket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.CloseReason;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The side that lives on, in this JVM: a socket, a thread that uses it all the time, and what they saw. */
final class KillSurvivor implements SocketListener, AutoCloseable {
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int BATCH = 100;
    private static final int MAX_TOLD = 200;

    private final Background background = new Background();
    private final Map<Long, Run> runs = new ConcurrentHashMap<>();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger disconnected = new AtomicInteger();
    private final Deque<Told> told = new ConcurrentLinkedDeque<>();
    private final Socket socket;
    private final FutureTask<Long> work;
    private volatile long disconnectedNs;
    private volatile boolean stopped;

    /** What came of one run of a child; written by the thread of the socket. */
    private static final class Run {
        private final long firstNs = System.nanoTime();
        private volatile long next;
    }

    /** What the socket said, and when. */
    private record Told(long ns, String what) {}

    KillSurvivor(final Context context, final String type) {
        this(context, type, KillProgram.options());
    }

    KillSurvivor(final Context context, final String type, final SocketOptions.Builder builder) {
        final SocketOptions options =
                builder.listener(this).linger(Duration.ZERO).build();
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[KillMessage.MAX_BYTES]);
        final Callable<Long> task;
        switch (type) {
            case "PULL" -> {
                final PullSocket pull = context.pull(options);
                socket = pull;
                task = () -> receive(pull);
            }
            case "ROUTER" -> {
                final RouterSocket router = context.router(
                        options, RouterOptions.builder().mandatory(true).build());
                socket = router;
                task = () -> echo(router);
            }
            case "REP" -> {
                final RepSocket rep = context.rep(options);
                socket = rep;
                task = () -> reply(rep);
            }
            case "PUSH" -> {
                final PushSocket push = context.push(options);
                socket = push;
                task = () -> send(push, buffer);
            }
            case "REQ" -> {
                final ReqSocket req = context.req(options, ReqOptions.DEFAULTS);
                socket = req;
                task = () -> request(req, buffer);
            }
            default -> throw new IllegalArgumentException("type=" + type + ", limit=PULL, ROUTER, REP, PUSH, REQ");
        }
        work = background.start("survivor-" + type, task);
    }

    private long receive(final PullSocket pull) throws InterruptedException {
        final FrameHandler handler = (source, offset, length, more) -> came(source, offset, length);
        while (pull.receive(handler, BATCH, MOMENT) >= 0) {
            // Until it is closed.
        }
        return 0;
    }

    /** Of one sender, nothing is missing before the last that came, and nothing comes twice. */
    private void came(final DirectBuffer source, final int offset, final int length) {
        final long sequence = KillMessage.check(source, offset, length);
        final long number = KillMessage.run(source, offset);
        final Run run = runs.computeIfAbsent(number, key -> new Run());
        if (sequence != run.next) {
            throw new IllegalStateException("run=" + number + ", sequence=" + sequence + ", limit=" + run.next);
        }
        run.next = sequence + 1;
    }

    private long echo(final RouterSocket router) throws InterruptedException {
        final Message message = new Message();
        while (!socket.isClosed()) {
            if (router.receive(message, MOMENT)) {
                came(message.buffer(), message.frameOffset(1), message.frameLength(1));
                while (router.send(message) == SendResult.BACK_PRESSURED && !socket.isClosed()) {
                    // Nothing is dropped that the peer awaits.
                }
            }
        }
        return 0;
    }

    private long reply(final RepSocket rep) throws InterruptedException {
        while (!socket.isClosed()) {
            final Request request = rep.receiveRequest(MOMENT);
            if (request != null) {
                final Message message = request.message();
                came(message.buffer(), message.frameOffset(0), message.frameLength(0));
                request.reply(message);
            }
        }
        return 0;
    }

    /** Gives the number of messages that were accepted. */
    private long send(final PushSocket push, final UnsafeBuffer buffer) throws InterruptedException {
        long sequence = 0;
        while (!stopped) {
            final int length = KillMessage.write(buffer, 1, sequence);
            if (push.send(buffer, 0, length) == SendResult.SENT) {
                sequence++;
            }
        }
        return sequence;
    }

    private long request(final ReqSocket req, final UnsafeBuffer buffer) throws InterruptedException {
        long sequence = 0;
        while (!stopped) {
            final int length = KillMessage.write(buffer, 1, sequence);
            final Message reply = req.request(new Message().add(buffer, 0, length), MOMENT);
            if (reply != null
                    && KillMessage.check(reply.buffer(), reply.frameOffset(0), reply.frameLength(0)) != sequence) {
                throw new IllegalStateException("reply to another request, limit=" + sequence);
            }
            sequence++;
        }
        return sequence;
    }

    Socket socket() {
        return socket;
    }

    /** Messages of a run that came. */
    long received(final long run) {
        final Run found = runs.get(run);
        return found == null ? 0 : found.next;
    }

    /** When the first message of a run came, or 0. */
    long firstNs(final long run) {
        final Run found = runs.get(run);
        return found == null ? 0 : found.firstNs;
    }

    /** Messages that were dropped, whatever the cause. */
    long dropped() {
        return socket.stats().dropped().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    long unknown() {
        return socket.stats().dropped(DropCause.IN_FLIGHT_UNKNOWN);
    }

    /** Peers that shook hands until now. */
    int connected() {
        return connected.get();
    }

    boolean isAlone() {
        return connected.get() == disconnected.get();
    }

    /** What the socket said from then on, by the milliseconds since; of very much, the last. */
    String toldSince(final long ns) {
        return told.stream()
                .filter(one -> one.ns >= ns)
                .map(one -> "+" + (one.ns - ns) / 1_000_000 + " " + one.what)
                .collect(Collectors.joining("; "));
    }

    private void tell(final String what) {
        told.add(new Told(System.nanoTime(), what));
        if (told.size() > MAX_TOLD) {
            told.poll();
        }
    }

    /** When the last peer was found to be gone. */
    long disconnectedNs() {
        return disconnectedNs;
    }

    /** Fails if the thread has found something wrong. */
    void check() throws InterruptedException {
        if (work.isDone()) {
            throw new AssertionError("the survivor has stopped, result=" + Background.result(work, LIMIT));
        }
    }

    /** Sends nothing more; gives the number of messages that were accepted. */
    long stop() throws InterruptedException {
        stopped = true;
        return Background.result(work, LIMIT);
    }

    @Override
    public void onConnected(final PeerInfo peer) {
        connected.incrementAndGet();
        tell("connected");
    }

    @Override
    public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
        disconnectedNs = System.nanoTime();
        disconnected.incrementAndGet();
        tell("disconnected " + reason + ": " + detail);
    }

    @Override
    public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
        tell("failed " + reason + ": " + detail);
    }

    @Override
    public void onConnectRetry(final String endpoint, final long delayNs) {
        tell("retry in " + delayNs / 1_000_000);
    }

    @Override
    public void close() {
        stopped = true;
        socket.close();
        background.close();
    }
}
