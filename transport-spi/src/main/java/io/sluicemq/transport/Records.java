package io.sluicemq.transport;

import io.sluicemq.wire.FrameHeader;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * How a message and the frames that a socket type puts before it become the bytes of one record. For whoever writes records into
 * a ring of its own. Static functions without state; any thread.
 */
public final class Records {
    private Records() {}

    /**
     * How the message lies in its record.
     *
     * @param prefix frames with headers that go before the message; null for none.
     * @param kind of the message itself, one of {@link MessageKind}.
     * @return one of {@link MessageKind}.
     */
    public static int kind(final DirectBuffer prefix, final int kind) {
        return prefix == null ? kind : MessageKind.FRAMES;
    }

    /**
     * How long the record is, without a header of its own.
     *
     * @param prefix frames with headers that go before the message; null for none. Its whole capacity is taken.
     * @param kind of the message itself, one of {@link MessageKind}.
     * @param bodyLength of the message itself, in bytes.
     * @return bytes; more than an int holds if the message is too large for any record.
     */
    public static long length(final DirectBuffer prefix, final int kind, final int bodyLength) {
        if (prefix == null) {
            return bodyLength;
        }
        final int header = kind == MessageKind.SINGLE ? FrameHeader.encodedLength(bodyLength) : 0;
        return (long) prefix.capacity() + header + bodyLength;
    }

    /**
     * Writes what stands before the body: the prefix, and the frame header that a bare body needs behind one.
     *
     * @param target to write to; must have room for {@link #length}.
     * @param index at which the record starts, in bytes.
     * @param prefix frames with headers that go before the message; null for none.
     * @param kind of the message itself, one of {@link MessageKind}.
     * @param bodyLength of the message itself, in bytes.
     * @return where the body goes.
     */
    public static int putHead(
            final MutableDirectBuffer target,
            final int index,
            final DirectBuffer prefix,
            final int kind,
            final int bodyLength) {
        if (prefix == null) {
            return index;
        }
        target.putBytes(index, prefix, 0, prefix.capacity());
        final int at = index + prefix.capacity();
        return kind == MessageKind.SINGLE ? at + FrameHeader.put(target, at, 0, bodyLength) : at;
    }
}
