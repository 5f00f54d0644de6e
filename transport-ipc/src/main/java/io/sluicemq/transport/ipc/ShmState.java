package io.sluicemq.transport.ipc;

/** How far a {@link ShmConnection} is, from its first byte to its end. */
enum ShmState {
    /** Both say who they are. */
    HANDSHAKE,

    /** Both map the same memory. */
    JOINING,

    /** Messages flow. */
    OPEN,

    /** This side has ended, and waits for the peer to end too. */
    FINISHING,

    /** The peer has ended first, and is to say that it answers for what it has not taken. */
    LEAVING,

    /** The peer gets a moment to read why it is refused. */
    REFUSING,

    /** Over. */
    CLOSED
}
