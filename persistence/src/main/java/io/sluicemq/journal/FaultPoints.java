package io.sluicemq.journal;

import io.sluicemq.persistence.FaultProperty;

/**
 * Places at which a test lets this process die: {@code -Dsluicemq.journal.halt=POINT:N}, see {@link FaultProperty}. Any thread.
 */
final class FaultPoints {
    /** Names the point and the number of its passings. */
    static final String PROPERTY = "sluicemq.journal.halt";

    private static final FaultProperty HALT = new FaultProperty(PROPERTY);

    /** The excerpt is not begun. */
    static final boolean BEFORE_APPEND = HALT.names("before-append");

    /** The excerpt is begun, and not there: the process dies with Chronicle's lock held. */
    static final boolean IN_APPEND = HALT.names("in-append");

    /** The excerpt is there, and nothing was forced. */
    static final boolean AFTER_APPEND = HALT.names("after-append");

    /** All is forced, and nobody was told. */
    static final boolean AFTER_SYNC = HALT.names("after-sync");

    /** The old segment is full, the next one made, and nothing written to it. */
    static final boolean BEFORE_ROLL = HALT.names("before-roll");

    /** The new segment has its header; the old one is not forced. */
    static final boolean AFTER_ROLL = HALT.names("after-roll");

    /** Helper: the file of the next segment is half filled. */
    static final boolean IN_MAKE = HALT.names("in-make");

    /** Helper: the file of the next segment is there. */
    static final boolean AFTER_MAKE = HALT.names("after-make");

    /** Between two excerpts of a checkpoint. */
    static final boolean IN_CHECKPOINT = HALT.names("in-checkpoint");

    /** A segment may go, and is there. */
    static final boolean BEFORE_DELETE = HALT.names("before-delete");

    /** Recovery has decided, and the fresh segment does not say so yet. */
    static final boolean IN_RECOVERY = HALT.names("in-recovery");

    private FaultPoints() {}

    /** Called at the point that the property names, each time. */
    static void pass() {
        HALT.pass();
    }
}
