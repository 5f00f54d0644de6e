package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.ReqOptions;
import io.sluicemq.SendResult;
import io.sluicemq.transport.CloseReason;
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
    private static final String REMEDY = "share a REQ among threads by request, or give each thread its own";

    private final ReqOptions options;
    private final RoundRobin turn;
    private final UnsafeBuffer prefix;
    private SocketCore socket;
    private final Conversation conversation = new Conversation();
    private int number = ThreadLocalRandom.current().nextInt();

    /** Who is to reply; null when no request is out. A reply that came before its peer went is still taken. */
    private volatile Pipe awaited;

    /** What {@link #losses} was before the request that is out. */
    private int lossesBefore;

    /** Connections that went with all that was sent on them; written by the agent. */
    private volatile int losses;

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

    /** Refuses a request where it would hold up others. */
    public void refuseBlocking() {
        socket.context().refuseBlocking("request");
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Pipe asked = awaited;
        if (asked != null) {
            giveUpOn(asked);
        }
        lossesBefore = losses;
        if (options.correlate()) {
            prefix.putInt(2, number + 1);
        }
        final Pipe pipe = turn.offer(prefix, kind, buffer, offset, length);
        if (pipe == null) {
            return turn.isEmpty() ? SendResult.NOT_CONNECTED : SendResult.BACK_PRESSURED;
        }
        number++;
        awaited = pipe;
        conversation.begin();
        return SendResult.SENT;
    }

    private void giveUpOn(final Pipe asked) {
        if (isLost(asked)) {
            awaited = null;
            if (!options.correlate() && !asked.isDirect() && !asked.isClosed()) {
                // The pipe may carry the next request too: what the lost connection brought is no reply to that.
                socket.agent().call(() -> {
                    asked.arrivals().passOver();
                    return null;
                });
            }
            return;
        }
        conversation.check("send", REMEDY);
        if (!options.relaxed()) {
            throw new IllegalStateException(
                    "requests=2, limit=1 at a time, receive the reply first or use the relaxed option");
        }
        abandon();
    }

    /** Whether the request went with its connection, so that no reply can come but one that is here already. */
    private boolean isLost(final Pipe asked) {
        return asked.isClosed()
                || asked.lossStamp() - lossesBefore > 0
                // In this order: a request leaves the outlet when the pipe is open.
                || (asked.outlet().isEmpty() && !asked.isOpen());
    }

    /**
     * Gives up on the reply that is awaited. Without a number to tell it by, a late reply is kept out by a new connection. Done
     * when this returns, so that the next request cannot go out on the old one.
     */
    public void abandon() {
        final Pipe pipe = awaited;
        awaited = null;
        conversation.end();
        if (pipe == null || options.correlate()) {
            return;
        }
        if (!socket.isClosed()) {
            final int unsent = socket.agent().call(() -> startOver(pipe));
            if (unsent > 0) {
                socket.dropped(DropCause.EXPIRED, unsent);
            }
        }
    }

    /** Agent: what waits is dropped, what has come is passed over, and what is under way is kept out by a new connection. */
    private static int startOver(final Pipe pipe) {
        if (pipe.isOpen() || pipe.early().hasSent()) {
            pipe.abort(CloseReason.CLOSED_LOCALLY, "its reply is not awaited any more");
        }
        pipe.arrivals().passOver();
        pipe.early().giveUp();
        // A peer in this process reads the ring by itself, and may be at it.
        return pipe.isDirect() ? 0 : pipe.outlet().poll((tag, kind, buffer, offset, length) -> true, Integer.MAX_VALUE);
    }

    @Override
    public boolean hasExchanges() {
        return true;
    }

    @Override
    public void checkReceive(final FrameHandler handler) {
        if (awaited != null) {
            conversation.check("receive", REMEDY);
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
        conversation.end();
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
        final Pipe asked = awaited;
        return (asked == null || options.relaxed() || isLost(asked)) && turn.canSend();
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
    public boolean mayRepeat() {
        return options.idempotent();
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
        if (pipe.outlet().isEmpty()) {
            // With a request in it, the outlet takes that to the next connection.
            final int stamp = losses + 1;
            losses = stamp;
            pipe.lossStamp(stamp);
        }
    }

    @Override
    public void onClosed(final Pipe pipe) {
        turn.onClosed(pipe);
    }
}
