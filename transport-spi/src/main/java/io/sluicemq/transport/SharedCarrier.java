package io.sluicemq.transport;

import org.agrona.DirectBuffer;

/**
 * A connection through memory that two processes share: the application's threads write their messages there and read the
 * peer's in place, past the I/O agent. The agent carries only what cannot go that way, by the methods of {@link Carrier}:
 * messages larger than a record, and what waited before the connection was open.
 */
public interface SharedCarrier extends Carrier {
    /** What became of an offer. */
    enum Offer {
        /** The message is in the memory; the peer finds it there. */
        TAKEN,
        /** There is no room, at the high-water mark or in bytes. */
        FULL,
        /**
         * The message cannot go this way now, as it is too large, as another thread is writing for long, or as the connection
         * is at its end: it is for {@link PipeEnd#outlet()}.
         */
        BY_CARRIER
    }

    /**
     * The peer's messages, for the socket to poll until the ring is closed and empty, which may be long after the end of the
     * connection.
     *
     * @return always the same.
     */
    PolledRing incoming();

    /**
     * Offers a message. Any thread; threads take turns.
     *
     * @param prefix as in {@link MessageRing#offer}.
     * @param kind of the message, one of {@link MessageKind}; it is copied, also where it could go by reference.
     * @param buffer holds the message; the caller's again on return.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return what became of it.
     */
    Offer offerShared(DirectBuffer prefix, int kind, DirectBuffer buffer, int offset, int length);

    /**
     * Whether a small message would be taken now. Any thread; stale at once while others offer.
     *
     * @return false also where that cannot be told now.
     */
    boolean hasRoom();

    /** Asks for {@link PipeEnd#onWritable()} when half of the room is free. Any thread, which then offers once more. */
    void requestSpace();

    /**
     * Messages that wait for the peer in the memory. Any thread; approximate.
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
