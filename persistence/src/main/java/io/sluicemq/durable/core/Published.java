package io.sluicemq.durable.core;

import io.sluicemq.durable.PublishOptions;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A published message as it lies in the journal and in a command: a view that is used again and holds nothing. One thread; valid until
 * the buffer changes. From the topic on it is laid out as in a delivery, so that a delivery is made by one copy.
 */
final class Published {
    static final int QOS_MASK = 3;
    static final int RETAIN = 4;

    /** In a message for one session: another one may have had it. */
    static final int RETURNED = 8;

    /** Flags and expiry. */
    static final int FIXED_BYTES = Byte.BYTES + Long.BYTES;

    private static final int FIRST_NOT_ASCII = 0x80;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private DirectBuffer buffer;
    private int flags;
    private long expiresAtEpochMs;
    private int contentAt;
    private int end;

    /** Writes all but the payload; returns where that is to be put. */
    static int put(
            final MutableDirectBuffer target,
            final int offset,
            final int flags,
            final long expiresAtEpochMs,
            final String topic,
            final PublishOptions options) {
        target.putByte(offset, (byte) flags);
        target.putLong(offset + Byte.BYTES, expiresAtEpochMs, ORDER);
        int at = offset + FIXED_BYTES;
        final int topicBytes = putTopic(target, at + Short.BYTES, topic);
        target.putShort(at, (short) topicBytes, ORDER);
        at += Short.BYTES + topicBytes;
        target.putInt(at, options.headersBytes(), ORDER);
        at += Integer.BYTES;
        options.putHeaders(target, at);
        return at + options.headersBytes();
    }

    private static int putTopic(final MutableDirectBuffer target, final int offset, final String topic) {
        for (int i = 0; i < topic.length(); i++) {
            if (topic.charAt(i) >= FIRST_NOT_ASCII) {
                final byte[] bytes = topic.getBytes(StandardCharsets.UTF_8);
                target.putBytes(offset, bytes);
                return bytes.length;
            }
        }
        // Allocates nothing.
        return target.putStringWithoutLengthAscii(offset, topic);
    }

    /** Looks at a body that was written by {@link #put}. */
    Published wrap(final DirectBuffer newBuffer, final int offset, final int length) {
        buffer = newBuffer;
        flags = newBuffer.getByte(offset);
        expiresAtEpochMs = newBuffer.getLong(offset + Byte.BYTES, ORDER);
        contentAt = offset + FIXED_BYTES;
        end = offset + length;
        return this;
    }

    /** Whether a body may have been written by {@link #put}. */
    static boolean isOne(final DirectBuffer buffer, final int offset, final int length) {
        int left = length - FIXED_BYTES - Short.BYTES - Integer.BYTES;
        if (left < 0) {
            return false;
        }
        final int flags = buffer.getByte(offset);
        final int topicAt = offset + FIXED_BYTES + Short.BYTES;
        final int topicBytes = buffer.getShort(topicAt - Short.BYTES, ORDER) & 0xffff;
        left -= topicBytes;
        if (left < 0) {
            return false;
        }
        final int headersBytes = buffer.getInt(topicAt + topicBytes, ORDER);
        return (flags & ~(QOS_MASK | RETAIN)) == 0 && topicBytes > 0 && headersBytes >= 0 && headersBytes <= left;
    }

    /** Looks at the body that another view looks at. */
    Published wrap(final Published other) {
        return wrap(other.buffer, other.contentAt - FIXED_BYTES, other.end - other.contentAt + FIXED_BYTES);
    }

    /** Copies the body; returns its length. */
    int copyTo(final MutableDirectBuffer target) {
        final int length = end - contentAt + FIXED_BYTES;
        target.putBytes(0, buffer, contentAt - FIXED_BYTES, length);
        return length;
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

    boolean isReturned() {
        return (flags & RETURNED) != 0;
    }

    /** 0 for never. */
    long expiresAtEpochMs() {
        return expiresAtEpochMs;
    }

    boolean isExpired(final long nowMs) {
        return expiresAtEpochMs != 0 && expiresAtEpochMs <= nowMs;
    }

    int topicAt() {
        return contentAt + Short.BYTES;
    }

    int topicBytes() {
        return buffer.getShort(contentAt, ORDER) & 0xffff;
    }

    /** Topic, headers and payload. */
    int contentAt() {
        return contentAt;
    }

    int contentBytes() {
        return end - contentAt;
    }

    boolean isPayloadEmpty() {
        final int headersAt = topicAt() + topicBytes();
        return headersAt + Integer.BYTES + buffer.getInt(headersAt, ORDER) == end;
    }
}
