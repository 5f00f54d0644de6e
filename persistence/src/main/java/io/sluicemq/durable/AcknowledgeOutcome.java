package io.sluicemq.durable;

/** What became of an acknowledgement. */
public enum AcknowledgeOutcome {
    /** It is durable at the level of the subscriber: the message will not be handed over again. */
    DURABLE,
    /** No such message waits for one: it was never handed over, or is acknowledged. Nothing was written. */
    UNKNOWN,
    /** The disk of the inbox is full. Nothing was written; try again when there is room. */
    FULL,
    /** The time was over. It may become durable still. */
    TIMED_OUT,
    /** The subscriber closed first. It may be durable; the message comes again if it is not. */
    CLOSED
}
