package io.sluicemq.durable;

/** What became of a subscription, or of the end of one. */
public enum SubscribeOutcome {
    /** Every host has it, durably. */
    GRANTED,
    /** A host refused it; the others have it. */
    REFUSED,
    /** The time was over, or there is no host: it is durable here, and each host gets it when it is there. */
    PENDING,
    /** The subscriber is closed. */
    CLOSED
}
