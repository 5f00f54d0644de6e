package io.sluicemq.durable;

import org.agrona.MutableDirectBuffer;

/** Processes messages by writing a result for each. Called by the thread that receives. */
@FunctionalInterface
public interface AppendingHandler {
    /**
     * Processes one message. An exception ends the receive call; the message counts as handed over, not as acknowledged, and has no
     * result.
     *
     * @param message valid during the call only.
     * @param result to be written to, from 0 on; grows as needed.
     * @return length of the result in bytes, 0 or more.
     */
    int onDelivery(Delivered message, MutableDirectBuffer result);
}
