package io.sluicemq.core;

/** Where the messages of a ring go that the I/O agent drains: to a pipe's connection, or to the pipes of a publisher. Agent only. */
interface Departures {
    /** Takes messages out of the ring, a turn's worth; returns how many. */
    int drain();

    /** Whether draining is useless for now. */
    boolean isBlocked();

    /** The agent took the ring off its list, armed as it is: who ends the blockade puts it back. */
    void park();

    /** Whether {@link #finish()} is to be called after each drain. */
    boolean isFinishing();

    /** Goes on with the end, if nothing waits in the ring any more. */
    void finish();
}
