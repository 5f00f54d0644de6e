package io.sluicemq.core;

import io.sluicemq.SendResult;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;

/** Where the reply to one request goes. Any thread, once. */
public final class ReturnAddress {
    private final Replier replier;
    private final Pipe pipe;
    private final DirectBuffer envelope;
    private final AtomicBoolean used = new AtomicBoolean();

    ReturnAddress(final Replier replier, final Pipe pipe, final DirectBuffer envelope) {
        this.replier = replier;
        this.pipe = pipe;
        this.envelope = envelope;
    }

    /**
     * Replies.
     *
     * @param message empty afterwards if the result is SENT, else as it was.
     * @return SENT, or UNROUTABLE when the peer is gone.
     */
    public SendResult reply(final Content message) {
        if (message.frameCount() == 0) {
            throw new IllegalArgumentException("frames=0, limit=1, add a frame to the reply");
        }
        if (!used.compareAndSet(false, true)) {
            throw new IllegalStateException("replies=2, limit=1 a request, reply once");
        }
        final SendResult result =
                replier.reply(pipe, envelope, message.offeredKind(), message.buffer(), message.start(), message.size());
        if (result == SendResult.SENT) {
            message.sent(0);
        }
        return result;
    }
}
