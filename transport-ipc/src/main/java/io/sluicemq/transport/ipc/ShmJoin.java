package io.sluicemq.transport.ipc;

/** How the two ends of a connection come by the same memory: one makes a file, the other opens it. Agent. */
interface ShmJoin {
    /** Whether this is the end that was bound, and makes the file. */
    boolean isListening();

    /** The handshake is done. */
    void begin(ShmConnection connection);

    /** {@link ControlFrame#RING} or {@link ControlFrame#JOINED} has come. */
    void onFrame(int type, byte[] body);

    /** The connection is over; a file that was made and not joined is removed. After the join this does nothing. */
    void abandon();
}
