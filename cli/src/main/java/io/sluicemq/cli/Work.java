package io.sluicemq.cli;

import java.io.IOException;

/** Something a command does. */
interface Work {
    /** Returns the exit code. */
    int run() throws InterruptedException, IOException;
}
