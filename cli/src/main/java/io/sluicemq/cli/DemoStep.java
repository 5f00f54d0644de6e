package io.sluicemq.cli;

import java.io.IOException;

/** One thing that the demo shows. */
interface DemoStep {
    /** What it shows, in a few words. */
    String title();

    /**
     * Does it, and checks what arrived.
     *
     * @return what happened, in one sentence.
     * @throws CliException when something does not hold.
     */
    String run(DemoRun run) throws InterruptedException, IOException;
}
