package io.sluicemq.transport.ipc;

/**
 * What a {@link ShmReader} accepts.
 *
 * @param tag handed to the handler with each message: the id of the pipe.
 * @param maxMessages the writer's high-water mark, 0 for none: room is given back in parts of it.
 * @param maxMessageBytes most bytes in one message, over the bodies of all its frames; -1 for no limit.
 * @param maxFrames most frames in one message.
 */
record ReadLimits(int tag, int maxMessages, long maxMessageBytes, int maxFrames) {
    ReadLimits {
        if (maxMessageBytes < -1) {
            throw new IllegalArgumentException(
                    "maxMessageBytes=" + maxMessageBytes + ", limit=-1, use -1 for no limit of your own");
        }
        if (maxFrames < 1) {
            throw new IllegalArgumentException("maxFrames=" + maxFrames + ", limit=1, allow at least one frame");
        }
    }
}
