package io.sluicemq.testkit.udp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Passes datagrams between clients and a server as {@link LinkConditions} say, which may change at any time. Each client has an address
 * of the proxy's at the server; {@link #rebind()} gives all of them another, as a NAT does that forgot them, or a client that
 * moved. Accurate to about a millisecond. Any thread may call; one of its own does the work.
 */
public final class UdpProxy implements AutoCloseable {
    private static final byte[] LOOPBACK_V6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private static final int MAX_DATAGRAM_BYTES = 65_536;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final int MAX_RECORDS = 100_000;
    private static final long NS_PER_MS = 1_000_000;

    private final InetSocketAddress target;
    private final Selector selector;
    private final DatagramChannel front;
    private final Thread thread = new Thread(this::run, "udp-proxy");
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean closed;

    // The thread's own.
    private final Consumer<SelectionKey> onReady = this::onReady;
    private final Map<SocketAddress, Flow> flows = new HashMap<>();
    private final PriorityQueue<UnderWay> underWay = new PriorityQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);
    private final LinkModel toServer;
    private final LinkModel toClient;
    private long sequence;

    /** Guarded by itself. */
    private final List<UdpRecord> records = new ArrayList<>();

    private volatile boolean recording;

    /** One client, and its channel to the server. */
    private static final class Flow {
        private final SocketAddress client;
        private DatagramChannel channel;
        private boolean forgotten;

        Flow(final SocketAddress client) {
            this.client = client;
        }
    }

    /** A datagram on the link. */
    @SuppressWarnings("ArrayRecordComponent") // compared by its time
    private record UnderWay(long arrivalNs, long sequence, Flow flow, boolean toServer, byte[] bytes)
            implements Comparable<UnderWay> {
        @Override
        public int compareTo(final UnderWay other) {
            final int byTime = Long.signum(arrivalNs - other.arrivalNs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /**
     * Opens a proxy at a free port of the loopback address, of the family of the target, with a clear link.
     *
     * @param target where the server is.
     * @param seed of what is left to chance.
     */
    public UdpProxy(final InetSocketAddress target, final long seed) {
        this.target = target;
        toServer = new LinkModel(seed);
        toClient = new LinkModel(~seed);
        try {
            selector = Selector.open();
            front = open();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    private DatagramChannel open() throws IOException {
        final DatagramChannel channel = DatagramChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
        channel.bind(new InetSocketAddress(loopback(), 0));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    private InetAddress loopback() throws IOException {
        return target.getAddress() instanceof Inet6Address
                ? InetAddress.getByAddress(LOOPBACK_V6)
                : InetAddress.getLoopbackAddress();
    }

    /**
     * Where clients find the server.
     *
     * @return address and port.
     */
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) front.getLocalAddress();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Changes the link to the server; what is under way arrives as it would have.
     *
     * @param conditions of each datagram that comes from now on.
     */
    public void toServer(final LinkConditions conditions) {
        execute(() -> toServer.conditions(conditions));
    }

    /**
     * As {@link #toServer(LinkConditions)}, for the other direction.
     *
     * @param conditions of each datagram that comes from now on.
     */
    public void toClient(final LinkConditions conditions) {
        execute(() -> toClient.conditions(conditions));
    }

    /**
     * Changes both directions.
     *
     * @param conditions of each datagram that comes from now on.
     */
    public void bothWays(final LinkConditions conditions) {
        toServer(conditions);
        toClient(conditions);
    }

    /** Gives all clients another address at the server; what the server sends to the old one is lost. */
    public void rebind() {
        execute(() -> flows.values().forEach(flow -> {
            final DatagramChannel old = flow.channel;
            flow.channel = connect(flow);
            closeQuietly(old);
        }));
    }

    /** Passes nothing more of the clients that are there, as when their network is gone; who comes from another address is another one. */
    public void forget() {
        execute(() -> flows.values().forEach(flow -> flow.forgotten = true));
    }

    /**
     * How many addresses clients have come from.
     *
     * @return from the beginning on.
     */
    public int clients() {
        final int[] count = new int[1];
        execute(() -> count[0] = flows.size());
        return count[0];
    }

    /** Remembers what comes from now on, up to 100,000 datagrams. */
    public void record() {
        recording = true;
    }

    /**
     * What was recorded.
     *
     * @return a copy, in the order in which the datagrams came.
     */
    public List<UdpRecord> records() {
        synchronized (records) {
            return List.copyOf(records);
        }
    }

    /**
     * How many datagrams were not lost.
     *
     * @return of both directions, from the beginning on.
     */
    public long passed() {
        return passed.get();
    }

    /**
     * How many datagrams were lost on purpose.
     *
     * @return of both directions, from the beginning on.
     */
    public long lost() {
        return lost.get();
    }

    /** Returns once it is done, so that what comes afterwards meets it. */
    private void execute(final Runnable command) {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        commands.add(() -> {
            command.run();
            done.complete(null);
        });
        selector.wakeup();
        if (closed) {
            throw new IllegalStateException("proxy=closed, limit=one that is open, make another");
        }
        done.join();
    }

    private void run() {
        try {
            while (!closed) {
                for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
                    command.run();
                }
                selector.select(onReady, deliver());
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            selector.keys().forEach(key -> closeQuietly(key.channel()));
            closeQuietly(selector);
        }
    }

    /** Delivers what has arrived; returns for how many milliseconds nothing more does, 0 for ever. */
    private long deliver() {
        final long nowNs = System.nanoTime();
        UnderWay next = underWay.peek();
        while (next != null && next.arrivalNs - nowNs <= 0) {
            underWay.poll();
            arrive(next);
            next = underWay.peek();
        }
        return next == null ? 0 : Math.max(1, (next.arrivalNs - nowNs) / NS_PER_MS);
    }

    private void arrive(final UnderWay datagram) {
        try {
            if (datagram.toServer) {
                datagram.flow.channel.write(ByteBuffer.wrap(datagram.bytes));
            } else {
                front.send(ByteBuffer.wrap(datagram.bytes), datagram.flow.client);
            }
        } catch (final IOException e) {
            // Nobody is at the other end: lost, as on any link.
            lost.incrementAndGet();
        }
    }

    private void onReady(final SelectionKey key) {
        final Flow flow = (Flow) key.attachment();
        try {
            boolean more = true;
            while (more && key.isValid()) {
                buffer.clear();
                final SocketAddress from = ((DatagramChannel) key.channel()).receive(buffer);
                more = from != null;
                if (more) {
                    buffer.flip();
                    final boolean isFront = flow == null;
                    pass(isFront ? flows.computeIfAbsent(from, this::connect) : flow, isFront);
                }
            }
        } catch (final IOException e) {
            // The system says that an earlier datagram found nobody.
            lost.incrementAndGet();
        }
    }

    private Flow connect(final SocketAddress client) {
        final Flow flow = new Flow(client);
        flow.channel = connect(flow);
        return flow;
    }

    private DatagramChannel connect(final Flow flow) {
        try {
            final DatagramChannel channel = open();
            channel.connect(target);
            channel.keyFor(selector).attach(flow);
            return channel;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pass(final Flow flow, final boolean isToServer) {
        final byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        final long arrivalNs = (isToServer ? toServer : toClient).arrivalNs(System.nanoTime(), bytes.length);
        final boolean passes = arrivalNs != LinkModel.LOST && !flow.forgotten;
        (passes ? passed : lost).incrementAndGet();
        if (recording) {
            synchronized (records) {
                if (records.size() < MAX_RECORDS) {
                    records.add(new UdpRecord(isToServer, passes, bytes));
                }
            }
        }
        if (passes) {
            underWay.add(new UnderWay(arrivalNs, sequence++, flow, isToServer, bytes));
        }
    }

    private static void closeQuietly(final AutoCloseable resource) {
        try {
            resource.close();
        } catch (final Exception e) {
            throw new IllegalStateException("cannot close a channel of the proxy", e);
        }
    }

    /** Ends the thread, and waits for that. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
