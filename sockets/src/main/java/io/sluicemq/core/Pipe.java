package io.sluicemq.core;

import io.sluicemq.stat.PeerRecord;
import io.sluicemq.stat.PeerState;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SharedCarrier;
import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerCheck;
import io.sluicemq.wire.PeerMetadata;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A socket's end of one pipe: the ring to the peer, the connection that carries it now, and the account of what came and
 * went. Called by the I/O agent, except where it says otherwise.
 */
final class Pipe implements PipeEnd, Departures {
    /** Messages handed to the carrier before the next pipe has its turn. */
    private static final int TURN = 1024;

    private final SocketCore socket;
    private final int id;
    private final Dialer dialer;
    private final MessageRing outlet;
    private final MessageHandler toCarrier = this::toCarrier;
    private final Arrivals arrivals;
    private final SendPath path;

    private volatile PeerMetadata peer;
    private volatile String address;
    private volatile PipeEnd directPeer;

    /** What other processes see of this peer; any thread adds to it. */
    private final PeerRecord record;

    private volatile UnsafeBuffer routingId = new UnsafeBuffer(new byte[0]);
    private volatile boolean open;

    /** Set by the type at a loss, to be compared by it on other threads. */
    private volatile int lossStamp;

    /** Somebody answers for what waits in the outlet: the peer in this process that reads it, or this side at its end. */
    private final AtomicBoolean outletClaimed = new AtomicBoolean();

    /** Written by the agent; others only compare it, to drop what was meant for an earlier connection. */
    private volatile Carrier carrier;

    private final EarlyWay early;

    // Agent only.
    private boolean carrierFull;

    private boolean listening;
    private boolean parked;
    private boolean endSent;
    private boolean finishing;
    private volatile boolean closed;
    private long batchBytes;

    Pipe(final SocketCore socket, final int id, final Dialer dialer, final String address) {
        this.socket = socket;
        this.id = id;
        this.dialer = dialer;
        this.address = address;
        this.outlet = socket.newOutlet(this);
        this.record = socket.counters().newPeer(id);
        this.arrivals = new Arrivals(socket, this, record);
        this.path = new SendPath(this, outlet);
        this.early = new EarlyWay(this, outlet);
        outlet.attachment(this);
    }

    int id() {
        return id;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    /** The connection now, or null. */
    Carrier carrier() {
        return carrier;
    }

    EarlyWay early() {
        return early;
    }

    PeerRecord record() {
        return record;
    }

    Dialer dialer() {
        return dialer;
    }

    SocketCore socket() {
        return socket;
    }

    /** Any thread: null until the first handshake. */
    PeerMetadata peer() {
        return peer;
    }

    /** Any thread. */
    String address() {
        return address;
    }

    /** Any thread: whether the peer is there now. */
    boolean isOpen() {
        return open;
    }

    /** Any thread: the routing id under which a ROUTER knows the peer, and names it also when it is gone; empty at first. */
    UnsafeBuffer routingId() {
        return routingId;
    }

    void routingId(final UnsafeBuffer id) {
        routingId = id;
    }

    /** Any thread: what the type noted of this pipe's last loss; 0 at first. */
    int lossStamp() {
        return lossStamp;
    }

    void lossStamp(final int stamp) {
        lossStamp = stamp;
    }

    @Override
    public HandshakeConfig handshake() {
        return socket.handshake();
    }

    @Override
    public PipeOptions options() {
        return socket.options().pipeOptions();
    }

    @Override
    public MessageRing outlet() {
        return outlet;
    }

    @Override
    public String sharedRefusal() {
        return socket.inlet().leftBehind().refusal();
    }

    @Override
    public boolean mayRepeat() {
        // A peer that the application checks gets nothing before it has said who it is.
        return socket.observer().mayRepeat() && socket.options().peerCheck() == PeerCheck.ACCEPT_ALL;
    }

    @Override
    public void onEarly(final Carrier newCarrier) {
        early.begin(newCarrier);
        socket.observer().onEarly(this, newCarrier);
        if (mayRepeat()) {
            early.offer();
            listen();
        }
    }

    /** To what waits in the outlet, from the first time on that some of it could go. */
    private void listen() {
        if (!listening) {
            listening = true;
            outlet.listener(socket.agent());
        }
    }

    @Override
    public void onOpen(final Carrier newCarrier, final PeerMetadata newPeer) {
        carrier = newCarrier;
        carrierFull = false;
        endSent = false;
        peer = newPeer;
        address = newCarrier.remoteAddress();
        final SharedCarrier shared = newCarrier instanceof SharedCarrier found ? found : null;
        if (shared == null) {
            arrivals.open();
        }
        open = true;
        early.onOpen(newCarrier);
        socket.ledger().opened(this);
        final String refusal = socket.opened(this);
        if (refusal != null) {
            open = false;
            newCarrier.abort(CloseReason.REFUSED, refusal);
            return;
        }
        if (shared != null) {
            // Not before: what a peer that is refused has sent is not for us.
            arrivals.openShared(shared.incoming());
            path.open(shared);
        }
        listen();
        unpark();
        if (finishing) {
            finish();
        }
    }

    @Override
    public void onDirect(final PeerMetadata newPeer, final PipeEnd peerEnd, final String endpoint) {
        onAgent(() -> openDirect(newPeer, peerEnd, endpoint));
    }

    /** Directly if we are there, so that what the caller does next finds it done. */
    private void onAgent(final Runnable task) {
        if (socket.agent().isAgentThread()) {
            task.run();
        } else {
            socket.agent().execute(task);
        }
    }

    private void openDirect(final PeerMetadata newPeer, final PipeEnd peerEnd, final String endpoint) {
        if (closed) {
            // The socket was closed while another agent joined the two.
            peerEnd.onClosed(CloseReason.CLOSED_BY_PEER, "closed by the peer", 0);
            return;
        }
        directPeer = peerEnd;
        peer = newPeer;
        address = endpoint;
        open = true;
        final String refusal = socket.opened(this);
        if (refusal != null) {
            open = false;
            closeDirect(CloseReason.REFUSED, CloseReason.REFUSED, refusal);
            return;
        }
        if (!(peerEnd instanceof Pipe other) || other.claimOutlet()) {
            arrivals.readInPlace(List.of(peerEnd.outlet()));
        }
        if (finishing) {
            finish();
        }
    }

    /** Any thread: offers a message to the peer; as {@link MessageRing#offer}. */
    boolean offer(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return path.offer(prefix, kind, buffer, offset, length);
    }

    /** Any thread: what is sent goes there, and asks there for room. */
    SendPath path() {
        return path;
    }

    /** Gives waiting messages to the carrier; returns how many it took. */
    @Override
    public int drain() {
        final Carrier current = carrier;
        if (isBlocked()) {
            early.offer();
            return 0;
        }
        batchBytes = 0;
        final int sent = outlet.poll(toCarrier, TURN);
        current.flush();
        if (sent > 0) {
            if (!path.isShared()) {
                socket.counters().sent(sent, batchBytes);
                record.addSent(sent);
            }
            path.showQueued();
        }
        return sent;
    }

    /** Whether nothing waits, so that a message may go to the carrier past the outlet. */
    boolean isClear() {
        return carrier != null && !carrierFull && !finishing && outlet.isEmpty();
    }

    /** Gives messages to the carrier if {@link #isClear()}, as {@link Carrier#offerBatch}; a flush follows. */
    int offerBatch(final DirectBuffer buffer, final int offset, final int length, final int count) {
        final int taken = carrier.offerBatch(buffer, offset, length, count);
        carrierFull = taken < count;
        return taken;
    }

    private boolean toCarrier(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final boolean taken = toCarrier(path.offeredKind(tag, kind), buffer, offset, length);
        batchBytes += taken ? length : 0;
        return taken;
    }

    boolean toCarrier(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Carrier current = carrier;
        if (current != null && current.offer(kind, buffer, offset, length)) {
            return true;
        }
        carrierFull = true;
        return false;
    }

    /** Whether the outlet waits for the carrier, so that polling it is useless for now. */
    @Override
    public boolean isBlocked() {
        return carrier == null || carrierFull;
    }

    @Override
    public void park() {
        parked = true;
    }

    /** Back onto the list, unless it is there, or disarmed and its producers will announce it: it must not be there twice. */
    private void unpark() {
        if (parked) {
            parked = false;
            socket.agent().activate(outlet);
        }
    }

    @Override
    public void onWritable() {
        carrierFull = false;
        unpark();
        socket.roomMade(this);
        if (finishing) {
            finish();
        }
    }

    @Override
    public boolean onMessage(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return arrivals.onMessage(kind, buffer, offset, length);
    }

    @Override
    public boolean onLargeMessage(final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        return arrivals.onLargeMessage(kind, buffer, offset, length);
    }

    /** Who reads: took messages from the ring of a peer in this process, for whom they are sent by that. */
    void countSentByPeer(final int messages, final long bytes) {
        record.addReceived(messages);
        if (directPeer instanceof Pipe other) {
            other.socket.counters().sent(messages, bytes);
            other.record.addSent(messages);
        }
    }

    @Override
    public boolean onSubscription(
            final boolean subscribe, final DirectBuffer buffer, final int offset, final int length) {
        return socket.observer().onSubscription(this, subscribe, buffer, offset, length)
                || (carrier != null && arrivals.stall());
    }

    /** Tells the peer of a subscription. Any thread; in order with others of the same thread. */
    void subscribe(final boolean subscribe, final DirectBuffer prefix, final int length) {
        final PipeEnd direct = directPeer;
        if (direct != null) {
            direct.onSubscription(subscribe, prefix, 0, length);
            return;
        }
        early.subscribe(subscribe, prefix, length);
    }

    @Override
    public void onAccount(final ConnectionAccount account) {
        socket.ledger().ended(this, account);
    }

    @Override
    public void onDropped(final Dropped why, final long messages) {
        Drops.count(this, why, messages);
    }

    @Override
    public boolean mayLose() {
        return socket.observer().mayLose();
    }

    @Override
    public String onReceivedEarlier(final long number, final long messages) {
        return socket.ledger().told(this, number, messages);
    }

    @Override
    public void onClosed(final CloseReason reason, final String detail, final long unsentMessages) {
        onAgent(() -> lost(reason, detail, unsentMessages));
    }

    private void lost(final CloseReason reason, final String detail, final long unsentMessages) {
        final boolean wasOpen = open;
        path.close();
        if (directPeer != null) {
            // Before anybody can see that the peer is gone: what is sent from now on waits for the next pipe.
            outlet.close();
        }
        open = false;
        arrivals.close(carrier);
        carrier = null;
        early.end();
        socket.lost(this, reason, detail, unsentMessages, wasOpen);
    }

    /** Sends what waits, then ends the connection; for a peer in this process, which reads our ring by itself, at once. */
    @Override
    public void finish() {
        if (!finishing) {
            socket.observer().onFinishing(this);
            finishing = true;
        }
        record.state(PeerState.CLOSING);
        outlet.close();
        if (directPeer != null) {
            closeDirect(CloseReason.CLOSED_LOCALLY, CloseReason.CLOSED_BY_PEER, "closed");
        } else if (carrier != null && outlet.isEmpty() && !endSent) {
            endSent = true;
            carrier.finish(socket.closeDeadlineNs());
        } else if (carrier == null && outlet.isEmpty()) {
            lost(CloseReason.CLOSED_LOCALLY, "closed", 0);
        }
    }

    @Override
    public boolean isFinishing() {
        return finishing;
    }

    private void closeDirect(final CloseReason ours, final CloseReason theirs, final String detail) {
        outlet.close();
        final PipeEnd direct = directPeer;
        lost(ours, detail, 0);
        direct.onClosed(theirs, detail, 0);
    }

    /** Ends the connection now; what waits is left in the outlet. */
    void abort(final CloseReason reason, final String detail) {
        if (directPeer != null) {
            closeDirect(reason, CloseReason.CLOSED_BY_PEER, detail);
        } else if (early.carrier() != null) {
            early.carrier().abort(reason, detail);
        } else {
            lost(reason, detail, 0);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether the peer is in this process. Any thread. */
    boolean isDirect() {
        return directPeer != null;
    }

    /** Ends a connection whose peer goes beyond a limit. Any thread. */
    void refuse(final String detail) {
        socket.agent().execute(() -> {
            if (open) {
                abort(CloseReason.PROTOCOL_ERROR, detail);
            }
        });
    }

    /**
     * Any thread: makes the caller the one that answers for what waits in the outlet, by reading it or by counting it.
     *
     * @return false when somebody else does.
     */
    boolean claimOutlet() {
        return outletClaimed.compareAndSet(false, true);
    }

    /** Marks the end of the pipe; true the first time. */
    boolean markClosed() {
        if (closed) {
            return false;
        }
        closed = true;
        return true;
    }
}
