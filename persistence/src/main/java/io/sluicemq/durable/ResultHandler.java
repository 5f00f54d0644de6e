package io.sluicemq.durable;

import org.agrona.DirectBuffer;

/** Is handed results, on the thread that polls. */
@FunctionalInterface
public interface ResultHandler {
    /**
     * A result.
     *
     * @param position of the result, which grows from one to the next; see {@link DurableSubscriber#releaseResults}.
     * @param producer of the message that it is of, see {@link Delivered#producer()}; 0 for a message of QoS 0.
     * @param index of that message, see {@link Delivered#index()}; 0 for one of QoS 0.
     * @param buffer that holds the result; not valid after the call, and read-only.
     * @param offset of the result.
     * @param length of the result in bytes.
     */
    void onResult(long position, int producer, long index, DirectBuffer buffer, int offset, int length);
}
