package io.sluicemq.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A tcp or Unix-domain connection through NIO with nothing round it: what the transport could be at best. Throughput writes and
 * reads a stream in large pieces and counts it in messages of SIZE. Round trips block, or with {@code --idle=spin} read without
 * blocking. With {@code --tls} the same through the JDK's TLS engine.
 */
final class NioPerf implements PerfProgram {
    private static final String IPC = "ipc://";
    private static final int STREAM_BYTES = 256 << 10;
    private static final int CONNECT_LIMIT_S = 20;

    /** Handed over by the join of the thread that accepts. */
    private ByteStream accepted;

    public static void main(final String[] args) {
        PerfProgram.main(new NioPerf(), args);
    }

    @Override
    public void localThroughput(final PerfArguments run) throws IOException {
        final Load load = run.load();
        final Meter meter = new Meter(load);
        final ByteBuffer stream = ByteBuffer.allocateDirect(Math.max(STREAM_BYTES, 2 * load.size()));
        final UnsafeBuffer view = new UnsafeBuffer(stream);
        try (ByteStream channel = stream(accept(load), run, false)) {
            int start = 0;
            while (!meter.isComplete()) {
                requireOpen(channel.read(stream));
                for (; stream.position() - start >= load.size() && !meter.isComplete(); start += load.size()) {
                    meter.accept(view, start, load.size());
                }
                if (stream.capacity() - start < load.size() || start == stream.position()) {
                    stream.limit(stream.position()).position(start);
                    stream.compact();
                    start = 0;
                }
            }
        }
        Figures.rate(meter.messagesPerSecond());
    }

    @Override
    public void remoteThroughput(final PerfArguments run) throws IOException {
        final Load load = run.load();
        final int messages = Math.max(1, STREAM_BYTES / load.size());
        final ByteBuffer stream = ByteBuffer.allocateDirect(messages * load.size());
        try (SocketChannel socket = connect(load);
                ByteStream channel = stream(socket, run, true)) {
            long sent = 0;
            while (sent < load.total()) {
                final int some = (int) Math.min(messages, load.total() - sent);
                stream.clear().limit(some * load.size());
                for (int i = 0; load.verify() && i < some; i++) {
                    Payload.fill(new UnsafeBuffer(stream, i * load.size(), load.size()), load.size(), sent + i);
                }
                while (stream.hasRemaining()) {
                    channel.write(stream);
                }
                sent += some;
            }
            awaitEnd(socket);
        }
    }

    /**
     * A TLS server sends session tickets, which a side that only sends never reads. With them in the way a close resets the
     * connection, and what the other side has not read is lost.
     */
    private static void awaitEnd(final SocketChannel socket) throws IOException {
        socket.shutdownOutput();
        final ByteBuffer unread = ByteBuffer.allocate(STREAM_BYTES);
        while (socket.read(unread) >= 0) {
            unread.clear();
        }
    }

    @Override
    public void localLatency(final PerfArguments run) throws IOException {
        final Load load = run.load();
        final Meter meter = new Meter(load);
        final ByteBuffer message = ByteBuffer.allocateDirect(load.size());
        final UnsafeBuffer view = new UnsafeBuffer(message);
        try (SocketChannel socket = accept(load);
                ByteStream channel = stream(socket, run, false)) {
            socket.configureBlocking(run.idle() == Idle.BLOCK);
            while (!meter.isComplete()) {
                read(channel, message, run);
                meter.accept(view, 0, load.size());
                write(channel, message);
            }
        }
    }

    @Override
    public void remoteLatency(final PerfArguments run) throws Exception {
        final Load load = run.load();
        final ByteBuffer message = ByteBuffer.allocateDirect(load.size());
        final UnsafeBuffer view = new UnsafeBuffer(message);
        try (SocketChannel socket = connect(load);
                ByteStream channel = stream(socket, run, true)) {
            socket.configureBlocking(run.idle() == Idle.BLOCK);
            final Meter replies = new Meter(load);
            Figures.roundTrips(RoundTrips.measure(load, request -> {
                view.putBytes(0, request, 0, load.size());
                write(channel, message);
                read(channel, message, run);
                replies.accept(view, 0, load.size());
            }));
        }
    }

    @Override
    public void allocation(final PerfArguments run) throws Exception {
        final Load load = run.load();
        final Helper server = Helper.start("accept", () -> accepted = stream(accept(load), run, false));
        try (ByteStream out = stream(connect(load), run, true)) {
            server.join();
            try (ByteStream in = accepted) {
                Allocations.measure(
                        load, count -> send(out, load.size(), count), count -> receive(in, load.size() * count));
            }
        }
    }

    private static void send(final ByteStream out, final int size, final long count) throws IOException {
        final ByteBuffer stream = ByteBuffer.allocateDirect(STREAM_BYTES / size * size);
        for (long left = count * size; left > 0; left -= stream.limit()) {
            stream.clear().limit((int) Math.min(stream.capacity(), left));
            while (stream.hasRemaining()) {
                out.write(stream);
            }
        }
    }

    private static void receive(final ByteStream in, final long bytes) throws IOException {
        final ByteBuffer stream = ByteBuffer.allocateDirect(STREAM_BYTES);
        for (long left = bytes; left > 0; left -= requireOpen(in.read(stream))) {
            stream.clear();
        }
    }

    private static void read(final ByteStream channel, final ByteBuffer message, final PerfArguments run)
            throws IOException {
        message.clear();
        while (message.hasRemaining()) {
            if (requireOpen(channel.read(message)) == 0) {
                run.idle().idle();
            }
        }
    }

    private static void write(final ByteStream channel, final ByteBuffer message) throws IOException {
        message.clear();
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    private static int requireOpen(final int read) throws EOFException {
        if (read < 0) {
            throw new EOFException("the other side closed the connection");
        }
        return read;
    }

    /** With {@code --tls} the JDK's engine stands between. */
    private static ByteStream stream(final SocketChannel channel, final PerfArguments run, final boolean client)
            throws IOException {
        return run.tls() ? RawTls.wrap(channel, client) : new Plain(channel);
    }

    private record Plain(SocketChannel channel) implements ByteStream {
        @Override
        public int read(final ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public void write(final ByteBuffer source) throws IOException {
            channel.write(source);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static SocketChannel accept(final Load load) throws IOException {
        if (isUnix(load)) {
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                return server.bind(address(load)).accept();
            }
        }
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address(load));
            return server.accept().setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    private static SocketChannel connect(final Load load) throws IOException {
        final long limitNs = System.nanoTime() + CONNECT_LIMIT_S * 1_000_000_000L;
        while (true) {
            try {
                final SocketChannel channel = SocketChannel.open(address(load));
                return isUnix(load) ? channel : channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            } catch (final IOException e) {
                // The other side may not listen yet.
                if (System.nanoTime() > limitNs) {
                    throw e;
                }
                Idle.YIELD.idle();
            }
        }
    }

    private static boolean isUnix(final Load load) {
        return load.endpoint().startsWith(IPC);
    }

    private static SocketAddress address(final Load load) throws IOException {
        if (isUnix(load)) {
            return UnixDomainSocketAddress.of(load.endpoint().substring(IPC.length()));
        }
        final int port =
                Integer.parseInt(load.endpoint().substring(load.endpoint().lastIndexOf(':') + 1));
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
