package io.sluicemq.core;

import io.sluicemq.FrameHandler;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import org.agrona.DirectBuffer;

/** Walks the frames of a message in a record, as {@link MessageKind} lays them out. */
final class Frames {
    private Frames() {}

    /** Of a record, or as it was offered. */
    static boolean isSingle(final int kind) {
        return (kind & MessageKind.MASK) == MessageKind.SINGLE;
    }

    static void forEach(
            final int kind, final DirectBuffer buffer, final int offset, final int length, final FrameHandler handler) {
        if (handler instanceof Content content) {
            content.onMessage(kind, buffer, offset, length);
            return;
        }
        if (kind == MessageKind.SINGLE) {
            handler.onFrame(buffer, offset, length, false);
            return;
        }
        final int end = offset + length;
        int at = offset;
        while (at < end) {
            final int flags = FrameHeader.flags(buffer, at);
            final int size = (int) FrameHeader.bodyLength(buffer, at);
            at += FrameHeader.length(flags);
            handler.onFrame(buffer, at, size, FrameHeader.isMore(flags));
            at += size;
        }
    }

    /** Whether a message of an XSUB, or to an XPUB's application, is a subscription: {@code 01 prefix} or {@code 00 prefix}. */
    static boolean isSubscription(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return isSingle(kind) && length > 0 && (buffer.getByte(offset) & ~1) == 0;
    }

    /** Where the body of the first frame starts. */
    static int firstBody(final int kind, final DirectBuffer buffer, final int offset) {
        return isSingle(kind) ? offset : offset + FrameHeader.length(FrameHeader.flags(buffer, offset));
    }

    /** Bytes in the body of the first frame. */
    static int firstLength(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return isSingle(kind) ? length : (int) FrameHeader.bodyLength(buffer, offset);
    }

    /** Where the frame behind the one at {@code at} starts; only in a record of kind FRAMES. */
    static int after(final DirectBuffer buffer, final int at) {
        return at + FrameHeader.length(FrameHeader.flags(buffer, at)) + (int) FrameHeader.bodyLength(buffer, at);
    }

    static boolean hasMore(final DirectBuffer buffer, final int at) {
        return FrameHeader.isMore(FrameHeader.flags(buffer, at));
    }

    static int bodyLength(final DirectBuffer buffer, final int at) {
        return (int) FrameHeader.bodyLength(buffer, at);
    }

    /** Body of the frame whose header is at {@code at}. */
    static int body(final DirectBuffer buffer, final int at) {
        return at + FrameHeader.length(FrameHeader.flags(buffer, at));
    }
}
