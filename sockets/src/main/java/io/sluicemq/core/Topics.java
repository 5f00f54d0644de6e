package io.sluicemq.core;

import org.agrona.DirectBuffer;

/** Who gets a message of a publisher. Any thread. */
interface Topics {
    /** Finds the subscribers of a message, by slot. */
    void match(int kind, DirectBuffer buffer, int offset, int length, Matches out);
}
