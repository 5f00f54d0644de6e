package io.sluicemq.transport.ipc;

import io.sluicemq.wire.FrameHeader;
import org.agrona.DirectBuffer;

/**
 * Whether bytes that came from another process are the frames of one message as in {@link
 * io.sluicemq.transport.MessageKind#FRAMES}, within the limits. The bytes must be private to this process by then. Without state.
 */
final class FrameCheck {
    private FrameCheck() {}

    /**
     * Walks over the headers once.
     *
     * @return what is wrong; null if nothing is.
     */
    static ReadFault fault(
            final DirectBuffer buffer, final int length, final int maxFrames, final long maxMessageBytes) {
        long at = 0;
        long messageBytes = 0;
        int frames = 0;
        boolean more = true;
        while (more) {
            if (at + FrameHeader.SHORT_LENGTH > length) {
                return ReadFault.damaged("frameAt=" + at + ", limit=" + (length - FrameHeader.SHORT_LENGTH));
            }
            final int flags = FrameHeader.flags(buffer, (int) at);
            if ((flags & ~(FrameHeader.MORE | FrameHeader.LONG)) != 0) {
                return ReadFault.damaged("frameFlags=" + flags + ", limit=MORE and LONG");
            }
            final int headerBytes = FrameHeader.length(flags);
            if (at + headerBytes > length) {
                return ReadFault.damaged("frameAt=" + at + ", limit=" + (length - headerBytes));
            }
            final long bodyBytes = FrameHeader.bodyLength(buffer, (int) at);
            if (bodyBytes < 0 || bodyBytes > length - at - headerBytes) {
                return ReadFault.damaged("frameBytes=" + bodyBytes + ", limit=" + (length - at - headerBytes));
            }
            frames++;
            if (frames > maxFrames) {
                return ReadFault.tooLarge("frames=" + frames + ", limit=" + maxFrames);
            }
            messageBytes += bodyBytes;
            at += headerBytes + bodyBytes;
            more = FrameHeader.isMore(flags);
        }
        if (at != length) {
            return ReadFault.damaged("messageEnd=" + at + ", limit=" + length);
        }
        return maxMessageBytes >= 0 && messageBytes > maxMessageBytes
                ? ReadFault.tooLarge("messageBytes=" + messageBytes + ", limit=" + maxMessageBytes)
                : null;
    }
}
