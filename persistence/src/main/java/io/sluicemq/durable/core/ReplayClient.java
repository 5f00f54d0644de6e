package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.Poller;
import io.sluicemq.durable.DeliveryHandler;
import io.sluicemq.durable.DurableReplay;
import io.sluicemq.durable.ReplayOptions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** What {@code DurableReplay} consists of. The thread that receives does all the work, so there is one at a time. */
public final class ReplayClient {
    /** How long a broken connection, or a close, may go unnoticed while nothing comes. */
    private static final long MAX_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final ReentrantLock lock = new ReentrantLock();
    private final Poller poller = new Poller();
    private final ReplayLink link;
    private volatile boolean closed;

    /**
     * Begins to connect.
     *
     * @param context makes the sockets.
     * @param endpoint of the host.
     * @param options of the replay.
     */
    public ReplayClient(final Context context, final String endpoint, final ReplayOptions options) {
        link = new ReplayLink(context, endpoint, options, poller);
    }

    /**
     * See {@code DurableReplay}.
     *
     * @param handler gets the messages.
     * @param limit most messages.
     * @param timeout longest wait.
     * @return how many, or -1.
     * @throws InterruptedException when the thread is interrupted.
     */
    public int receive(final DeliveryHandler handler, final int limit, final Duration timeout)
            throws InterruptedException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit=" + limit + ", limit=1 or more, take such a one");
        }
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("receive inside a handler, return from the handler first");
        }
        final long timeoutNs = Waiting.nanos(timeout);
        final long startNs = System.nanoTime();
        if (!lock.tryLock(timeoutNs, TimeUnit.NANOSECONDS)) {
            return 0;
        }
        try {
            while (!closed) {
                final int messages = link.receive(handler, limit, System.nanoTime());
                if (messages > 0) {
                    return messages;
                }
                final long leftNs = timeoutNs - (System.nanoTime() - startNs);
                if (link.isOver() || leftNs <= 0) {
                    return link.isOver() ? DurableReplay.OVER : 0;
                }
                poller.poll(Duration.ofNanos(Math.min(leftNs, MAX_WAIT_NS)));
            }
            return DurableReplay.OVER;
        } finally {
            closeLinkIfClosed();
            lock.unlock();
        }
    }

    private void closeLinkIfClosed() {
        if (closed) {
            link.close();
        }
    }

    /**
     * See {@code DurableReplay}.
     *
     * @return whether all came.
     */
    public boolean isOver() {
        return link.isOver();
    }

    /**
     * See {@code DurableReplay}.
     *
     * @return where it would go on.
     */
    public long nextIndex() {
        return link.nextIndex();
    }

    /**
     * See {@code DurableReplay}.
     *
     * @return the host, or null.
     */
    public UUID producer() {
        return link.producer();
    }

    /**
     * See {@code DurableReplay}.
     *
     * @return a text.
     */
    public String lastError() {
        return link.lastError();
    }

    /** See {@code DurableReplay}. A receive that is under way ends soon, and its thread closes the socket. */
    public void close() {
        closed = true;
        if (!lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                link.close();
            } finally {
                lock.unlock();
            }
        }
    }
}
