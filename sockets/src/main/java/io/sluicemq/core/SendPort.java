package io.sluicemq.core;

import io.sluicemq.SendResult;
import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageKind;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;

/** The sending half of a socket: tries its routing, and waits for room when asked to. Any thread. */
public final class SendPort {
    private final SocketCore socket;
    private final Outbound outbound;
    private final boolean passesReferences;
    private final WaitSet waiters;
    private final long defaultTimeoutNs;

    SendPort(final SocketCore socket, final Outbound outbound, final WaitSet waiters, final long defaultTimeoutNs) {
        this.socket = socket;
        this.outbound = outbound;
        this.passesReferences = outbound.passesReferences();
        this.waiters = waiters;
        this.defaultTimeoutNs = defaultTimeoutNs;
    }

    /**
     * The timeout of a send that names none.
     *
     * @return nanoseconds.
     */
    public long defaultTimeoutNs() {
        return defaultTimeoutNs;
    }

    /**
     * Offers a message, without waiting.
     *
     * @param kind one of {@link MessageKind}.
     * @param buffer holds the message; the caller's again on return.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return what became of it.
     */
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (socket.isClosed()) {
            return SendResult.CLOSED;
        }
        final SendResult result = outbound.trySend(kind, buffer, offset, length);
        // Closed meanwhile: that the peers are gone follows from it.
        return result != SendResult.SENT && socket.isClosed() ? SendResult.CLOSED : result;
    }

    /**
     * Sends a message, waiting for a peer with room.
     *
     * @param kind one of {@link MessageKind}.
     * @param buffer holds the message; the caller's again on return.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @param timeoutNs longest wait.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was sent.
     */
    public SendResult send(
            final int kind, final DirectBuffer buffer, final int offset, final int length, final long timeoutNs)
            throws InterruptedException {
        final SendResult result = trySend(kind, buffer, offset, length);
        return isFinal(result) || timeoutNs == 0 ? result : await(kind, buffer, offset, length, timeoutNs);
    }

    /**
     * Sends the frames of a message object, by reference where that is possible.
     *
     * @param message empty afterwards if it was sent, else as it was.
     * @param timeoutNs longest wait.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was sent.
     */
    public SendResult send(final Content message, final long timeoutNs) throws InterruptedException {
        final int passed = begin(message);
        final SendResult result =
                send(message.offeredKind() | passed, message.buffer(), message.start(), message.size(), timeoutNs);
        return end(message, passed, result);
    }

    /**
     * Offers the frames of a message object, without waiting.
     *
     * @param message empty afterwards if it was sent, else as it was.
     * @return what became of it.
     */
    public SendResult trySend(final Content message) {
        final int passed = begin(message);
        final SendResult result =
                trySend(message.offeredKind() | passed, message.buffer(), message.start(), message.size());
        return end(message, passed, result);
    }

    private int begin(final Content message) {
        if (message.frameCount() == 0) {
            throw noFrames();
        }
        final BufferPool pool = socket.context().buffers();
        message.use(pool);
        return passesReferences ? message.passes(pool) : 0;
    }

    private static SendResult end(final Content message, final int passed, final SendResult result) {
        if (result == SendResult.SENT) {
            message.sent(passed);
        }
        return result;
    }

    private static IllegalArgumentException noFrames() {
        return new IllegalArgumentException(
                "frames=0, limit=1, add a frame to the message, which is empty once it was sent");
    }

    private SendResult await(
            final int kind, final DirectBuffer buffer, final int offset, final int length, final long timeoutNs)
            throws InterruptedException {
        socket.context().refuseBlocking("send");
        final long deadlineNs = Backoff.deadlineNs(timeoutNs);
        long awakeUntilNs = Backoff.awakeUntilNs();
        int turn = 0;
        int parks = 0;
        while (true) {
            final SendResult result = trySend(kind, buffer, offset, length);
            if (isFinal(result)) {
                return result;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while sending; nothing was sent");
            }
            if (Backoff.isPast(deadlineNs)) {
                return result;
            }
            if (socket.agent().isInvoked()) {
                socket.agent().invoke();
            } else if (lead(awakeUntilNs)) {
                awakeUntilNs = Backoff.awakeUntilNs();
            } else if (!Backoff.spinOrYield(turn++, awakeUntilNs)) {
                final long parkNs = Backoff.parkNs(parks++, deadlineNs);
                final SendResult late = park(kind, buffer, offset, length, parkNs);
                if (isFinal(late)) {
                    return late;
                }
            }
        }
    }

    /** A thread that waits for room makes it; returns whether that brought anything. */
    private boolean lead(final long awakeUntilNs) {
        return socket.inlet().hasNetworkPeers()
                && Backoff.mayLead(awakeUntilNs)
                && socket.agent().duty().leadToSend() > 0;
    }

    /** Offers once more when room has been asked for, and with this very message: that a small one has room says nothing. */
    private SendResult park(
            final int kind, final DirectBuffer buffer, final int offset, final int length, final long parkNs) {
        final Thread self = Thread.currentThread();
        // Else each room that others find at their peers would wake this thread for nothing.
        final Pipe destination = outbound.destination(kind, buffer, offset);
        waiters.add(self, destination);
        socket.agent().duty().asleep();
        try {
            if (destination != null) {
                destination.path().requestSpace();
            } else {
                outbound.requestSpace();
            }
            final SendResult result = trySend(kind, buffer, offset, length);
            if (!isFinal(result)) {
                LockSupport.parkNanos(waiters, parkNs);
            }
            return result;
        } finally {
            socket.agent().duty().awake();
            waiters.remove(self);
        }
    }

    /**
     * Whether a small message would be taken now; stale at once while other threads send.
     *
     * @return true if it is worth a try.
     */
    public boolean canSend() {
        return !socket.isClosed() && outbound.canSend();
    }

    /** Whether messages are offered to pipes by the threads that send. */
    boolean offersToPipes() {
        return outbound.offersToPipes();
    }

    void requestSpace() {
        outbound.requestSpace();
    }

    /** Messages that are not in any outlet yet; approximate. */
    long waiting() {
        return outbound.waiting();
    }

    WaitSet waiters() {
        return waiters;
    }

    private static boolean isFinal(final SendResult result) {
        return result != SendResult.BACK_PRESSURED && result != SendResult.NOT_CONNECTED;
    }
}
