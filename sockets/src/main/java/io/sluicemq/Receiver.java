package io.sluicemq;

import io.sluicemq.core.ReceivePort;
import io.sluicemq.core.Waits;
import java.time.Duration;

/**
 * A socket that receives. Any thread may call; two threads never get the same message, and each gets whole messages.
 *
 * <p>{@code receive} waits for a message as long as {@link SocketOptions.Builder#receiveTimeout} or the call says; {@code
 * tryReceive} does not wait. The calls with a {@link FrameHandler} or a reused {@link Message} allocate nothing.
 *
 * <p>A call for a {@link Message} that ends without one does not say why; {@link #isClosed()} tells a closed socket from a time
 * that is over. The calls with a {@link FrameHandler} say it by their result.
 */
public sealed interface Receiver
        permits PullSocket,
                SubSocket,
                XPubSocket,
                XSubSocket,
                ReqSocket,
                RepSocket,
                DealerSocket,
                RouterSocket,
                PairSocket {
    /** Result of a receive call on a closed socket. */
    int CLOSED = ReceivePort.CLOSED;

    /**
     * Whether the socket takes no more calls: what a receive that ended without a message asks to know whether to try again.
     *
     * @return true from the start of a close; a closed socket stays so.
     */
    boolean isClosed();

    /**
     * Waits for a message.
     *
     * @return the message; null when the time is over or the socket is closed, see {@link #isClosed()}.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    default Message receiveMessage() throws InterruptedException {
        final Message message = new Message();
        return receive(message) ? message : null;
    }

    /**
     * Waits for a message no longer than a time.
     *
     * @param timeout longest wait.
     * @return the message; null when the time is over or the socket is closed, see {@link #isClosed()}.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    default Message receiveMessage(final Duration timeout) throws InterruptedException {
        final Message message = new Message();
        return receive(message, timeout) ? message : null;
    }

    /**
     * Waits for a message and puts it into an object that is used again. A large one is not copied: the object takes its buffer
     * over, and what it held before returns to where it came from. Bytes that the sender had wrapped are looked at in place,
     * and so are not to be written to.
     *
     * @param message cleared first.
     * @return false when the time is over or the socket is closed, see {@link #isClosed()}.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    default boolean receive(final Message message) throws InterruptedException {
        final ReceivePort port = Ports.receive(this);
        return port.receive(message.content(), port.defaultTimeoutNs());
    }

    /**
     * Waits for a message no longer than a time.
     *
     * @param message cleared first.
     * @param timeout longest wait.
     * @return false when the time is over or the socket is closed, see {@link #isClosed()}.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    default boolean receive(final Message message, final Duration timeout) throws InterruptedException {
        return Ports.receive(this).receive(message.content(), Waits.nanos(timeout));
    }

    /**
     * Takes a message if there is one.
     *
     * @param message cleared first.
     * @return whether there was one.
     */
    default boolean tryReceive(final Message message) {
        return Ports.receive(this).tryReceive(message.content());
    }

    /**
     * Waits for messages and hands them over where they lie.
     *
     * @param handler gets the frames.
     * @param limit most messages of this call.
     * @return how many were handed over; 0 when the time is over, {@link #CLOSED} when the socket is closed.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    default int receive(final FrameHandler handler, final int limit) throws InterruptedException {
        final ReceivePort port = Ports.receive(this);
        return port.receive(handler, limit, port.defaultTimeoutNs());
    }

    /**
     * Waits for messages no longer than a time, and hands them over where they lie.
     *
     * @param handler gets the frames.
     * @param limit most messages of this call.
     * @param timeout longest wait for the first.
     * @return how many were handed over; 0 when the time is over, {@link #CLOSED} when the socket is closed.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    default int receive(final FrameHandler handler, final int limit, final Duration timeout)
            throws InterruptedException {
        return Ports.receive(this).receive(handler, limit, Waits.nanos(timeout));
    }

    /**
     * Hands over the messages that are there.
     *
     * @param handler gets the frames.
     * @param limit most messages of this call.
     * @return how many were handed over; {@link #CLOSED} when the socket is closed.
     */
    default int tryReceive(final FrameHandler handler, final int limit) {
        return Ports.receive(this).poll(handler, limit);
    }
}
