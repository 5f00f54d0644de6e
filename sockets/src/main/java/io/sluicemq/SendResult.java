package io.sluicemq;

/** What became of a message that was sent. Everything expected is a value here; only misuse is an exception. */
public enum SendResult {
    /** The message was taken: it is queued for a peer. Not that the peer has it. A PUB socket always says this. */
    SENT,
    /** Every peer that could take it was at its high-water mark for the whole of the timeout. */
    BACK_PRESSURED,
    /** There was no peer to take it for the whole of the timeout. */
    NOT_CONNECTED,
    /** A ROUTER with {@link RouterOptions#mandatory()} knows no peer of that routing id. */
    UNROUTABLE,
    /** The socket is closed. */
    CLOSED
}
