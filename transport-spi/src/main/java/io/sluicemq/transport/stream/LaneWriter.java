package io.sluicemq.transport.stream;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/**
 * The way out of messages on a stream beside the one of their connection, for a medium that has several: frames of messages as in
 * RFC 37, counted in the connection's account. Agent.
 */
public final class LaneWriter {
    private final Outbound outbound;
    private final Account account;
    private final Consumer<String> onFailure;
    private boolean failed;

    /**
     * Makes a writer.
     *
     * @param group of the driver.
     * @param channel of which only what concerns writing is called; the writer ends it, but does not close it.
     * @param connection in whose account the messages are counted.
     * @param onFailure told once, within {@link #flush}, why nothing goes any more, such as no memory for what the medium has not taken:
     *     the connection must end.
     */
    public LaneWriter(
            final StreamGroup group,
            final StreamChannel channel,
            final StreamPipe connection,
            final Consumer<String> onFailure) {
        this.onFailure = onFailure;
        this.outbound = new Outbound(this::flush, group, channel);
        this.account = connection.account();
    }

    /**
     * Takes a message, as {@link io.sluicemq.transport.Carrier#offer}.
     *
     * @param kind one of {@link MessageKind}.
     * @param buffer holds the message; the caller's again when the result is true.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return false when it cannot be taken in full now; part of it may have gone, so this very message must be offered again.
     */
    public boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (outbound.offer(kind, buffer, offset, length)) {
            account.onOffered(1, length);
            return true;
        }
        return false;
    }

    /**
     * Takes a command in the order of messages, as it is on the wire. Only while {@link #isDrained()}, and with room for it, so that it
     * is never taken for a message that has not gone.
     *
     * @param buffer holds the command; the caller's again on return.
     * @param length from index 0, in bytes.
     * @return whether all of it has gone.
     */
    public boolean command(final DirectBuffer buffer, final int length) {
        return FrameHeader.isCommand(FrameHeader.flags(buffer, 0))
                && outbound.offerBatch(buffer, 0, length)
                && outbound.drain();
    }

    /** Hands what was taken to the medium, as much as it takes. */
    public void flush() {
        outbound.drain();
        if (outbound.failure() != null && !failed) {
            onFailure.accept(outbound.failure());
            failed = true;
        }
        account.onFlush();
    }

    /**
     * Whether all that was taken is the medium's.
     *
     * @return true if nothing is left here, and nothing was lost here.
     */
    public boolean isDrained() {
        return outbound.failure() == null && outbound.isDrained();
    }

    /**
     * Whether the message that was offered last has gone in part, and must be offered again before any other.
     *
     * @return false at the end of a message.
     */
    public boolean isMessagePartlyWritten() {
        return outbound.isMessagePartlyWritten();
    }

    /**
     * Messages that were taken and are not the medium's.
     *
     * @return their number.
     */
    public long unsentMessages() {
        return outbound.unsentMessages();
    }

    /** Ends the stream behind what was written. */
    public void end() {
        outbound.shutDown();
    }

    /** Gives its memory back. Nothing is written any more. */
    public void release() {
        outbound.release();
    }
}
