package io.sluicemq.transport;

import io.sluicemq.wire.FrameHeader;
import org.agrona.DirectBuffer;

/** An open connection, as the socket's I/O agent sees it. Every method is called on that agent's thread. */
public interface Carrier {
    /** Most bytes in one {@link #offerBatch}. */
    int MAX_BATCH_BYTES = 64 * 1024;

    /** Most bytes of an {@link #offerEarly}. */
    int MAX_EARLY_BYTES = 16 * 1024;

    /**
     * Where the peer is, for people.
     *
     * @return an endpoint such as {@code tcp://127.0.0.1:5555}.
     */
    String remoteAddress();

    /**
     * Takes a whole message to the peer.
     *
     * @param kind one of {@link MessageKind}, with a lane only where {@link SharedCarrier#givesBack} says that there are some.
     * @param buffer holds the message; the caller's again when the result is true.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return false when it cannot be taken in full now, or when the connection is at its end. Part of it may have gone, so the caller must offer this very
     *     message again, at the same place, after {@link PipeEnd#onWritable()}.
     */
    boolean offer(int kind, DirectBuffer buffer, int offset, int length);

    /**
     * Takes a whole message to the peer before that has said who it is: between {@link PipeEnd#onEarly} and {@link PipeEnd#onOpen}, and only
     * where {@link PipeEnd#mayRepeat()}. The message stays the caller's: it has gone once the connection opens, and if it never
     * does, nobody knows whether the message arrived. A flush follows.
     *
     * @param kind one of {@link MessageKind}.
     * @param buffer holds the message; the caller's again on return.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return false when it has to wait for {@link PipeEnd#onOpen}: it is longer than {@link #MAX_EARLY_BYTES}, or the medium does not have
     *     this. Nothing of it has gone then.
     */
    default boolean offerEarly(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return false;
    }

    /**
     * Takes several whole messages to the peer, such as a publisher has for many peers at once: a byte stream can write them
     * as they are. This implementation offers one after the other, which is right for a medium that takes each message in
     * full or not at all; another must override it.
     *
     * @param buffer holds the messages behind each other, each as {@link MessageKind#FRAMES}; the caller's again on return, and
     *     best in direct memory.
     * @param offset of the first message, in bytes.
     * @param length of all messages, in bytes, up to {@link #MAX_BATCH_BYTES}.
     * @param count of messages.
     * @return how many of them were taken, from the first one on. If not all were, nothing of the next one has gone, and
     *     {@link PipeEnd#onWritable()} follows.
     */
    default int offerBatch(final DirectBuffer buffer, final int offset, final int length, final int count) {
        int at = offset;
        for (int taken = 0; taken < count; taken++) {
            final int end = FrameHeader.messageEnd(buffer, at);
            if (!offer(MessageKind.FRAMES, buffer, at, end - at)) {
                return taken;
            }
            at = end;
        }
        return count;
    }

    /** Hands what was offered to the medium, as much as it takes; the rest follows by itself. */
    void flush();

    /**
     * Sends a subscription or a cancellation, past all data that waits. Needs no {@link #flush()}.
     *
     * @param subscribe false to cancel.
     * @param prefix holds the prefix, from index 0.
     * @param length of the prefix, in bytes.
     */
    void subscription(boolean subscribe, DirectBuffer prefix, int length);

    /**
     * By which this side knows the connection in the exchange of {@link io.sluicemq.wire.ReceivedCounts}.
     *
     * @return the number, which no other connection of this process has; 0 if the peer does not take part.
     */
    long number();

    /**
     * Whether the peer has told its own number for the connection, which it does once it has heard of us. Who sends again what he has
     * recorded of its first words cannot.
     *
     * @return of no meaning where {@link #number()} is 0.
     */
    default boolean hasPeerBegun() {
        return true;
    }

    /**
     * Tells the peer how many messages came on an earlier connection, which is over.
     *
     * @param peerNumber by which the peer knew it.
     * @param messages that came.
     */
    void receivedEarlier(long peerNumber, long messages);

    /** The socket has room again after it refused a message, which is offered again soon, but not from within this call. */
    void resumeReading();

    /**
     * Whether all that was offered has been handed to the medium.
     *
     * @return true if nothing is left here.
     */
    boolean isDrained();

    /**
     * Ends the connection in order: sends what was offered, then the end of the stream, and waits for the peer's. What the
     * peer sends meanwhile is still handed over; once the socket refuses a message, that one and all behind it are
     * discarded and counted, so that the end of the stream is found.
     *
     * @param deadlineNs when to give up and abort, as of {@link System#nanoTime()}.
     */
    void finish(long deadlineNs);

    /**
     * Ends the connection at once; {@link PipeEnd#onClosed} is called from within. Does nothing once it is closed.
     *
     * @param reason told to {@link PipeEnd#onClosed}.
     * @param detail told to {@link PipeEnd#onClosed}.
     */
    void abort(CloseReason reason, String detail);
}
