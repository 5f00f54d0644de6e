package io.sluicemq.durable.core;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * An acknowledgement on its way to the subscriber's thread, as it lies in a buffer: i32 kind, i32 producer, i64 index, i64 correlation id;
 * of a kind with a result, the result to the end. A view that is used again. One thread.
 */
final class AcknowledgeCommand {
    /** Without a result. */
    static final int BYTES = 24;

    /** Instead of a kind of {@link PendingRecords}: acknowledges nothing, asks whether a message waits for an acknowledgement. */
    static final int ASK = 8;

    /** Added to a kind of {@link PendingRecords}. */
    static final int WITH_RESULT = 16;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int PRODUCER_AT = 4;
    private static final int INDEX_AT = 8;
    private static final int CORRELATION_AT = 16;

    private DirectBuffer buffer;
    private int offset;
    private int length;

    static void encode(
            final MutableDirectBuffer target,
            final int kind,
            final int producer,
            final long index,
            final long correlationId) {
        target.putInt(0, kind, ORDER);
        target.putInt(PRODUCER_AT, producer, ORDER);
        target.putLong(INDEX_AT, index, ORDER);
        target.putLong(CORRELATION_AT, correlationId, ORDER);
    }

    AcknowledgeCommand wrap(final DirectBuffer source, final int newOffset, final int newLength) {
        buffer = source;
        offset = newOffset;
        length = newLength;
        return this;
    }

    /** Of {@link PendingRecords}. */
    int kind() {
        return buffer.getInt(offset, ORDER) & (WITH_RESULT - 1);
    }

    boolean hasResult() {
        return (buffer.getInt(offset, ORDER) & WITH_RESULT) != 0;
    }

    /** 0 to acknowledge nothing. */
    int producer() {
        return buffer.getInt(offset + PRODUCER_AT, ORDER);
    }

    long index() {
        return buffer.getLong(offset + INDEX_AT, ORDER);
    }

    long correlationId() {
        return buffer.getLong(offset + CORRELATION_AT, ORDER);
    }

    /** Puts the result behind what was written. */
    void appendResult(final WireOutput output) {
        output.bytes(buffer, offset + BYTES, length - BYTES);
    }
}
