package io.sluicemq.cli;

import java.io.PrintWriter;

/** One live line on a terminal; nothing elsewhere. For one thread. */
final class Progress {
    private static final long PERIOD_NS = 100_000_000;
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private long shownNs = System.nanoTime() - PERIOD_NS;
    private boolean shown;

    Progress(final PrintWriter err, final boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    void show(final String what, final long done, final long total) {
        if (!terminal || System.nanoTime() - shownNs < PERIOD_NS) {
            return;
        }
        shownNs = System.nanoTime();
        shown = true;
        err.print(ERASE + what + "  " + 100 * done / Math.max(1, total) + " %");
        err.flush();
    }

    /** Takes the line away, so that other text can be printed. */
    void clear() {
        if (shown) {
            shown = false;
            err.print(ERASE);
            err.flush();
        }
    }
}
