package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Requester;
import io.sluicemq.core.Sockets;
import io.sluicemq.core.Waits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks: one request, then its reply, from one peer after the other (RFC 28). {@link #request(Message, Duration)} is for any
 * thread; the plain send and receive belong to one thread from the request to its reply, and another gets an exception. When
 * the peer that was to reply is gone, the next request may be sent.
 */
public final class ReqSocket extends Socket implements Sender, Receiver {
    private final Requester requester;
    private final ReentrantLock turn = new ReentrantLock(true);

    ReqSocket(final ContextCore context, final SocketOptions options, final ReqOptions reqOptions) {
        this(context, options, new Requester(reqOptions, options.immediate()));
    }

    private ReqSocket(final ContextCore context, final SocketOptions options, final Requester requester) {
        super(Sockets.req(context, options, requester));
        this.requester = requester;
    }

    /**
     * Asks and waits for the reply. Calls of several threads take turns. After a timeout the next request may be sent at once,
     * and the late reply is ignored.
     *
     * @param request with at least one frame; empty once it was sent, also when no reply comes.
     * @param timeout longest wait, for the turn, a peer and its reply together.
     * @return the reply; null when the time is over or the socket is closed.
     * @throws InterruptedException when the thread is interrupted while it waits; the request is given up.
     * @throws IllegalStateException in a callback on an I/O agent or in a receive handler, where nothing may wait.
     */
    public Message request(final Message request, final Duration timeout) throws InterruptedException {
        requester.refuseBlocking();
        final long startNs = System.nanoTime();
        final long timeoutNs = Waits.nanos(timeout);
        if (!turn.tryLock(timeoutNs, TimeUnit.NANOSECONDS)) {
            return null;
        }
        try {
            return ask(request, startNs, timeoutNs);
        } finally {
            turn.unlock();
        }
    }

    private Message ask(final Message request, final long startNs, final long timeoutNs) throws InterruptedException {
        if (send(request, left(startNs, timeoutNs)) != SendResult.SENT) {
            return null;
        }
        final Message reply = new Message();
        boolean replied = false;
        try {
            replied = receive(reply, left(startNs, timeoutNs));
        } finally {
            if (!replied) {
                requester.abandon();
            }
        }
        return replied ? reply : null;
    }

    private static Duration left(final long startNs, final long timeoutNs) {
        return Duration.ofNanos(Math.max(0, timeoutNs - (System.nanoTime() - startNs)));
    }

    /**
     * Asks with a text and waits for the reply.
     *
     * @param request in UTF-8.
     * @param timeout longest wait.
     * @return the reply; null when the time is over or the socket is closed.
     * @throws InterruptedException when the thread is interrupted while it waits; the request is given up.
     */
    public Message request(final String request, final Duration timeout) throws InterruptedException {
        return request(Message.of(request), timeout);
    }
}
