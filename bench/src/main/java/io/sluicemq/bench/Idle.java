package io.sluicemq.bench;

/** What a loop of a program does that finds nothing to do. */
enum Idle {
    /** Waits in the blocking call of the library. */
    BLOCK,
    /** Gives the processor to other threads. */
    YIELD,
    /** Keeps the processor. */
    SPIN;

    @SuppressWarnings("ThreadPriorityCheck") // yielding is what is asked for
    void idle() {
        if (this == SPIN) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
