package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.PeerInfo;
import io.sluicemq.SocketOptions;
import io.sluicemq.SocketStats;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.RingOptions;
import io.sluicemq.transport.RingOwner;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all socket types share: endpoints, pipes, their life and their account. The type's own behaviour is in its {@link
 * Outbound} and {@link Inbound}. Structure changes on the socket's I/O agent only; every public method may be called from any
 * thread.
 */
public final class SocketCore {
    private static final Logger LOG = LoggerFactory.getLogger(SocketCore.class);

    private final ContextCore context;
    private final IoAgent agent;
    private final SocketType type;
    private final SocketOptions options;
    private final HandshakeConfig handshake;
    private final PipeObserver observer;
    private final RingOptions outletOptions;
    private final Inlet inlet;
    private final SendPort sendPort;
    private final ReceivePort receivePort;
    private final Counts counts;
    private final Endpoints endpoints;
    private final PipeList pipes = new PipeList();
    private final QueueGauge queueGauge;
    private final WaitSet peerWaiters = new WaitSet();
    private final AtomicInteger pipeIds = new AtomicInteger();
    private final SocketClose close;
    private final Ledger ledger = new Ledger(this);

    SocketCore(final ContextCore context, final IoAgent agent, final SocketType type, final Pattern pattern) {
        this.context = context;
        this.agent = agent;
        this.type = type;
        this.options = context.complete(pattern.options());
        this.handshake = Handshakes.config(type, options);
        this.observer = pattern.observer();
        final RingOptions rings = options.ringOptions();
        this.outletOptions = new RingOptions(
                rings.ringBytes(),
                rings.maxLargeBytes(),
                rings.maxMessages(),
                rings.singleProducer() && !observer.offersOnAgent(),
                rings.conflate());
        this.counts = context.newCounts(type);
        this.queueGauge = new QueueGauge(agent, pipes, observer::onGauge);
        this.inlet = new Inlet(
                pattern.inbound(), options.ringOptions(), context.buffers(), agent::wakeIfStalled, this::onTaken);
        this.receivePort = new ReceivePort(this, inlet, options.receiveTimeoutNs());
        this.sendPort = new SendPort(this, pattern.outbound(), new WaitSet(), options.sendTimeoutNs());
        this.endpoints = new Endpoints(this);
        this.close = new SocketClose(this);
        observer.attach(this);
    }

    ContextCore context() {
        return context;
    }

    IoAgent agent() {
        return agent;
    }

    /**
     * The type that peers are told.
     *
     * @return the type.
     */
    public SocketType type() {
        return type;
    }

    /**
     * What the socket was made with.
     *
     * @return immutable options.
     */
    public SocketOptions options() {
        return options;
    }

    HandshakeConfig handshake() {
        return handshake;
    }

    PipeObserver observer() {
        return observer;
    }

    Inlet inlet() {
        return inlet;
    }

    Ledger ledger() {
        return ledger;
    }

    Counts counters() {
        return counts;
    }

    /**
     * Bind, connect and their opposites.
     *
     * @return the endpoints of this socket.
     */
    public Endpoints endpoints() {
        return endpoints;
    }

    /**
     * The sending half.
     *
     * @return the port; of use only to types that send.
     */
    public SendPort sendPort() {
        return sendPort;
    }

    /**
     * The receiving half.
     *
     * @return the port; of use only to types that receive.
     */
    public ReceivePort receivePort() {
        return receivePort;
    }

    PipeList pipes() {
        return pipes;
    }

    MessageRing newOutlet(final Pipe pipe) {
        return new MessageRing(outletOptions, context.buffers(), new RingOwner() {
            @Override
            public void onSpace() {
                roomMade(pipe);
            }

            @Override
            public void onConflated(final long messages) {
                conflated(messages);
            }
        });
    }

    /** Any thread: there is room again on the way to a peer. */
    void roomMade(final Pipe pipe) {
        sendPort.waiters().signal(pipe);
        observer.onRoom(pipe);
    }

    /** A ring of one network pipe into a socket that conflates, where each peer's newest message is kept. */
    MessageRing newConflatingInlet() {
        return new MessageRing(options.ringOptions(), context.buffers(), new RingOwner() {
            @Override
            public void onSpace() {}

            @Override
            public void onConflated(final long messages) {
                conflated(messages);
            }
        });
    }

    private void conflated(final long messages) {
        if (messages > 0) {
            dropped(DropCause.CONFLATED, messages);
        }
    }

    int nextPipeId() {
        return pipeIds.incrementAndGet() & MessageRing.MAX_TAG;
    }

    private void onTaken(final int messages, final long bytes) {
        counts.received(messages, bytes);
        agent.wakeIfStalled();
    }

    /** Agent: a peer is being connected to. */
    void connecting(final Pipe pipe) {
        counts.connecting(pipe);
        pipes.add(pipe);
        queueGauge.start();
        observer.onConnecting(pipe);
        sendPort.waiters().signal();
    }

    /**
     * Agent: a peer has shaken hands.
     *
     * @return why it cannot stay, or null.
     */
    String opened(final Pipe pipe) {
        final String refusal = close.isClosing() && pipe.dialer() == null ? "the socket is closing" : null;
        final String cause = refusal == null ? observer.onOpened(pipe) : refusal;
        if (cause != null) {
            return cause;
        }
        pipes.add(pipe);
        queueGauge.start();
        if (pipe.dialer() != null) {
            pipe.dialer().onOpened();
        }
        counts.opened(pipe);
        tell(() -> options.listener().onConnected(info(pipe)));
        sendPort.waiters().signal();
        peerWaiters.signal();
        return null;
    }

    /** Agent: a connection is over, or did not come to be. */
    void lost(
            final Pipe pipe,
            final CloseReason reason,
            final String detail,
            final long unsentMessages,
            final boolean wasOpen) {
        if (pipe.isClosed()) {
            return;
        }
        if (unsentMessages > 0) {
            dropped(DropCause.RECONNECT_IN_FLIGHT, unsentMessages);
        }
        if (reason == CloseReason.MESSAGE_TOO_LARGE) {
            dropped(DropCause.TOO_LARGE, 1);
        }
        if (wasOpen) {
            counts.lost(pipe);
            observer.onLost(pipe);
            tell(() -> options.listener().onDisconnected(info(pipe), reason, detail));
        } else if (reason != CloseReason.ONLY_LOOKED) {
            tell(() -> options.listener().onConnectFailed(addressOf(pipe), reason, detail));
        }
        final Dialer dialer = pipe.dialer();
        final boolean finished =
                pipe.isFinishing() && (pipe.isDirect() || pipe.outlet().isEmpty());
        final long waitNs = dialer != null && !finished ? dialer.onLost(reason) : -1;
        if (waitNs >= 0) {
            tell(() -> options.listener().onConnectRetry(dialer.endpoint().toString(), waitNs));
        }
        if (waitNs < 0) {
            remove(pipe);
        } else if (pipe.isDirect()) {
            // The peer had our ring to read, so the next one gets another.
            dialer.renewPipe();
            remove(pipe);
            connecting(dialer.pipe());
        }
        peerWaiters.signal();
        sendPort.waiters().signal();
    }

    /** Agent: a pipe is gone for good; what waited in it is counted. */
    void remove(final Pipe pipe) {
        if (!pipe.markClosed()) {
            return;
        }
        pipe.outlet().close();
        // Counted before anybody can see that the pipe is gone.
        final long left = pipe.outlet().size() - pipe.early().giveUp();
        if (left > 0 && pipe.claimOutlet()) {
            final boolean lingered = close.isClosing() || pipe.isFinishing();
            dropped(lingered ? DropCause.LINGER_EXPIRED : DropCause.NO_PEER, left);
            close.left(left);
        }
        pipes.remove(pipe);
        observer.onClosed(pipe);
        endpoints.forget(pipe);
        counts.closed(pipe);
        forgetWhenDrained(pipe);
        sendPort.waiters().signal();
        close.onPipeClosed();
    }

    /** Agent: takes a closed pipe out of the inlet once nothing of it waits there. */
    void forgetWhenDrained(final Pipe pipe) {
        if (pipe.arrivals().isDrained() || isClosed()) {
            inlet.removePipe(pipe);
        } else {
            agent.schedule(agent.nowNs() + 1_000_000_000L, () -> forgetWhenDrained(pipe));
        }
    }

    /** Counts messages that will not arrive, and tells the listener. Any thread. */
    void dropped(final DropCause cause, final long messages) {
        counts.dropped(cause, messages);
        try {
            options.listener().onDropped(cause, messages);
        } catch (final Throwable e) {
            // An error too: it is the listener's, and must not leave a connection half open.
            LOG.error("{} socket: its listener failed", type, e);
        }
    }

    void tell(final Runnable event) {
        try {
            event.run();
        } catch (final Throwable e) {
            // An error too: it is the listener's, and must not leave a connection half open.
            LOG.error("{} socket: its listener failed", type, e);
        }
    }

    private static String addressOf(final Pipe pipe) {
        return pipe.dialer() == null ? pipe.address() : pipe.dialer().endpoint().toString();
    }

    private static PeerInfo info(final Pipe pipe) {
        return new PeerInfo(pipe.id(), addressOf(pipe), pipe.isOpen(), pipe.peer(), pipe.routingId());
    }

    /**
     * The peers, those being connected to included.
     *
     * @return a snapshot.
     */
    public List<PeerInfo> peers() {
        final List<PeerInfo> list = new ArrayList<>();
        for (final Pipe pipe : pipes.all()) {
            list.add(info(pipe));
        }
        return list;
    }

    /**
     * Waits until enough peers have shaken hands.
     *
     * @param count of peers.
     * @param timeout longest wait.
     * @return whether they are there.
     * @throws InterruptedException when the thread is interrupted while it waits.
     */
    public boolean awaitPeers(final int count, final Duration timeout) throws InterruptedException {
        return await(() -> openPeers() >= count, timeout);
    }

    private int openPeers() {
        int open = 0;
        for (final Pipe pipe : pipes.all()) {
            open += pipe.isOpen() ? 1 : 0;
        }
        return open;
    }

    /**
     * Waits for a condition that peers and their subscriptions bring about.
     *
     * @param condition asked again at each change.
     * @param timeout longest wait.
     * @return whether it holds; false also when the socket is closed meanwhile.
     * @throws InterruptedException when the thread is interrupted while it waits.
     */
    public boolean await(final BooleanSupplier condition, final Duration timeout) throws InterruptedException {
        context.refuseBlocking("await");
        return Waits.await(peerWaiters, agent, () -> condition.getAsBoolean() || isClosed(), timeout)
                && condition.getAsBoolean();
    }

    /** Something that {@link #await} may wait for has changed. */
    void signalPeerWaiters() {
        peerWaiters.signal();
    }

    /**
     * Ends the connection to one peer; one that we connected to is connected to again.
     *
     * @param peerId as in {@link PeerInfo#id()}.
     * @return whether there was such a peer.
     */
    public boolean disconnectPeer(final int peerId) {
        return agent.call(() -> {
            for (final Pipe pipe : pipes.all()) {
                if (pipe.id() == peerId && pipe.isOpen()) {
                    pipe.abort(CloseReason.CLOSED_LOCALLY, "disconnected by the application");
                    return true;
                }
            }
            return false;
        });
    }

    /**
     * The account so far.
     *
     * @return a snapshot.
     */
    public SocketStats stats() {
        for (final Pipe pipe : pipes.all()) {
            pipe.path().countSent();
        }
        return counts.snapshot();
    }

    /**
     * Whether the socket takes no more calls.
     *
     * @return true from the start of a close.
     */
    public boolean isClosed() {
        return close.isClosing();
    }

    long closeDeadlineNs() {
        return close.deadlineNs();
    }

    /**
     * Closes the socket, in the given time at most.
     *
     * @param linger how long messages that wait may take to leave.
     * @return messages that were left behind, dropped and counted.
     */
    public long close(final Duration linger) {
        return close.close(linger);
    }

    /** Begins to close without waiting for the end. */
    void startClose(final Duration linger) {
        close.start(linger);
    }

    /** Waits for the end of a close that was begun; returns how many messages it left behind. */
    long awaitClosed(final long untilNs) {
        return close.await(untilNs);
    }

    /** Wakes everybody who waits on this socket. */
    void wakeAll() {
        inlet.waiters().signalAll();
        sendPort.waiters().signalAll();
        peerWaiters.signalAll();
    }

    /** Agent: makes the end of a pipe for a peer that came to a bound endpoint. */
    Pipe accept(final String remoteAddress) {
        if (close.isClosing()) {
            return null;
        }
        final Pipe pipe = new Pipe(this, nextPipeId(), null, remoteAddress);
        counts.accepted(pipe, remoteAddress);
        return pipe;
    }

    /** Agent: a parsed endpoint, checked by its transport. */
    Endpoint checked(final String text) {
        final Endpoint endpoint = Endpoint.parse(text);
        agent.drivers().get(endpoint.scheme(), agent).validate(endpoint);
        return endpoint;
    }
}
