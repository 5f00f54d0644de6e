package io.sluicemq.core;

import io.sluicemq.FrameHandler;
import org.agrona.DirectBuffer;

/** What a socket type does with a message that has come, on the thread that receives. */
interface Inbound extends PipeObserver {
    /** Most messages of one receive call; a type that remembers the last one cannot hand over several. */
    default int maxBatch() {
        return Integer.MAX_VALUE;
    }

    /**
     * Hands a message to the application, or not.
     *
     * @return false when the message is not for the application, such as one that no subscription matches.
     */
    boolean deliver(Pipe pipe, int kind, DirectBuffer buffer, int offset, int length, FrameHandler handler);

    /** Whether {@link #checkReceive} has anything to say. */
    default boolean hasExchanges() {
        return false;
    }

    /** Refuses a receive that breaks the order of an exchange. Called by the receiving thread, in its turn. */
    default void checkReceive(final FrameHandler handler) {}

    /** Whether this socket itself made the message, such as an XPUB of a subscription: then no peer misses it. */
    default boolean isNotice(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return false;
    }

    /** Whether the type receives nothing, so that what comes is not to be kept for anybody. */
    default boolean isDeaf() {
        return false;
    }
}
