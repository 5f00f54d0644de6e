package io.sluicemq.transport;

/** Why messages that a medium had taken are not delivered, as {@link PipeEnd#onDropped} is told. */
public enum Dropped {
    /** Receiver: a newer message took their place, as the socket conflates. */
    CONFLATED,
    /** Nobody can say whether they arrived. */
    UNKNOWN,
    /** Sender: they did not arrive, as the peer says. */
    NOT_ARRIVED,
    /** Receiver: they were sent, and never came, or came behind newer ones that must not be followed by older. */
    LOST,
    /** Receiver: they came, there was no room, and the medium cannot let them wait. */
    NO_ROOM
}
