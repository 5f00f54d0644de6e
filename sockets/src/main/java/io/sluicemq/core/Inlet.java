package io.sluicemq.core;

import io.sluicemq.FrameHandler;
import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.RingListener;
import io.sluicemq.transport.RingOptions;
import io.sluicemq.transport.RingOwner;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Where a socket's messages come in: one ring that its I/O agent writes for all network peers, and the ring of each peer in
 * this process, polled in turn so that no source starves another. Any thread may receive; one at a time does, and the others
 * find nothing meanwhile.
 */
final class Inlet implements RingListener {
    /** Most messages taken from one ring before the next has its turn. */
    private static final int TURN = 64;

    /** Up to this many rings are polled even while they are empty, which is cheaper than to arm them again, and more if the ring says so. */
    private static final int MAX_EMPTY_RINGS = 4;

    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(Inlet.class, "owner", Thread.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Inbound inbound;
    private final int maxBatch;
    private final boolean hasExchanges;
    private final TakenListener onTaken;
    private final WaitSet waiters = new WaitSet();
    private final ReadyRings ready = new ReadyRings();
    private final MessageRing agentRing;

    /** Pipes of {@link #agentRing} by id; replaced as a whole on the agent, read by the receiving thread. */
    private volatile Int2ObjectHashMap<Pipe> pipesById = new Int2ObjectHashMap<>();

    private volatile boolean networkPeers;

    /** The thread that is receiving; compare-and-set from null to take the turn, stored as {@link #release()} says. */
    @SuppressWarnings("UnusedVariable") // Through its handle only.
    private Thread owner;

    /** Set for good by the first thread that finds the turn taken: only then is a turn given back with a fence. */
    private volatile boolean shared;

    /** Set by a thread that finds the turn taken and is to sleep, cleared by the owner that wakes it. */
    private volatile boolean knocked;

    /** The socket is closed: no ring is polled for the application any more. */
    private volatile boolean stopped;

    /** A ring was closed in which something may wait. Set by the agent; cleared by the owner before it looks for such rings. */
    private volatile boolean anyClosed;

    /** Agent only: the rings that were given to {@link #addDirect}, some of them drained for good. */
    private final List<PolledRing> directRings = new ArrayList<>();

    private int pruneAt = 16;

    /** Agent only. */
    private final LeftBehind leftBehind = new LeftBehind(this);

    // Used by the owner only.
    private final MessageHandler onLeft = this::onLeft;
    private long left;
    private final MessageHandler onMessage = this::onMessage;
    private FrameHandler handler;
    private Content content; // the handler, if it is one
    private DirectSource direct;
    private Pipe lastPipe;
    private int delivered;
    private long deliveredBytes;
    private int takenMessages;
    private long takenBytes;

    Inlet(
            final Inbound inbound,
            final RingOptions ringOptions,
            final BufferPool pool,
            final RingOwner agentRingOwner,
            final TakenListener onTaken) {
        this.inbound = inbound;
        this.maxBatch = inbound.maxBatch();
        this.hasExchanges = inbound.hasExchanges();
        this.onTaken = onTaken;
        // Marks are kept per pipe; the ring itself is bounded in bytes.
        final RingOptions options = new RingOptions(ringOptions.ringBytes(), ringOptions.maxLargeBytes(), 0, true);
        agentRing = new MessageRing(options, pool, agentRingOwner);
        agentRing.listener(this);
    }

    boolean isDeaf() {
        return inbound.isDeaf();
    }

    MessageRing agentRing() {
        return agentRing;
    }

    LeftBehind leftBehind() {
        return leftBehind;
    }

    WaitSet waiters() {
        return waiters;
    }

    /** Agent: messages with the pipe's id as tag are the pipe's from now on. */
    void addPipe(final Pipe pipe) {
        if (pipesById.get(pipe.id()) == pipe) {
            return;
        }
        final Int2ObjectHashMap<Pipe> copy = new Int2ObjectHashMap<>(pipesById);
        copy.put(pipe.id(), pipe);
        pipesById = copy;
    }

    /** Whether there is or was a peer whose messages the agent brings. Any thread. */
    boolean hasNetworkPeers() {
        return networkPeers;
    }

    /** Agent: as {@link #addPipe}, for a peer whose messages the agent brings. */
    void addNetworkPipe(final Pipe pipe) {
        addPipe(pipe);
        networkPeers = true;
    }

    /** Agent: the pipe is closed and all its messages were taken. */
    void removePipe(final Pipe pipe) {
        final Int2ObjectHashMap<Pipe> copy = new Int2ObjectHashMap<>(pipesById);
        copy.remove(pipe.id());
        pipesById = copy;
    }

    /** Agent: the ring of a peer in this process is ours to poll. */
    void addDirect(final PolledRing ring, final DirectSource source) {
        if (directRings.size() >= pruneAt) {
            directRings.removeIf(each -> each.isClosed() && each.isEmpty());
            pruneAt = Math.max(pruneAt, 2 * directRings.size());
        }
        directRings.add(ring);
        ring.attachment(source);
        ring.listener(this);
    }

    @Override
    public void onReady(final PolledRing ring) {
        ready.push(ring);
        waiters.signal();
    }

    /**
     * Hands waiting messages to the handler.
     *
     * @return how many; 0 also while another thread receives.
     */
    int poll(final FrameHandler frameHandler, final int limit) {
        final Thread self = Thread.currentThread();
        if (!takeTurn(self)) {
            refuseReentry(self);
            return 0;
        }
        int taken = 0;
        delivered = 0;
        deliveredBytes = 0;
        try {
            handler = frameHandler;
            content = frameHandler instanceof Content message ? message : null;
            if (hasExchanges) {
                inbound.checkReceive(frameHandler);
            }
            pollRings(Math.min(limit, maxBatch));
        } finally {
            taken = delivered;
            handler = null;
            if (content != null) {
                content.lender(null);
                content = null;
            }
            if (taken > 0) {
                onTaken.accept(taken, deliveredBytes);
            }
            release();
        }
        return taken;
    }

    private void pollRings(final int limit) {
        ready.collect();
        // After that: whoever has a ring there behind one that is closed was told of the closed one before.
        if (anyClosed) {
            pollClosed(limit);
        }
        int idle = 0;
        while (idle < ready.count() && delivered < limit && !stopped) {
            final PolledRing ring = ready.next();
            final int turn = Math.min(TURN, limit - delivered);
            final int taken = pollRing(ring, turn);
            if (taken > 0) {
                // One that gave less has been caught up with; to go on at once would be to fetch each message singly.
                idle = taken == turn ? 0 : idle + 1;
            } else if ((ring.isClosed() || isOneTooMany(ring)) && ring.isEmpty()) {
                // Asked last: the answer takes the producers' word from the core that is to send next.
                ready.removeLast();
                if (!ring.disarm()) {
                    ready.push(ring);
                    ready.collect();
                }
            } else {
                idle++;
            }
        }
    }

    /**
     * Rings whose peer has left come first: it may be here again, with a newer ring. They get nothing more, so nobody waits for
     * long.
     */
    private void pollClosed(final int limit) {
        anyClosed = false;
        for (int i = 0; i < ready.count() && delivered < limit && !stopped; i++) {
            final PolledRing ring = ready.at(i);
            int taken = ring.isClosed() ? 1 : 0;
            while (taken > 0 && delivered < limit && !stopped) {
                taken = pollRing(ring, limit - delivered);
            }
        }
        if (delivered == limit) {
            anyClosed = true;
        }
    }

    /** Agent: the ring of a peer was closed, before the peer can have another one. */
    void onRingClosed() {
        anyClosed = true;
    }

    private boolean isOneTooMany(final PolledRing ring) {
        return ready.count() > MAX_EMPTY_RINGS && !ring.isWorthPolling(ready.count());
    }

    private int pollRing(final PolledRing ring, final int limit) {
        direct = (DirectSource) ring.attachment();
        takenMessages = 0;
        takenBytes = 0;
        if (content != null) {
            content.lender(ring);
        }
        try {
            return ring.poll(onMessage, limit);
        } finally {
            if (takenMessages > 0 && direct != null) {
                direct.pipe().countSentByPeer(takenMessages, takenBytes);
            }
        }
    }

    private boolean takeTurn(final Thread self) {
        if (OWNER.compareAndSet(this, (Thread) null, self)) {
            return true;
        }
        if (!shared) {
            shared = true;
        }
        return false;
    }

    /**
     * Gives the turn back. Sleepers rely on a signal for the next message, so while there are any, no ring is left armed
     * without somebody who polls it.
     */
    private void release() {
        giveBack(!waiters.isEmpty() && !ready.disarmAll());
    }

    /**
     * Ends the turn. A thread that wants to sleep knocks, then looks at the turn once more: with a fence between our store and
     * our look, it gets the turn or is heard. Without one, before the turn was ever contended, a knock may be missed once in
     * the life of a socket, and the bounded park is the net.
     */
    private void giveBack(final boolean wakeNext) {
        if (shared) {
            OWNER.setVolatile(this, (Thread) null);
        } else {
            OWNER.setRelease(this, (Thread) null);
        }
        if (wakeNext || knocked) {
            knocked = false;
            waiters.signal();
        }
    }

    /** Whether a thread has the turn, and so is inside a handler whenever it calls us. */
    boolean isReceiving(final Thread thread) {
        return OWNER.getAcquire(this) == thread;
    }

    private void refuseReentry(final Thread self) {
        if (OWNER.getAcquire(this) == self) {
            throw new IllegalStateException(
                    "receive=called by a handler of the same socket, limit=one receive at a time,"
                            + " return from the handler first");
        }
    }

    private boolean onMessage(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Pipe pipe;
        if (direct != null) {
            pipe = direct.pipe();
        } else {
            pipe = networkPipe(tag);
            if (pipe == null) {
                // The socket was closed meanwhile: what waits stays where it is.
                return false;
            }
            pipe.arrivals().onTaken();
        }
        takenMessages++;
        takenBytes += length;
        // Counted first: a message whose handler throws was received all the same.
        delivered++;
        deliveredBytes += length;
        if (!inbound.deliver(pipe, kind, buffer, offset, length, handler)) {
            delivered--;
            deliveredBytes -= length;
        }
        return true;
    }

    private Pipe networkPipe(final int id) {
        Pipe pipe = lastPipe;
        if (pipe == null || pipe.id() != id) {
            pipe = pipesById.get(id);
            lastPipe = pipe;
        }
        return pipe;
    }

    /** Receiving thread, inside a message: where it was read in place; null if the agent brought it. */
    DirectSource source() {
        return direct;
    }

    /** Agent: a peer's ring is over, and perhaps nobody will receive; false when a thread is at the rings, to be asked again. */
    boolean releaseIfDrained(final PolledRing ring) {
        if (!takeTurn(Thread.currentThread())) {
            return false;
        }
        try {
            ring.releaseIfDrained();
        } finally {
            giveBack(false);
        }
        return true;
    }

    /** Agent: the application takes nothing more, but for the few messages of a turn that has begun. */
    void stop() {
        stopped = true;
    }

    /**
     * Agent, once all pipes are gone: takes out and counts what the application did not take.
     *
     * @return false when a thread is at the rings still, so that this must be called again.
     */
    boolean settle(final LongConsumer onNotReceived) {
        if (!takeTurn(Thread.currentThread())) {
            return false;
        }
        boolean settled = true;
        try {
            left = 0;
            settled &= takeOut(agentRing);
            for (final PolledRing ring : directRings) {
                settled &= takeOut(ring);
            }
            if (left > 0) {
                onNotReceived.accept(left);
            }
        } finally {
            giveBack(false);
        }
        return settled;
    }

    private boolean takeOut(final PolledRing ring) {
        ring.close();
        direct = (DirectSource) ring.attachment();
        takenMessages = 0;
        takenBytes = 0;
        int taken = 1;
        while (taken > 0) {
            taken = ring.poll(onLeft, Integer.MAX_VALUE);
        }
        if (takenMessages > 0 && direct != null) {
            direct.pipe().countSentByPeer(takenMessages, takenBytes);
        }
        return ring.isEmpty();
    }

    private boolean onLeft(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        takenMessages++;
        takenBytes += length;
        left += inbound.isNotice(kind, buffer, offset, length) ? 0 : 1;
        return true;
    }

    /**
     * Before a receiver sleeps, with its thread among the waiters already.
     *
     * @return false when there is something to poll.
     */
    boolean prepareToSleep() {
        final Thread self = Thread.currentThread();
        if (!takeTurn(self)) {
            knocked = true;
            if (!takeTurn(self)) {
                // The owner hears the knock when it is done, and wakes us.
                return true;
            }
        }
        boolean quiet = false;
        try {
            quiet = ready.disarmAll();
        } finally {
            giveBack(false);
        }
        return quiet;
    }

    /** Whether a receive would find something; also true when it may only seem so because another thread receives. */
    boolean hasMessages() {
        if (!takeTurn(Thread.currentThread())) {
            return true;
        }
        try {
            return ready.hasMessages();
        } finally {
            release();
        }
    }

    /** Told once a batch what the application got. */
    @FunctionalInterface
    interface TakenListener {
        void accept(int messages, long bytes);
    }
}
