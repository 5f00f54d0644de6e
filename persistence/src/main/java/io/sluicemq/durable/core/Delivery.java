package io.sluicemq.durable.core;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * One message on its way to a subscriber, as it lies in a buffer: a view that is used again and holds nothing. One thread; valid
 * until the buffer changes.
 */
final class Delivery {
    static final int QOS_MASK = 3;
    static final int RETAIN = 4;
    static final int REDELIVERED = 8;

    /** Nothing more is ready to be sent: the receiver need not wait for more before it stores. */
    static final int LAST_OF_BATCH = 16;

    /** Of a shared subscription: another session had it before. */
    static final int RETURNED = 32;

    static final int MAX_SUBSCRIPTION_IDS = 255;
    static final int MAX_HEADERS_BYTES = 1 << 20;

    private int flags;
    private long index;
    private long previous;
    private long expiresAtEpochMs;
    private long publishedAtEpochNs;
    private int subscriptionIdsAt;
    private int subscriptionIds;
    private int topicAt;
    private int topicBytes;
    private int headersAt;
    private int headersBytes;
    private int payloadAt;
    private int payloadBytes;
    private DirectBuffer buffer;

    /** The fields before the subscription ids. */
    static WireOutput begin(
            final WireOutput output,
            final int flags,
            final long index,
            final long previous,
            final long expiresAtEpochMs,
            final long publishedAtEpochNs) {
        return output.begin(WireType.DELIVER)
                .u8(flags)
                .i64(index)
                .i64(previous)
                .i64(expiresAtEpochMs)
                .i64(publishedAtEpochNs);
    }

    /** Looks at a message; throws if a field goes beyond its end. */
    Delivery wrap(final WireInput input) {
        buffer = input.buffer();
        flags = input.u8("flags");
        Qos.check(flags & QOS_MASK);
        index = input.i64("index");
        previous = input.i64("previous");
        expiresAtEpochMs = input.i64("expiresAtEpochMs");
        publishedAtEpochNs = input.i64("publishedAtEpochNs");
        subscriptionIds = input.u8("subscriptionIds");
        subscriptionIdsAt = input.offset();
        input.skip(subscriptionIds * Integer.BYTES, "subscriptionIds");
        final int topicLength = input.u16("topic");
        topicAt = input.offset();
        topicBytes = input.skip(topicLength, "topic");
        final int headersLength = input.count("headers", MAX_HEADERS_BYTES);
        headersAt = input.offset();
        headersBytes = input.skip(headersLength, "headers");
        payloadAt = input.offset();
        payloadBytes = input.skip(input.remaining(), "payload");
        return this;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    int qos() {
        return flags & QOS_MASK;
    }

    boolean isRetained() {
        return (flags & RETAIN) != 0;
    }

    boolean isRedelivered() {
        return (flags & REDELIVERED) != 0;
    }

    boolean isReturned() {
        return (flags & RETURNED) != 0;
    }

    boolean isLastOfBatch() {
        return (flags & LAST_OF_BATCH) != 0;
    }

    long index() {
        return index;
    }

    /** The index of the message of QoS 1 or 2 that was sent before it on this connection, 0 for none. */
    long previous() {
        return previous;
    }

    /** 0 for never. */
    long expiresAtEpochMs() {
        return expiresAtEpochMs;
    }

    long publishedAtEpochNs() {
        return publishedAtEpochNs;
    }

    int subscriptionIds() {
        return subscriptionIds;
    }

    int subscriptionId(final int i) {
        return buffer.getInt(subscriptionIdsAt + i * Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
    }

    int topicAt() {
        return topicAt;
    }

    int topicBytes() {
        return topicBytes;
    }

    int headersAt() {
        return headersAt;
    }

    int headersBytes() {
        return headersBytes;
    }

    int payloadAt() {
        return payloadAt;
    }

    int payloadBytes() {
        return payloadBytes;
    }
}
