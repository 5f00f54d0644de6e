package io.sluicemq.core;

import io.sluicemq.SendResult;
import org.agrona.DirectBuffer;

/** How a socket type picks the peers of a message. {@link #trySend} is called from any thread and must not block. */
interface Outbound extends PipeObserver {
    /**
     * Offers a message to where it belongs. The kind may name the lane that the sender has chosen.
     *
     * @return SENT, or why not; BACK_PRESSURED and NOT_CONNECTED may be tried again.
     */
    SendResult trySend(int kind, DirectBuffer buffer, int offset, int length);

    /**
     * Whether each message goes to one ring as it is, so that {@link #trySend} may get kinds that pass the buffer on; else all are
     * copied.
     */
    default boolean passesReferences() {
        return false;
    }

    /** Whether {@link #trySend} offers to pipes; else the agent does that for it. */
    default boolean offersToPipes() {
        return true;
    }

    /** The one pipe that must take this message, or null where any may. */
    default Pipe destination(final int kind, final DirectBuffer buffer, final int offset) {
        return null;
    }

    /** Asks each full pipe to tell when it has room; the caller tries once more before it sleeps. */
    void requestSpace();

    /** Whether a small message would be taken now. */
    boolean canSend();

    /** Messages that are not in any outlet yet. Any thread. */
    default long waiting() {
        return 0;
    }
}
