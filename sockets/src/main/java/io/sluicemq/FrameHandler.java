package io.sluicemq;

import org.agrona.DirectBuffer;

/** Takes the frames of received messages where they lie, without a copy. Called by the thread that receives. */
@FunctionalInterface
public interface FrameHandler {
    /**
     * Takes one frame. All frames of a message come in one go, with no other message between them. An exception ends the
     * receive call; its message counts as received. A handler may send with the try calls, but must not make a call
     * that waits: one that would have to is refused, so it may go well until a queue is full.
     *
     * @param buffer holds the frame; valid during the call only, and not to be written to.
     * @param offset of the frame's body, in bytes.
     * @param length of the frame's body, in bytes.
     * @param more whether another frame of the same message follows.
     */
    void onFrame(DirectBuffer buffer, int offset, int length, boolean more);
}
