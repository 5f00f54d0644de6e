package io.sluicemq.core;

import io.sluicemq.FrameHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes messages of subscriptions, {@code 01 prefix} or {@code 00 prefix}, for the application of an XPUB to receive among the
 * messages that subscribers send upstream.
 */
public final class SubscriptionFeed implements Inbound {
    private static final long RETRY_NS = 1_000_000L;

    private SocketCore socket;

    /** Who sent what was received last; written by the receiving thread, read by the one that decides about it. */
    private volatile Pipe lastPipe;

    /** Notices of subscribers in this process that the agent has not seen yet. */
    private final AtomicInteger onTheirWay = new AtomicInteger();

    // Agent only: what found no room in the inlet.
    private final Deque<Notice> waiting = new ArrayDeque<>();

    @Override
    public void attach(final SocketCore core) {
        socket = core;
    }

    @Override
    public boolean deliver(
            final Pipe pipe,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final FrameHandler handler) {
        lastPipe = pipe;
        Frames.forEach(kind, buffer, offset, length, handler);
        return true;
    }

    /** A peer's message that looks like one is taken for a subscription before it gets here. */
    @Override
    public boolean isNotice(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return Frames.isSubscription(kind, buffer, offset, length);
    }

    Pipe lastPipe() {
        return lastPipe;
    }

    /** Whether a peer's next subscription can be told of; one in this process cannot be made to wait. */
    boolean hasRoom(final Pipe pipe) {
        return pipe.carrier() == null || waiting.isEmpty();
    }

    /** In the order of the calls, which the caller serializes; from the agent at once unless others wait. */
    void publish(final Pipe pipe, final boolean subscribe, final byte[] prefix) {
        final byte[] body = new byte[1 + prefix.length];
        body[0] = (byte) (subscribe ? 1 : 0);
        System.arraycopy(prefix, 0, body, 1, prefix.length);
        final Notice notice = new Notice(pipe, new UnsafeBuffer(body));
        if (socket.agent().isAgentThread() && onTheirWay.get() == 0) {
            offer(notice);
        } else {
            onTheirWay.incrementAndGet();
            socket.agent().execute(() -> {
                onTheirWay.decrementAndGet();
                offer(notice);
            });
        }
    }

    private void offer(final Notice notice) {
        waiting.add(notice);
        if (waiting.size() == 1) {
            flush();
        }
    }

    private void flush() {
        while (!waiting.isEmpty() && waiting.peek().deliver()) {
            waiting.remove();
        }
        if (!waiting.isEmpty() && !socket.isClosed()) {
            socket.agent().schedule(socket.agent().nowNs() + RETRY_NS, this::flush);
        }
    }

    private record Notice(Pipe pipe, UnsafeBuffer body) {
        boolean deliver() {
            return pipe.arrivals().onNotice(body);
        }
    }
}
