package io.sluicemq;

import io.sluicemq.core.Replier;
import io.sluicemq.core.ReturnAddress;
import org.agrona.DirectBuffer;

/** A request that a {@link RepSocket} received, and the way back to who asked. Any thread may reply, once. */
public final class Request implements FrameHandler {
    private final Replier replier;
    private final Message message = new Message();
    private ReturnAddress address;

    Request(final Replier replier) {
        this.replier = replier;
    }

    @Override
    public void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
        message.add(buffer, offset, length);
        if (!more) {
            address = replier.takeAddress();
        }
    }

    /**
     * What was asked.
     *
     * @return the frames behind the envelope.
     */
    public Message message() {
        return message;
    }

    /**
     * The first frame as text.
     *
     * @return its body, read as UTF-8.
     */
    public String text() {
        return message.text();
    }

    /**
     * Replies, without waiting.
     *
     * @param reply with at least one frame; empty afterwards if the result is {@link SendResult#SENT}.
     * @return {@link SendResult#SENT}, or {@link SendResult#UNROUTABLE} when the peer is gone. A reply to a full peer is dropped
     *     and counted.
     */
    public SendResult reply(final Message reply) {
        return address.reply(reply.content());
    }

    /**
     * Replies with a text.
     *
     * @param reply in UTF-8.
     * @return as {@link #reply(Message)}.
     */
    public SendResult reply(final String reply) {
        return reply(Message.of(reply));
    }
}
