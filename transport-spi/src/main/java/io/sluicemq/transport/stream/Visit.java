package io.sluicemq.transport.stream;

import java.util.function.LongSupplier;

/**
 * The time from a connection that was accepted to its first byte. Who leaves in the first moments of it only looked whether anybody
 * listens; who leaves later waited for something, and that is worth telling. Agent thread.
 */
public final class Visit {
    /** For people. */
    public static final String TEXT = "left before its first byte: it only looked whether anybody listens";

    /** Long for a process that connects and leaves, also on a machine with too much to do. */
    private static final long SHORT_NS = 1_000_000_000L;

    private final LongSupplier nowNs;
    private final long startNs;

    /**
     * Starts now.
     *
     * @param nowNs the clock of the agent.
     */
    public Visit(final LongSupplier nowNs) {
        this.nowNs = nowNs;
        this.startNs = nowNs.getAsLong();
    }

    /**
     * Whether one who leaves now, and has said nothing, only looked.
     *
     * @return true in the first second.
     */
    public boolean isShort() {
        return nowNs.getAsLong() - startNs < SHORT_NS;
    }
}
