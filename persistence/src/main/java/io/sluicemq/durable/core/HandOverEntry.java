package io.sluicemq.durable.core;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A message of QoS 0 or 1 on its way to the application; used again. Belongs to the subscriber's thread, then to the one that
 * receives; the queues in between order their accesses.
 */
final class HandOverEntry {
    private static final int KEPT_BYTES = 1 << 16;
    private static final byte[] EMPTY = {};

    private final UnsafeBuffer bytes = new UnsafeBuffer(EMPTY);
    private int length;
    private int producer;
    private boolean redelivered;

    /** Messages of QoS 2 since the open that come before it. */
    private long storedBefore;

    void set(final DirectBuffer source, final int offset, final int size) {
        if (bytes.capacity() < size) {
            bytes.wrap(new byte[size <= KEPT_BYTES ? Integer.highestOneBit(Math.max(size, 64)) * 2 : size]);
        }
        bytes.putBytes(0, source, offset, size);
        length = size;
    }

    void describe(final int ofProducer, final boolean isRedelivered, final long messagesStoredBefore) {
        producer = ofProducer;
        redelivered = isRedelivered;
        storedBefore = messagesStoredBefore;
    }

    long storedBefore() {
        return storedBefore;
    }

    int producer() {
        return producer;
    }

    int length() {
        return length;
    }

    void show(final DeliveredView view) {
        view.wrap(producer, redelivered, bytes, 0, length);
    }

    /** Lets go of large memory. */
    void clear() {
        if (bytes.capacity() > 2 * KEPT_BYTES) {
            bytes.wrap(EMPTY);
        }
    }
}
