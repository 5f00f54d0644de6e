package io.sluicemq.durable;

/** What became of a message that was to be published. */
public enum PublishOutcome {
    /** It was taken, and is as durable as the result says. */
    PUBLISHED,

    /** The publisher's ring stayed full for the whole time: nothing was published. */
    BACK_PRESSURED,

    /** The journal is full, or the retained messages are: nothing was published. It may be tried again. */
    FULL,

    /** The time was over after the message was taken: it will be published, or the publisher closes before. */
    UNKNOWN,

    /** The publisher is closed. */
    CLOSED,

    /** The disk failed: the message may be in the journal, or not. The publisher is to be closed and opened again. */
    FAILED
}
