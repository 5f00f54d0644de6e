package io.sluicemq.transport.ipc;

import io.sluicemq.wire.FrameHeader;
import org.agrona.DirectBuffer;

/**
 * Whether bytes that came from another process are the frames of one message as in {@link
 * io.sluicemq.transport.MessageKind#FRAMES}, within the limits. The bytes must be private to this process by then. Without state.
 */
final class FrameCheck {
    static final String DAMAGED = ", the writing process damaged the ring: connect again";
    static final String TOO_MUCH = ", raise it if such messages are expected";

    private FrameCheck() {}

    /**
     * Walks over the headers once.
     *
     * @return what is wrong, as {@code name=value, limit=value, remedy}; null if nothing is.
     */
    static String fault(final DirectBuffer buffer, final int length, final int maxFrames, final long maxMessageBytes) {
        long at = 0;
        long messageBytes = 0;
        int frames = 0;
        boolean more = true;
        while (more) {
            if (at + FrameHeader.SHORT_LENGTH > length) {
                return "frameAt=" + at + ", limit=" + (length - FrameHeader.SHORT_LENGTH) + DAMAGED;
            }
            final int flags = FrameHeader.flags(buffer, (int) at);
            if ((flags & ~(FrameHeader.MORE | FrameHeader.LONG)) != 0) {
                return "frameFlags=" + flags + ", limit=MORE and LONG" + DAMAGED;
            }
            final int headerBytes = FrameHeader.length(flags);
            if (at + headerBytes > length) {
                return "frameAt=" + at + ", limit=" + (length - headerBytes) + DAMAGED;
            }
            final long bodyBytes = FrameHeader.bodyLength(buffer, (int) at);
            if (bodyBytes < 0 || bodyBytes > length - at - headerBytes) {
                return "frameBytes=" + bodyBytes + ", limit=" + (length - at - headerBytes) + DAMAGED;
            }
            frames++;
            if (frames > maxFrames) {
                return "frames=" + frames + ", limit=" + maxFrames + TOO_MUCH;
            }
            messageBytes += bodyBytes;
            at += headerBytes + bodyBytes;
            more = FrameHeader.isMore(flags);
        }
        if (at != length) {
            return "messageEnd=" + at + ", limit=" + length + DAMAGED;
        }
        return maxMessageBytes >= 0 && messageBytes > maxMessageBytes
                ? "messageBytes=" + messageBytes + ", limit=" + maxMessageBytes + TOO_MUCH
                : null;
    }
}
