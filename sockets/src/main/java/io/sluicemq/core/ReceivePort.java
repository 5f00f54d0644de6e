package io.sluicemq.core;

import io.sluicemq.FrameHandler;
import java.util.concurrent.locks.LockSupport;

/** The receiving half of a socket: polls its inlet, and waits when asked to. Any thread. */
public final class ReceivePort {
    /** Result of a receive on a closed socket. */
    public static final int CLOSED = -1;

    private final SocketCore socket;
    private final Inlet inlet;
    private final long defaultTimeoutNs;

    ReceivePort(final SocketCore socket, final Inlet inlet, final long defaultTimeoutNs) {
        this.socket = socket;
        this.inlet = inlet;
        this.defaultTimeoutNs = defaultTimeoutNs;
    }

    /**
     * The timeout of a receive that names none.
     *
     * @return nanoseconds.
     */
    public long defaultTimeoutNs() {
        return defaultTimeoutNs;
    }

    /**
     * Takes what is there.
     *
     * @param handler gets the frames.
     * @param limit most messages.
     * @return messages taken, or {@link #CLOSED}.
     */
    public int poll(final FrameHandler handler, final int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit=" + limit + ", limit=1, ask for at least one message");
        }
        return socket.isClosed() ? CLOSED : inlet.poll(handler, limit);
    }

    /**
     * Takes what is there, or waits for the first.
     *
     * @param handler gets the frames.
     * @param limit most messages.
     * @param timeoutNs longest wait.
     * @return messages taken, 0 when the time is over, or {@link #CLOSED}.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    public int receive(final FrameHandler handler, final int limit, final long timeoutNs) throws InterruptedException {
        final int taken = poll(handler, limit);
        return taken != 0 || timeoutNs == 0 ? taken : await(handler, limit, timeoutNs);
    }

    /**
     * Takes one message into a message object.
     *
     * @param message is cleared first.
     * @param timeoutNs longest wait.
     * @return whether there was one.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    public boolean receive(final Content message, final long timeoutNs) throws InterruptedException {
        begin(message);
        return receive((FrameHandler) message, 1, timeoutNs) > 0;
    }

    /**
     * Takes one message into a message object, if there is one.
     *
     * @param message is cleared first.
     * @return whether there was one.
     */
    public boolean tryReceive(final Content message) {
        begin(message);
        return poll(message, 1) > 0;
    }

    private void begin(final Content message) {
        message.clear();
        message.use(socket.context().buffers());
    }

    private int await(final FrameHandler handler, final int limit, final long timeoutNs) throws InterruptedException {
        socket.context().refuseBlocking("receive");
        final long deadlineNs = Backoff.deadlineNs(timeoutNs);
        final Backoff backoff = new Backoff();
        while (true) {
            final int taken = poll(handler, limit);
            if (taken != 0) {
                return taken;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while receiving; nothing was taken");
            }
            if (Backoff.isPast(deadlineNs)) {
                return 0;
            }
            if (socket.agent().isInvoked()) {
                socket.agent().invoke();
            } else if (!lead(backoff) && !backoff.spinOrYield()) {
                park(backoff, deadlineNs);
            }
        }
    }

    /** A thread that waits for the network does the I/O itself; returns whether that brought anything. */
    private boolean lead(final Backoff backoff) {
        return inlet.hasNetworkPeers()
                && backoff.mayLead()
                && socket.agent().duty().leadToReceive() > 0;
    }

    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: the other side needs this core.
    private void park(final Backoff backoff, final long deadlineNs) {
        final Thread self = Thread.currentThread();
        inlet.waiters().addAlternate(self);
        socket.agent().duty().asleep();
        try {
            if (!inlet.prepareToSleep()) {
                // A claim is under way, perhaps of a thread that waits for this core.
                Thread.yield();
            } else if (!socket.isClosed()) {
                LockSupport.parkNanos(inlet, backoff.nextParkNs(deadlineNs));
            }
        } finally {
            socket.agent().duty().awake();
            inlet.waiters().remove(self);
        }
    }

    /**
     * Whether a receive would find something; also true when it may only seem so because another thread receives.
     *
     * @return true if it is worth a try.
     */
    public boolean hasMessages() {
        return !socket.isClosed() && inlet.hasMessages();
    }

    WaitSet waiters() {
        return inlet.waiters();
    }

    /** As {@link Inlet#prepareToSleep()}. */
    boolean prepareToSleep() {
        return inlet.prepareToSleep();
    }
}
