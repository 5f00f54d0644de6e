package io.sluicemq.core;

import io.sluicemq.ContextOptions;
import io.sluicemq.SocketOptions;
import io.sluicemq.stat.StatFile;
import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the sockets of a process share: I/O agents, transports, buffers, counters. Any thread. */
public final class ContextCore {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int MAX_THREADS_OF_A_KIND = 4;

    /** What an agent gets for its end when the time of the close is over. */
    private static final long MIN_AGENT_CLOSE_NS = 100_000_000L;

    private final List<AgentThread> agents = new ArrayList<>();
    private final Map<String, Transport> transports = new HashMap<>();
    private final BufferPool buffers;
    private final StatFile statFile;
    private final AtomicLong socketIds = new AtomicLong();
    private final ThreadPoolExecutor blocking;
    private final ThreadPoolExecutor handshakes;
    private final boolean invoked;
    private final Map<Class<? extends TransportOptions>, TransportOptions> transportOptions;

    private final Object lock = new Object();

    /** Replaced as a whole under the lock, read by anybody. */
    private volatile SocketCore[] sockets = {};

    // Guarded by the lock.
    private int nextAgent;
    private boolean closed;

    /**
     * Starts the I/O agents.
     *
     * @param options of the context.
     */
    public ContextCore(final ContextOptions options) {
        // Before the first Agrona buffer, which would fail in its own words.
        RuntimeFlags.check();
        statFile = StatFile.create();
        final String name = "sluicemq-" + NUMBERS.incrementAndGet();
        buffers = new BufferPool(options.maxIdleBufferBytes());
        invoked = options.invoked();
        transportOptions = options.transportOptions();
        final InprocRegistry registry = new InprocRegistry();
        transports.put(InprocTransport.SCHEME, new InprocTransport(registry));
        for (final Transport transport : ServiceLoader.load(Transport.class, Transport.class.getClassLoader())) {
            transports.put(transport.scheme(), transport);
        }
        blocking = helpers(name + "-resolver");
        handshakes = helpers(name + "-handshake");
        for (int i = 0; i < options.ioAgents(); i++) {
            agents.add(new AgentThread(new IoAgent(this, name + "-io-" + i, invoked), options));
        }
    }

    /** Threads that are there while there is work for them. */
    private static ThreadPoolExecutor helpers(final String name) {
        final ThreadPoolExecutor helpers = new ThreadPoolExecutor(
                MAX_THREADS_OF_A_KIND,
                MAX_THREADS_OF_A_KIND,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    final Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        helpers.allowCoreThreadTimeOut(true);
        return helpers;
    }

    /**
     * Makes a socket on the agent that is next in turn.
     *
     * @param type that peers are told.
     * @param pattern what it does.
     * @return the socket.
     */
    SocketCore open(final SocketType type, final Pattern pattern) {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("socket=in a closed context, limit=none, make a new context");
            }
            final IoAgent agent = agents.get(nextAgent++ % agents.size()).agent();
            final SocketCore socket = new SocketCore(this, agent, type, pattern);
            final SocketCore[] more = Arrays.copyOf(sockets, sockets.length + 1);
            more[more.length - 1] = socket;
            sockets = more;
            return socket;
        }
    }

    /** A socket's options, with those of the context for transports of which it says nothing. */
    SocketOptions complete(final SocketOptions own) {
        if (transportOptions.isEmpty()) {
            return own;
        }
        final SocketOptions.Builder all = own.toBuilder();
        transportOptions.values().forEach(all::transport);
        own.pipeOptions().transportOptions().values().forEach(all::transport);
        return all.build();
    }

    void forget(final SocketCore socket) {
        synchronized (lock) {
            sockets = Arrays.stream(sockets).filter(each -> each != socket).toArray(SocketCore[]::new);
        }
    }

    Transport transport(final String scheme) {
        final Transport transport = transports.get(scheme);
        if (transport == null) {
            throw MissingTransport.of(scheme, transports.keySet());
        }
        return transport;
    }

    Counts newCounts(final SocketType type) {
        return new Counts(statFile, socketIds.incrementAndGet(), type);
    }

    /** Whether the caller is in a turn of any I/O agent of this context. */
    boolean isAnyAgentThread() {
        // By index: a blocked call asks, and an iterator would be allocated.
        for (int i = 0; i < agents.size(); i++) {
            if (agents.get(i).agent().isAgentThread()) {
                return true;
            }
        }
        return false;
    }

    /** Refuses a call that may wait where it would hold up others: on an I/O agent, and inside a receive handler. */
    void refuseBlocking(final String call) {
        if (isAnyAgentThread()) {
            throw new IllegalStateException(
                    call + "=would block the I/O agent, limit=calls that return at once, use a try method there");
        }
        final Thread self = Thread.currentThread();
        for (final SocketCore socket : sockets) {
            if (socket.inlet().isReceiving(self)) {
                throw new IllegalStateException(call + "=inside a receive handler, limit=calls that return at once,"
                        + " use a try method there, or return from the handler first");
            }
        }
    }

    BufferPool buffers() {
        return buffers;
    }

    Executor blocking() {
        return blocking;
    }

    Executor handshakes() {
        return handshakes;
    }

    /**
     * Where other processes can read the counters.
     *
     * @return the file, empty if it could not be made.
     */
    public Optional<Path> statFile() {
        return statFile.path();
    }

    /**
     * Does one turn of I/O on the caller's thread.
     *
     * @return amount of work done.
     */
    public int invoke() {
        if (!invoked) {
            throw new IllegalStateException("invoke=on a context with I/O threads, limit=contexts made with"
                    + " ContextOptions.invoked, leave the I/O to them");
        }
        int work = 0;
        for (final AgentThread agent : agents) {
            work += agent.agent().invoke();
        }
        return work;
    }

    /**
     * Closes all sockets, then the agents, in the given time and a little at most, whatever peers and callbacks do.
     *
     * @param linger how long messages that wait may take to leave, over all sockets.
     * @return messages left behind.
     */
    public long close(final Duration linger) {
        refuseBlocking("close of the context");
        final SocketCore[] open;
        synchronized (lock) {
            if (closed) {
                return 0;
            }
            closed = true;
            open = sockets;
        }
        final long socketsDeadlineNs = SocketClose.forceDeadlineNs(linger);
        for (final SocketCore socket : open) {
            socket.startClose(linger);
        }
        long left = 0;
        for (final SocketCore socket : open) {
            left += socket.awaitClosed(socketsDeadlineNs);
        }
        agents.forEach(AgentThread::startClose);
        // The same time for all, however many there are, and some for those that their sockets left none.
        final long nowNs = System.nanoTime();
        final long agentsDeadlineNs = nowNs + Math.max(MIN_AGENT_CLOSE_NS, socketsDeadlineNs - nowNs);
        for (final AgentThread agent : agents) {
            agent.awaitClose(agentsDeadlineNs);
        }
        // Who keeps a closed context keeps no socket's memory with it.
        synchronized (lock) {
            sockets = new SocketCore[0];
        }
        shutdown(blocking);
        shutdown(handshakes);
        statFile.close();
        buffers.close();
        return left;
    }

    /** Without an interrupt, which would make a FileChannel.map() that has just mapped a file lose the memory for good. */
    private static void shutdown(final ThreadPoolExecutor executor) {
        executor.shutdown();
        executor.getQueue().clear();
    }
}
