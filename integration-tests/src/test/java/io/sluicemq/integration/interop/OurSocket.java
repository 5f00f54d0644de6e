package io.sluicemq.integration.interop;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.Message;
import io.sluicemq.PublisherOptions;
import io.sluicemq.Receiver;
import io.sluicemq.ReqOptions;
import io.sluicemq.RouterOptions;
import io.sluicemq.SendResult;
import io.sluicemq.Sender;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.BulkLoad;
import io.sluicemq.testkit.peers.PeerSocketType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A socket of this library with the verbs of the foreign ones, carried out on the calling thread. */
final class OurSocket implements AutoCloseable {

    static final String ANY_PORT = "tcp://127.0.0.1:0";
    static final Duration LIMIT = Duration.ofSeconds(20);

    /** Published until the first arrives, since nobody else says when a subscription has reached a foreign publisher. */
    static final String SYNC = "sync!";

    private final Socket socket;

    private OurSocket(final Socket socket) {
        this.socket = socket;
    }

    static OurSocket open(final Context context, final PeerSocketType type, final SocketOptions options) {
        return new OurSocket(
                switch (type) {
                    case PAIR -> context.pair(options);
                    case PUB -> context.pub(options, PublisherOptions.DEFAULTS);
                    case SUB -> context.sub(options, SubscriberOptions.DEFAULTS);
                    case REQ -> context.req(options, ReqOptions.DEFAULTS);
                    case REP -> context.rep(options);
                    case DEALER -> context.dealer(options, DealerOptions.DEFAULTS);
                    case ROUTER ->
                        context.router(
                                options, RouterOptions.builder().mandatory(true).build());
                    case PULL -> context.pull(options);
                    case PUSH -> context.push(options);
                    case XPUB -> context.xpub(options, PublisherOptions.DEFAULTS);
                    case XSUB -> context.xsub(options, SubscriberOptions.DEFAULTS);
                });
    }

    static OurSocket of(final Socket socket) {
        return new OurSocket(socket);
    }

    Socket socket() {
        return socket;
    }

    SendResult send(final List<byte[]> frames) throws InterruptedException {
        return ((Sender) socket).send(Message.of(frames.toArray(byte[][]::new)), LIMIT);
    }

    SendResult sendText(final String... frames) throws InterruptedException {
        return ((Sender) socket).send(Message.of(frames), LIMIT);
    }

    /** The frames of the next message, or an empty list when none comes in time. */
    List<byte[]> receive(final Duration timeout) throws InterruptedException {
        final List<byte[]> frames = new ArrayList<>();
        ((Receiver) socket)
                .receive(
                        (buffer, offset, length, more) -> {
                            final byte[] frame = new byte[length];
                            buffer.getBytes(offset, frame);
                            frames.add(frame);
                        },
                        1,
                        timeout);
        return frames;
    }

    List<String> receiveText(final Duration timeout) throws InterruptedException {
        return receive(timeout).stream()
                .map(frame -> new String(frame, StandardCharsets.UTF_8))
                .toList();
    }

    void sendBulk(final BulkLoad load) throws InterruptedException {
        for (long i = 0; i < load.count(); i++) {
            sendMessage(load, i);
        }
    }

    void receiveBulk(final BulkLoad load) throws InterruptedException {
        for (long i = 0; i < load.count(); i++) {
            receiveExpected(load, i);
        }
    }

    void exchangeBulk(final BulkLoad load, final int window) throws InterruptedException {
        long sent = 0;
        for (long i = 0; i < load.count(); i++) {
            while (sent < Math.min(load.count(), i + window)) {
                sendMessage(load, sent++);
            }
            receiveExpected(load, i);
        }
    }

    void echo(final long count) throws InterruptedException {
        for (long i = 0; i < count; i++) {
            final List<byte[]> frames = receive(LIMIT);
            if (frames.isEmpty()) {
                throw new AssertionError("answered=" + i + " of count=" + count);
            }
            requireSent(send(frames), i);
        }
    }

    private void sendMessage(final BulkLoad load, final long index) throws InterruptedException {
        requireSent(send(load.message(index)), index);
    }

    private static void requireSent(final SendResult result, final long index) {
        if (result != SendResult.SENT) {
            throw new AssertionError("message=" + index + " result=" + result);
        }
    }

    private void receiveExpected(final BulkLoad load, final long index) throws InterruptedException {
        List<byte[]> frames = receive(LIMIT);
        while (isSync(frames)) {
            frames = receive(LIMIT);
        }
        if (frames.isEmpty()) {
            throw new AssertionError("received=" + index + " of " + load + ", stats=" + socket.stats());
        }
        final String wrong = load.mismatch(index, frames);
        if (wrong != null) {
            throw new AssertionError(wrong);
        }
    }

    private static boolean isSync(final List<byte[]> frames) {
        return frames.size() == 1 && SYNC.equals(new String(frames.get(0), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        socket.close();
    }
}
