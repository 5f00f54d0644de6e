package io.sluicemq.durable;

import org.agrona.MutableDirectBuffer;

/** Processes messages by writing a result for each. Called by the thread that receives. */
@FunctionalInterface
public interface AppendingHandler {
    /**
     * Processes one message. An exception ends the receive call, after the results of the messages before are durable. The message comes
     * next then, marked as redelivered, unless it is of QoS 0: a handler that can never take one writes a result that says so.
     *
     * @param message valid during the call only.
     * @param result to be written to, from 0 on; grows as needed.
     * @return length of the result in bytes, 0 or more.
     */
    int onDelivery(Delivered message, MutableDirectBuffer result);
}
