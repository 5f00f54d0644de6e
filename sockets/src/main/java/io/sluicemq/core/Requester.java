package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.ReqOptions;
import io.sluicemq.SendResult;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One request, then its reply (RFC 28): REQ. A request goes out behind an empty frame, and with the option correlate behind a
 * number; only the peer that got it can reply, and what else comes is ignored.
 */
public final class Requester implements Inbound, Outbound {
    private static final int DELIMITER_BYTES = 2;
    private static final int CORRELATION_BYTES = 2 + Integer.BYTES;

    private final ReqOptions options;
    private final RoundRobin turn;
    private final UnsafeBuffer prefix;
    private SocketCore socket;
    private int number = ThreadLocalRandom.current().nextInt();

    /** Who is to reply; null when no request is out. Written by the user's thread, and by the agent when the peer is gone. */
    private volatile Pipe awaited;

    /**
     * Makes the policy of a REQ socket.
     *
     * @param options of the REQ.
     * @param immediate whether only complete connections take requests.
     */
    public Requester(final ReqOptions options, final boolean immediate) {
        this.options = options;
        this.turn = new RoundRobin(immediate);
        final int correlationBytes = options.correlate() ? CORRELATION_BYTES : 0;
        prefix = new UnsafeBuffer(new byte[correlationBytes + DELIMITER_BYTES]);
        if (options.correlate()) {
            FrameHeader.put(prefix, 0, FrameHeader.MORE, Integer.BYTES);
        }
        FrameHeader.put(prefix, correlationBytes, FrameHeader.MORE, 0);
    }

    @Override
    public void attach(final SocketCore core) {
        socket = core;
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (awaited != null) {
            if (!options.relaxed()) {
                throw new IllegalStateException(
                        "requests=2, limit=1 at a time, receive the reply first or use the relaxed option");
            }
            abandon();
        }
        if (options.correlate()) {
            prefix.putInt(2, number + 1);
        }
        final Pipe pipe = turn.offer(prefix, kind, buffer, offset, length);
        if (pipe == null) {
            return turn.isEmpty() ? SendResult.NOT_CONNECTED : SendResult.BACK_PRESSURED;
        }
        number++;
        awaited = pipe;
        if (pipe.isClosed() || (!pipe.isOpen() && pipe.outlet().isEmpty())) {
            // Lost, request and all, before the agent could see that its reply is awaited.
            awaited = null;
        }
        return SendResult.SENT;
    }

    /**
     * Gives up on the reply that is awaited. Without a number to tell it by, a late reply is kept out by a new connection. Done
     * when this returns, so that the next request cannot go out on the old one.
     */
    public void abandon() {
        final Pipe pipe = awaited;
        awaited = null;
        if (pipe == null || options.correlate()) {
            return;
        }
        if (!socket.isClosed()) {
            final int unsent = socket.agent().call(pipe::startOver);
            if (unsent > 0) {
                socket.dropped(DropCause.EXPIRED, unsent);
            }
        }
    }

    @Override
    public boolean deliver(
            final Pipe pipe,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final FrameHandler handler) {
        if (kind != MessageKind.FRAMES
                || pipe != awaited
                || (!pipe.isDirect() && pipe.arrivals().isPassedOver())) {
            return false;
        }
        final int bodyAt = bodyOfReply(buffer, offset, offset + length);
        if (bodyAt < 0) {
            return false;
        }
        awaited = null;
        Frames.forEach(MessageKind.FRAMES, buffer, bodyAt, offset + length - bodyAt, handler);
        return true;
    }

    private int bodyOfReply(final DirectBuffer buffer, final int offset, final int end) {
        int at = offset;
        if (options.correlate()) {
            final boolean matches = Frames.bodyLength(buffer, at) == Integer.BYTES
                    && buffer.getInt(Frames.body(buffer, at)) == number
                    && Frames.hasMore(buffer, at);
            if (!matches) {
                return -1;
            }
            at = Frames.after(buffer, at);
        }
        if (at >= end || Frames.bodyLength(buffer, at) != 0 || !Frames.hasMore(buffer, at)) {
            return -1;
        }
        return Frames.after(buffer, at);
    }

    @Override
    public void requestSpace() {
        turn.requestSpace();
    }

    @Override
    public boolean canSend() {
        return (awaited == null || options.relaxed()) && turn.canSend();
    }

    @Override
    public void onConnecting(final Pipe pipe) {
        turn.onConnecting(pipe);
    }

    @Override
    public boolean offersOnAgent() {
        return options.probe();
    }

    @Override
    public String onOpened(final Pipe pipe) {
        if (options.probe()) {
            Probe.send(pipe);
        }
        return turn.onOpened(pipe);
    }

    @Override
    public void onLost(final Pipe pipe) {
        turn.onLost(pipe);
        if (awaited == pipe && pipe.outlet().isEmpty()) {
            // The request went with the connection: no reply can come, and the next request may be sent.
            awaited = null;
        }
    }

    @Override
    public void onClosed(final Pipe pipe) {
        turn.onClosed(pipe);
        if (awaited == pipe) {
            awaited = null;
        }
    }
}
