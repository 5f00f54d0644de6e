package io.sluicemq.transport;

import io.sluicemq.wire.FrameHeader;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** How a message and the frames that a socket type puts before it become the bytes of one record. */
final class Records {
    private Records() {}

    static int kind(final DirectBuffer prefix, final int kind) {
        return prefix == null ? kind : MessageKind.FRAMES;
    }

    static long length(final DirectBuffer prefix, final int kind, final int bodyLength) {
        if (prefix == null) {
            return bodyLength;
        }
        final int header = kind == MessageKind.SINGLE ? FrameHeader.encodedLength(bodyLength) : 0;
        return (long) prefix.capacity() + header + bodyLength;
    }

    /**
     * Writes what stands before the body: the prefix, and the frame header that a bare body needs behind one.
     *
     * @return where the body goes.
     */
    static int putHead(
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
