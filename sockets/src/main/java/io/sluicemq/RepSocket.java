package io.sluicemq;

import io.sluicemq.core.ContextCore;
import io.sluicemq.core.Replier;
import io.sluicemq.core.Sockets;
import java.time.Duration;

/**
 * Answers requests (RFC 28). {@link #receiveRequest()} gives each with its return address, so that many threads may serve one
 * socket. With the plain receive and send a reply goes to the request received last; they belong to one thread from the
 * request to its reply, and another gets an exception.
 */
public final class RepSocket extends Socket implements Sender, Receiver {
    private final Replier replier;

    RepSocket(final ContextCore context, final SocketOptions options) {
        this(context, options, new Replier());
    }

    private RepSocket(final ContextCore context, final SocketOptions options, final Replier replier) {
        super(Sockets.rep(context, options, replier));
        this.replier = replier;
    }

    /**
     * Waits for a request as long as the receive timeout says.
     *
     * @return the request; null when the time is over or the socket is closed.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    public Request receiveRequest() throws InterruptedException {
        final Request request = new Request(replier);
        return receive(request, 1) > 0 ? request : null;
    }

    /**
     * Waits for a request.
     *
     * @param timeout longest wait.
     * @return the request; null when the time is over or the socket is closed.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was taken.
     */
    public Request receiveRequest(final Duration timeout) throws InterruptedException {
        final Request request = new Request(replier);
        return receive(request, 1, timeout) > 0 ? request : null;
    }
}
