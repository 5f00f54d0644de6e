package io.sluicemq.transport;

import java.util.List;
import org.agrona.DirectBuffer;

/**
 * A connection with rings of its own, into which the application's threads write their messages and from which they read the peer's in
 * place: in memory that two processes share, or one for each lane of a connection that has several. The agent carries only
 * what cannot go that way, by the methods of {@link Carrier}: messages larger than a record of shared memory, and what waited
 * before the connection was open.
 */
public interface SharedCarrier extends Carrier {
    /** What became of an offer. */
    enum Offer {
        /** The message is in the ring; what came by reference was copied. */
        TAKEN,
        /** The message is in the ring by reference; its buffer is the carrier's, if it was to be passed. */
        PASSED,
        /** There is no room, at the high-water mark or in bytes. */
        FULL,
        /**
         * The message cannot go this way now, as it is too large, as another thread is writing for long, or as the connection
         * is at its end: it is for {@link PipeEnd#outlet()}.
         */
        BY_CARRIER
    }

    /**
     * The peer's messages, for the socket to poll until each ring is closed and empty, which may be long after the end of the
     * connection. There is no order between them.
     *
     * @return always the same, at least one.
     */
    List<PolledRing> incoming();

    /**
     * Offers a message. Any thread; threads take turns.
     *
     * @param prefix as in {@link MessageRing#offer}.
     * @param kind of the message, one of {@link MessageKind}, perhaps to be passed by reference, and perhaps with a lane, which a
     *     connection that has none passes over.
     * @param buffer holds the message; the caller's again on return, unless it was passed.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return what became of it.
     */
    Offer offerShared(DirectBuffer prefix, int kind, DirectBuffer buffer, int offset, int length);

    /**
     * Whether the connection has lanes: it depends on the message which ring takes it, so that one is refused while another is taken, and at
     * the end of the connection what waits in its rings goes back to the outlet, in front of what waits there. So nobody but the agent
     * offers to the outlet while there is such a connection, and all of that goes into the rings. Any thread.
     *
     * @return always the same.
     */
    default boolean givesBack() {
        return false;
    }

    /**
     * Whether a small message would be taken now, into one of the rings. Any thread; stale at once while others offer.
     *
     * @return false also where that cannot be told now.
     */
    boolean hasRoom();

    /** Asks for {@link PipeEnd#onWritable()} when half of the room is free. Any thread, which then offers once more. */
    void requestSpace();

    /**
     * Messages that wait for the peer in the rings. Any thread; approximate.
     *
     * @return number of messages.
     */
    long waiting();

    /**
     * Tells how much the peer has taken, however it was offered, since this was called last. Any thread; each message is told once, at
     * the end of the connection at the latest.
     *
     * @param listener called once at most.
     */
    void reportSent(SentListener listener);

    /** Told of messages that were sent. */
    @FunctionalInterface
    interface SentListener {
        /**
         * Messages were sent.
         *
         * @param messages how many.
         * @param bytes how many; those of a message may be told before it.
         */
        void onSent(long messages, long bytes);
    }
}
