package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.Request;
import io.sluicemq.SendResult;
import io.sluicemq.transport.MessageKind;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Takes the envelope, all frames up to the empty one, off each request, and puts it before the reply (RFC 28): REP. What has
 * no envelope is no request, and ignored.
 */
public final class Replier implements Inbound, Outbound {
    /** A return address of hundreds of hops; a larger one is an attack on the memory of who keeps it. */
    private static final int MAX_ENVELOPE_BYTES = 64 * 1024;

    private static final String REMEDY = "share a REP among threads by receiveRequest and Request.reply";

    private SocketCore socket;

    private final Conversation conversation = new Conversation();

    // The request handed over last; used by the thread that has the conversation.
    private final UnsafeBuffer envelope = new UnsafeBuffer(new byte[0]);
    private byte[] envelopeBytes = new byte[64];
    private Pipe pipe;

    @Override
    public void attach(final SocketCore core) {
        socket = core;
    }

    @Override
    public boolean deliver(
            final Pipe from,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final FrameHandler handler) {
        final int end = offset + length;
        final int bodyAt = kind == MessageKind.FRAMES ? endOfEnvelope(buffer, offset, end) : -1;
        if (bodyAt < 0) {
            return false;
        }
        if (bodyAt - offset > MAX_ENVELOPE_BYTES) {
            socket.dropped(DropCause.TOO_LARGE, 1);
            return false;
        }
        keepEnvelope(buffer, offset, bodyAt - offset);
        pipe = from;
        if (!(handler instanceof Request)) {
            conversation.begin();
        }
        Frames.forEach(MessageKind.FRAMES, buffer, bodyAt, end - bodyAt, handler);
        return true;
    }

    /** Each peer gets replies to its own requests and nothing else, so one that is not there takes nothing from others. */
    @Override
    public boolean takesEarly() {
        return true;
    }

    @Override
    public boolean takesEarlyMessages() {
        return true;
    }

    @Override
    public int maxBatch() {
        return 1;
    }

    @Override
    public boolean hasExchanges() {
        return true;
    }

    @Override
    public void checkReceive(final FrameHandler handler) {
        conversation.check("receive", REMEDY);
    }

    private static int endOfEnvelope(final DirectBuffer buffer, final int offset, final int end) {
        int at = offset;
        while (at < end && Frames.hasMore(buffer, at)) {
            final boolean delimiter = Frames.bodyLength(buffer, at) == 0;
            at = Frames.after(buffer, at);
            if (delimiter) {
                return at;
            }
        }
        return -1;
    }

    private void keepEnvelope(final DirectBuffer buffer, final int offset, final int length) {
        if (envelopeBytes.length < length) {
            envelopeBytes = new byte[Math.max(length, envelopeBytes.length * 2)];
        }
        buffer.getBytes(offset, envelopeBytes, 0, length);
        envelope.wrap(envelopeBytes, 0, length);
    }

    /**
     * Takes out the return address of the request that is being handed over, from inside its handler, which is a {@link
     * Request}.
     *
     * @return who asked; for any thread to reply to once.
     */
    public ReturnAddress takeAddress() {
        final byte[] copy = new byte[envelope.capacity()];
        envelope.getBytes(0, copy);
        final ReturnAddress address = new ReturnAddress(this, pipe, new UnsafeBuffer(copy));
        pipe = null;
        return address;
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        conversation.check("send", REMEDY);
        final Pipe to = pipe;
        if (to == null) {
            throw new IllegalStateException(
                    "send=without a request, limit=one reply a request, receive a request first");
        }
        pipe = null;
        conversation.end();
        return reply(to, envelope, kind, buffer, offset, length);
    }

    SendResult reply(
            final Pipe to,
            final DirectBuffer address,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (to.offer(address, kind, buffer, offset, length)) {
            return SendResult.SENT;
        }
        final boolean gone = to.outlet().isClosed();
        socket.dropped(gone ? DropCause.NO_PEER : DropCause.HIGH_WATER_MARK, 1);
        return gone ? SendResult.UNROUTABLE : SendResult.SENT;
    }

    @Override
    public void requestSpace() {}

    @Override
    public boolean canSend() {
        return pipe != null;
    }
}
