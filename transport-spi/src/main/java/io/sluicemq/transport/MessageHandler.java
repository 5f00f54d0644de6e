package io.sluicemq.transport;

import org.agrona.DirectBuffer;

/** Takes whole messages in place, on the thread that polls the {@link MessageRing}. */
@FunctionalInterface
public interface MessageHandler {
    /**
     * Takes one message with all its frames. An exception consumes the message and ends the poll.
     *
     * @param tag the tag that the message was offered with; a socket's inlet uses the pipe id.
     * @param kind one of {@link MessageKind}.
     * @param buffer holds the message; valid during the call only, and not to be written to.
     * @param offset of the message in the buffer, in bytes.
     * @param length of the message, in bytes.
     * @return false to leave the message where it is and end the poll: it is handed over again by the next one.
     */
    boolean onMessage(int tag, int kind, DirectBuffer buffer, int offset, int length);
}
