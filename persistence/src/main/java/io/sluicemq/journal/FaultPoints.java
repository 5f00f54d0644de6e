package io.sluicemq.journal;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Places at which a test lets this process die, as if by {@code kill -9}: {@code -Dsluicemq.journal.halt=POINT:N} halts the JVM
 * when it passes the point for the Nth time, with exit code {@link #EXIT_CODE}. Points are static constants, so that without the
 * property the compiler leaves nothing of them on the way of a record. Any thread.
 */
final class FaultPoints {
    /** Names the point and the number of its passings. */
    static final String PROPERTY = "sluicemq.journal.halt";

    /** Of a JVM that was halted here, to be told from others. */
    static final int EXIT_CODE = 86;

    private static final String NAME;
    private static final AtomicInteger LEFT;

    static {
        final String given = System.getProperty(PROPERTY, "");
        final int colon = given.lastIndexOf(':');
        NAME = colon < 0 ? given : given.substring(0, colon);
        LEFT = new AtomicInteger(colon < 0 ? 1 : Integer.parseInt(given.substring(colon + 1)));
    }

    /** The excerpt is not begun. */
    static final boolean BEFORE_APPEND = "before-append".equals(NAME);

    /** The excerpt is begun, and not there: the process dies with Chronicle's lock held. */
    static final boolean IN_APPEND = "in-append".equals(NAME);

    /** The excerpt is there, and nothing was forced. */
    static final boolean AFTER_APPEND = "after-append".equals(NAME);

    /** All is forced, and nobody was told. */
    static final boolean AFTER_SYNC = "after-sync".equals(NAME);

    /** The old segment is full, the next one made, and nothing written to it. */
    static final boolean BEFORE_ROLL = "before-roll".equals(NAME);

    /** The new segment has its header; the old one is not forced. */
    static final boolean AFTER_ROLL = "after-roll".equals(NAME);

    /** Helper: the file of the next segment is half filled. */
    static final boolean IN_MAKE = "in-make".equals(NAME);

    /** Helper: the file of the next segment is there. */
    static final boolean AFTER_MAKE = "after-make".equals(NAME);

    /** Between two excerpts of a checkpoint. */
    static final boolean IN_CHECKPOINT = "in-checkpoint".equals(NAME);

    /** A segment may go, and is there. */
    static final boolean BEFORE_DELETE = "before-delete".equals(NAME);

    /** Recovery has decided, and the fresh segment does not say so yet. */
    static final boolean IN_RECOVERY = "in-recovery".equals(NAME);

    private FaultPoints() {}

    /** Called at the point that the property names, each time. */
    static void pass() {
        if (LEFT.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
