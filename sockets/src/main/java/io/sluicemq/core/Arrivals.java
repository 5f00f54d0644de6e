package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.stat.PeerRecord;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.SharedCarrier;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What comes from one network peer: passed to the agent's ring into the socket as long as the peer is below the receive
 * high-water mark, else left on the wire. Called by the I/O agent, except where it says otherwise.
 */
final class Arrivals {
    /** Messages that nobody receives and that are dropped in one go. */
    private static final int MAX_DROPPED = 1024;

    private static final long RELEASE_RETRY_NS = 20_000_000L;

    private final SocketCore socket;
    private final Pipe pipe;
    private final PeerRecord record;
    private final MessageRing agentRing;
    private final int pipeId;
    private final int mark;

    /** Nobody will take what comes: kept, it would stop the reading, and with it the sight of the peer's end. */
    private final boolean deaf;

    /** A ring of its own into a socket that conflates; null if messages go by the agent's ring. */
    private MessageRing newest;

    /** Connections whose rings are read in place; written by the agent. */
    private int connections;

    /** What came on such connections before this one nobody awaits any more; written by the agent, read by receivers. */
    private volatile int passOverBefore;

    /** Messages passed to the agent's ring; written by the agent. */
    private long delivered;

    /** Messages the application took from there; written by the receiving thread, read by the agent. */
    private final ReleasedCount taken = new ReleasedCount();

    /** {@link #taken} when it was last read, which is only when it matters: the receiver writes it with each message. */
    private long takenSeen;

    /** How much of {@link #delivered} is in the peer's record. */
    private long reported;

    /** Messages in this turn that a type that receives nothing got all the same. */
    private long passedBy;

    private boolean stalled;
    private boolean touched;

    /** What came up to this message nobody awaits any more; written by the agent, read by the receiving thread. */
    private volatile long passOver;

    Arrivals(final SocketCore socket, final Pipe pipe, final PeerRecord record) {
        this.socket = socket;
        this.pipe = pipe;
        this.record = record;
        this.agentRing = socket.inlet().agentRing();
        this.pipeId = pipe.id();
        this.mark = socket.options().receiveHighWaterMark();
        this.deaf = socket.inlet().isDeaf();
    }

    /** The peer is there, and the agent brings its messages. */
    void open() {
        socket.inlet().addNetworkPipe(pipe);
        if (newest == null && socket.options().conflate()) {
            newest = socket.newConflatingInlet();
            socket.inlet().addDirect(newest, new DirectSource(pipe, 0));
        }
    }

    /** The peer's messages are in rings that receiving threads read. */
    void readInPlace(final List<? extends PolledRing> rings) {
        connections++;
        socket.inlet().addPipe(pipe);
        for (final PolledRing ring : rings) {
            if (socket.options().conflate()) {
                ring.conflate();
            }
            socket.inlet().addDirect(ring, new DirectSource(pipe, connections));
        }
    }

    /** The connection has rings of its own for the peer's messages; where nobody receives them, the agent drops them. */
    void openShared(final List<PolledRing> rings) {
        if (deaf) {
            rings.forEach(ring -> ring.listener(ready -> socket.agent().execute(() -> drop(ready))));
        } else {
            readInPlace(rings);
        }
    }

    private void drop(final PolledRing ring) {
        final int dropped = ring.poll((tag, kind, buffer, offset, length) -> true, MAX_DROPPED);
        if (dropped > 0) {
            record.addDropped(dropped);
            socket.dropped(DropCause.NOT_RECEIVED, dropped);
        }
        if (!ring.disarm()) {
            socket.agent().execute(() -> drop(ring));
        }
    }

    /** The connection is over. */
    void close(final Carrier over) {
        socket.inlet().onRingClosed();
        if (over instanceof SharedCarrier shared && !deaf) {
            for (final PolledRing ring : shared.incoming()) {
                socket.inlet().leftBehind().add(ring);
                release(ring);
            }
        }
    }

    /** The peer writes nothing more into the ring that is read in place: it is let go, unless something waits there. */
    private void release(final PolledRing ring) {
        if (!socket.isClosed() && !socket.inlet().releaseIfDrained(ring)) {
            socket.agent().schedule(socket.agent().nowNs() + RELEASE_RETRY_NS, () -> release(ring));
        }
    }

    boolean onMessage(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (deaf) {
            return passedBy();
        }
        if (newest != null) {
            return newest.offer(pipe.id(), null, kind, buffer, offset, length);
        }
        if (isBelowMark() && agentRing.offerQuietly(pipeId, null, kind, buffer, offset, length)) {
            return delivered();
        }
        return stall();
    }

    boolean onLargeMessage(final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        if (deaf) {
            socket.context().buffers().release(buffer);
            return passedBy();
        }
        if (newest != null) {
            return newest.offer(pipe.id(), null, kind | MessageKind.POOLED, buffer, offset, length);
        }
        if (isBelowMark() && agentRing.offerQuietly(pipeId, null, kind | MessageKind.POOLED, buffer, offset, length)) {
            return delivered();
        }
        return stall();
    }

    /** Puts a message of our own among those of this peer; false when there is no room. */
    boolean onNotice(final UnsafeBuffer body) {
        // A peer in this process may subscribe before it is open here, and what it leaves behind may wait for room.
        socket.inlet().addPipe(pipe);
        final boolean offered =
                agentRing.offerQuietly(pipeId, null, MessageKind.SINGLE, body, 0, body.capacity()) && delivered();
        if (pipe.isClosed()) {
            socket.forgetWhenDrained(pipe);
        }
        return offered;
    }

    private boolean delivered() {
        delivered++;
        return touch();
    }

    private boolean passedBy() {
        passedBy++;
        return touch();
    }

    private boolean touch() {
        if (!touched) {
            touched = true;
            socket.agent().touched(this);
        }
        return true;
    }

    /** The agent's turn is over: tells the receivers and counts what came in it. */
    void endTurn() {
        touched = false;
        if (passedBy > 0) {
            record.addDropped(passedBy);
            socket.dropped(DropCause.NOT_RECEIVED, passedBy);
            passedBy = 0;
            return;
        }
        agentRing.signal();
        record.addReceived(delivered - reported);
        reported = delivered;
    }

    /** There is no room: the transport stops reading, until {@link #tryResume}. */
    boolean stall() {
        if (!stalled) {
            stalled = true;
            socket.agent().stalled(this);
        }
        agentRing.requestSpace();
        return false;
    }

    private boolean isBelowMark() {
        if (mark == 0 || delivered - takenSeen < mark) {
            return true;
        }
        takenSeen = taken.get();
        return delivered - takenSeen < mark;
    }

    /** Reads from the peer again if the socket has room; returns whether it does. */
    boolean tryResume() {
        final Carrier carrier = pipe.carrier();
        if (carrier == null) {
            stalled = false;
            return true;
        }
        if ((mark > 0 && delivered - taken.get() > mark / 2) || !agentRing.hasRoom()) {
            return false;
        }
        stalled = false;
        carrier.resumeReading();
        return true;
    }

    /** Receiving thread: a message of this pipe left the agent's ring. */
    void onTaken() {
        taken.increment();
    }

    /** Nobody awaits what has come so far. */
    void passOver() {
        passOver = delivered;
        passOverBefore = pipe.carrier() == null ? connections + 1 : connections;
    }

    /** Receiving thread, inside a message: whether it came before {@link #passOver()}. */
    boolean isPassedOver() {
        final DirectSource source = socket.inlet().source();
        return source == null ? taken.get() <= passOver : source.connection() < passOverBefore;
    }

    /** Whether every message that came was taken by the application. */
    boolean isDrained() {
        return delivered == taken.get();
    }
}
