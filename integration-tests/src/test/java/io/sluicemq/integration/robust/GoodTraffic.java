package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.Socket;
import io.sluicemq.SubSocket;
import io.sluicemq.testkit.peers.Await;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Numbered messages between a bound socket and a well-behaved peer in a context of its own, checked for order and gaps. */
final class GoodTraffic implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration STEP = Duration.ofMillis(50);
    private static final long MAGIC = 0x676f6f642d706565L;
    private static final int BODY_BYTES = 2 * Long.BYTES;
    private static final int WINDOW = 200;
    private static final long PACE_NS = 300_000L;

    private final Context context = Context.create();
    private final Background background = new Background();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong longestGapNs = new AtomicLong();
    private volatile boolean stopSending;
    private volatile boolean stopReceiving;
    private FutureTask<Void> source;
    private FutureTask<Void> sink;

    /** Connects a peer of the right type, and starts. */
    GoodTraffic(final Socket bound, final String endpoint) throws InterruptedException {
        if (bound instanceof PullSocket pull) {
            final PushSocket push = connected(context.push(), endpoint);
            start(() -> push.send(next()), () -> pull.receiveMessage(STEP));
        } else if (bound instanceof RouterSocket router) {
            final DealerSocket dealer = connected(context.dealer(), endpoint);
            start(() -> dealer.send(next()), () -> router.receiveMessage(STEP));
        } else if (bound instanceof PubSocket pub) {
            final SubSocket sub = connected(context.sub(), endpoint);
            sub.subscribe("");
            assertThat(pub.awaitSubscribers("", 1, LIMIT)).isTrue();
            start(() -> pub.send(next()), () -> sub.receiveMessage(STEP));
        } else if (bound instanceof RepSocket rep) {
            final ReqSocket req = connected(context.req(), endpoint);
            start(() -> ask(req), () -> answer(rep));
        } else {
            throw new IllegalArgumentException("type=" + bound.type() + ", limit=PULL ROUTER PUB REP");
        }
    }

    private static <T extends Socket> T connected(final T socket, final String endpoint) throws InterruptedException {
        socket.connect(endpoint);
        assertThat(socket.awaitPeers(1, LIMIT)).isTrue();
        return socket;
    }

    private Message next() {
        return new Message()
                .add(ByteBuffer.allocate(BODY_BYTES)
                        .putLong(MAGIC)
                        .putLong(sent.get())
                        .flip());
    }

    private SendResult ask(final ReqSocket req) throws InterruptedException {
        final Message message = next();
        final SendResult result = req.send(new Message().copyOf(message));
        final Message reply = req.receiveMessage(LIMIT);
        assertThat(reply).as("reply to %d", sent.get()).isNotNull();
        assertThat(reply.frame(0)).isEqualTo(message.frame(0));
        return result;
    }

    private static Message answer(final RepSocket rep) throws InterruptedException {
        final Request request = rep.receiveRequest(STEP);
        if (request == null) {
            return null;
        }
        request.reply(new Message().copyOf(request.message()));
        return request.message();
    }

    private void start(final Callable<SendResult> send, final Callable<Message> receive) {
        source = background.start("good-source", () -> {
            while (!stopSending) {
                if (sent.get() - received.get() < WINDOW) {
                    assertThat(send.call()).isEqualTo(SendResult.SENT);
                    sent.incrementAndGet();
                }
                LockSupport.parkNanos(PACE_NS);
            }
            return null;
        });
        sink = background.start("good-sink", () -> {
            long lastNs = System.nanoTime();
            while (!stopReceiving) {
                final Message message = receive.call();
                if (message != null && isGood(message)) {
                    final long nowNs = System.nanoTime();
                    longestGapNs.accumulateAndGet(nowNs - lastNs, Math::max);
                    lastNs = nowNs;
                }
            }
            return null;
        });
    }

    /** Whether it is one of ours, which must then be the next in order; others come from hostile peers. */
    private boolean isGood(final Message message) {
        final ByteBuffer body = ByteBuffer.wrap(message.frame(message.frameCount() - 1));
        if (body.remaining() != BODY_BYTES || body.getLong() != MAGIC) {
            return false;
        }
        assertThat(body.getLong()).isEqualTo(received.get());
        received.incrementAndGet();
        return true;
    }

    /** Goes on for as many messages again, within the limit, and fails if a thread failed. */
    void awaitMore(final int messages) throws InterruptedException {
        final long wanted = received.get() + messages;
        Await.until(LIMIT, () -> received.get() >= wanted || source.isDone() || sink.isDone(), "good messages go on");
        rethrow();
    }

    private void rethrow() throws InterruptedException {
        if (source.isDone()) {
            Background.result(source, LIMIT);
        }
        if (sink.isDone()) {
            Background.result(sink, LIMIT);
        }
    }

    /** Ends the sending, and checks that all that was sent arrived; returns how many messages that were. */
    long finish() throws InterruptedException {
        stopSending = true;
        Background.result(source, LIMIT);
        Await.until(LIMIT, () -> received.get() == sent.get() || sink.isDone(), "all good messages arrive");
        stopReceiving = true;
        Background.result(sink, LIMIT);
        assertThat(received.get()).isEqualTo(sent.get());
        return received.get();
    }

    long longestGapMs() {
        return longestGapNs.get() / 1_000_000;
    }

    @Override
    public void close() {
        stopSending = true;
        stopReceiving = true;
        background.close();
        context.close(Duration.ZERO);
    }
}
