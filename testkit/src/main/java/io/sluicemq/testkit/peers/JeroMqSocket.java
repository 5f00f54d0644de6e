package io.sluicemq.testkit.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** Carries out the verbs of a JeroMQ socket on its one thread, since JeroMQ allows no other. */
final class JeroMqSocket implements PeerSocket {

    private static final Duration VERB_TIMEOUT = Duration.ofSeconds(10);
    private static final int SLICE_MS = 100;

    /**
     * JeroMQ 0.6.0 forgets to register some of the connections it makes, some 2 to 8 in 100, and then says nothing on them until
     * the handshake timer makes it connect anew, by default after 30 s (zeromq/jeromq#1022).
     */
    private static final int CONNECT_HANDSHAKE_MS = 1_000;

    private final PeerSocketType type;
    private final ExecutorService owner;
    private final ZMQ.Socket socket;
    private volatile boolean handshakeChosen;
    private volatile boolean closing;

    JeroMqSocket(final ZMQ.Context context, final PeerSocketType type, final int id) {
        this.type = type;
        owner = Executors.newSingleThreadExecutor(runnable -> {
            final Thread thread = new Thread(runnable, "jeromq-peer-" + type + "-" + id);
            thread.setDaemon(true);
            return thread;
        });
        socket = context.socket(SocketType.valueOf(type.name()));
        socket.setLinger(ZmqPeer.DEFAULT_LINGER_MS);
    }

    @Override
    public PeerSocket option(final PeerOption option, final long value) {
        option.requireNumber();
        handshakeChosen |= option == PeerOption.HANDSHAKE_INTERVAL_MS;
        call("option " + option, () -> require(JeroMqOptions.set(socket, option, value), option + "=" + value));
        return this;
    }

    @Override
    public PeerSocket option(final PeerOption option, final byte[] value) {
        option.requireBytes();
        final byte[] copy = value.clone();
        call("option " + option, () -> require(JeroMqOptions.set(socket, option, copy), option.toString()));
        return this;
    }

    @Override
    public String bind(final String endpoint) {
        return call("bind " + endpoint, () -> {
            require(socket.bind(endpoint), endpoint);
            return socket.getLastEndpoint();
        });
    }

    @Override
    public void connect(final String endpoint) {
        call("connect " + endpoint, () -> {
            if (!handshakeChosen) {
                socket.setHandshakeIvl(CONNECT_HANDSHAKE_MS);
            }
            return require(socket.connect(endpoint), endpoint);
        });
    }

    @Override
    public void unbind(final String endpoint) {
        call("unbind " + endpoint, () -> require(socket.unbind(endpoint), endpoint));
    }

    @Override
    public void disconnect(final String endpoint) {
        call("disconnect " + endpoint, () -> require(socket.disconnect(endpoint), endpoint));
    }

    @Override
    public void subscribe(final byte[] prefix) {
        call("subscribe", () -> require(socket.subscribe(prefix.clone()), "subscribe"));
    }

    @Override
    public void unsubscribe(final byte[] prefix) {
        call("unsubscribe", () -> require(socket.unsubscribe(prefix.clone()), "unsubscribe"));
    }

    @Override
    public boolean send(final Duration timeout, final byte[]... frames) {
        final List<byte[]> copies = new ArrayList<>(frames.length);
        for (final byte[] frame : frames) {
            copies.add(frame.clone());
        }
        return start("send", timeout, () -> sendBefore(copies, deadlineNs(timeout)) ? 1L : 0L)
                        .await()
                == 1;
    }

    @Override
    public List<byte[]> receive(final Duration timeout) {
        final List<byte[]> frames = new ArrayList<>();
        start("receive", timeout, () -> {
                    final List<byte[]> message = receiveBefore(deadlineNs(timeout));
                    frames.addAll(message);
                    return (long) message.size();
                })
                .await();
        return frames;
    }

    @Override
    public PeerTask sendBulk(final BulkLoad load, final Duration timeout) {
        return start("bulk-send " + load, timeout, () -> {
            final long deadlineNs = deadlineNs(timeout);
            for (long i = 0; i < load.count(); i++) {
                if (!sendBefore(load.message(i), deadlineNs)) {
                    throw outOfTime("sent=" + i, load.count(), timeout);
                }
            }
            return load.count();
        });
    }

    @Override
    public PeerTask receiveBulk(final BulkLoad load, final Duration timeout) {
        return start("bulk-receive " + load, timeout, () -> {
            final long deadlineNs = deadlineNs(timeout);
            for (long i = 0; i < load.count(); i++) {
                receiveExpected(load, i, deadlineNs, timeout);
            }
            return load.count();
        });
    }

    @Override
    public PeerTask exchangeBulk(final BulkLoad load, final int window, final Duration timeout) {
        return start("bulk-exchange " + load, timeout, () -> {
            final long deadlineNs = deadlineNs(timeout);
            long sent = 0;
            for (long i = 0; i < load.count(); i++) {
                while (sent < Math.min(load.count(), i + window)) {
                    if (!sendBefore(load.message(sent), deadlineNs)) {
                        throw outOfTime("sent=" + sent, load.count(), timeout);
                    }
                    sent++;
                }
                receiveExpected(load, i, deadlineNs, timeout);
            }
            return load.count();
        });
    }

    @Override
    public PeerTask echo(final long count, final Duration timeout) {
        return start("echo", timeout, () -> {
            final long deadlineNs = deadlineNs(timeout);
            for (long i = 0; i < count; i++) {
                final List<byte[]> message = receiveBefore(deadlineNs);
                if (message.isEmpty() || !sendBefore(message, deadlineNs)) {
                    throw outOfTime("answered=" + i, count, timeout);
                }
            }
            return count;
        });
    }

    @Override
    public void close() {
        close(false);
    }

    /** Closes without linger. */
    void abandon() {
        close(true);
    }

    @Override
    public String toString() {
        return "jeromq " + type + (closing ? " closed" : " open");
    }

    private void close(final boolean drop) {
        if (owner.isShutdown()) {
            return;
        }
        closing = true;
        try {
            call("close", () -> {
                if (drop) {
                    socket.setLinger(0);
                }
                socket.close();
                return "";
            });
        } finally {
            owner.shutdown();
        }
    }

    private boolean sendBefore(final List<byte[]> frames, final long deadlineNs) {
        final int last = frames.size() - 1;
        requireOpen();
        int flags = ZMQ.DONTWAIT;
        for (int i = 0; i <= last; i++) {
            final int more = i < last ? ZMQ.SNDMORE : 0;
            while (!socket.send(frames.get(i), flags | more)) {
                requireOpen();
                final int leftMs = leftMs(deadlineNs);
                if (leftMs == 0 && i == 0) {
                    return false;
                }
                socket.setSendTimeOut(Math.min(SLICE_MS, leftMs));
                flags = 0;
            }
        }
        return true;
    }

    private List<byte[]> receiveBefore(final long deadlineNs) {
        requireOpen();
        byte[] frame = socket.recv(ZMQ.DONTWAIT);
        while (frame == null) {
            requireOpen();
            final int leftMs = leftMs(deadlineNs);
            if (leftMs == 0) {
                return List.of();
            }
            socket.setReceiveTimeOut(Math.min(SLICE_MS, leftMs));
            frame = socket.recv(0);
        }
        final List<byte[]> frames = new ArrayList<>(2);
        frames.add(frame);
        while (socket.hasReceiveMore()) {
            frames.add(socket.recv(0));
        }
        return frames;
    }

    private void receiveExpected(final BulkLoad load, final long index, final long deadlineNs, final Duration timeout) {
        final List<byte[]> message = receiveBefore(deadlineNs);
        if (message.isEmpty()) {
            throw outOfTime("received=" + index, load.count(), timeout);
        }
        final String wrong = load.mismatch(index, message);
        if (wrong != null) {
            throw new PeerException(wrong);
        }
    }

    private void requireOpen() {
        if (closing) {
            throw new PeerException("socket was closed");
        }
    }

    private static String require(final boolean done, final String what) {
        if (!done) {
            throw new PeerException("JeroMQ refused " + what);
        }
        return "";
    }

    private static PeerException outOfTime(final String progress, final long count, final Duration timeout) {
        return new PeerException(progress + " of count=" + count + ", timeoutMs=" + timeout.toMillis());
    }

    private static long deadlineNs(final Duration timeout) {
        return System.nanoTime() + timeout.toNanos();
    }

    private static int leftMs(final long deadlineNs) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, (deadlineNs - System.nanoTime()) / 1_000_000));
    }

    private String call(final String verb, final Callable<String> body) {
        return submit(verb, VERB_TIMEOUT, body).awaitText();
    }

    private PeerTask start(final String verb, final Duration timeout, final Callable<Long> body) {
        return submit(verb, timeout, () -> body.call().toString());
    }

    private PeerTask submit(final String verb, final Duration timeout, final Callable<String> body) {
        final CompletableFuture<String> answer = new CompletableFuture<>();
        try {
            owner.execute(() -> run(body, answer));
        } catch (final RejectedExecutionException e) {
            answer.completeExceptionally(new PeerException("socket was closed", e));
        }
        return new PeerTask(toString() + ": " + verb, answer, timeout, () -> "same JVM");
    }

    private static void run(final Callable<String> body, final CompletableFuture<String> answer) {
        try {
            answer.complete(body.call());
        } catch (final Exception e) {
            answer.completeExceptionally(e);
        }
    }
}
