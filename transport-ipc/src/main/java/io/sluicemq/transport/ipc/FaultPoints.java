package io.sluicemq.transport.ipc;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Places at which a test lets this process die, as if by {@code kill -9}: {@code -Dsluicemq.shm.halt=POINT:N} halts the JVM
 * when it passes the point for the Nth time, with exit code {@link #EXIT_CODE}. Points are static constants, so that without the
 * property the compiler leaves nothing of them on the way of a message. Any thread.
 */
final class FaultPoints {
    /** Names the point and the number of its passings. */
    static final String PROPERTY = "sluicemq.shm.halt";

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

    /** Writer, with the lock and room for the record, and nothing written yet: the message does not exist. */
    static final boolean BEFORE_CLAIM = "before-claim".equals(NAME);

    /** Writer: the message is counted as claimed, its record is empty. */
    static final boolean AFTER_CLAIM = "after-claim".equals(NAME);

    /** Writer: half of the body, or of this fragment of it, is copied. */
    static final boolean IN_COPY = "in-copy".equals(NAME);

    /** Writer: all is there but the header of the record. */
    static final boolean BEFORE_COMMIT = "before-commit".equals(NAME);

    /** Writer: the message is there, and the reader was not woken. */
    static final boolean AFTER_COMMIT = "after-commit".equals(NAME);

    /** Writer: a fragment of a large message that is not its last is there. */
    static final boolean LARGE_BETWEEN_FRAGMENTS = "large-between-fragments".equals(NAME);

    /** Reader: a record of a message was found, and the handler not called yet. */
    static final boolean BEFORE_HANDLER = "before-handler".equals(NAME);

    /** Reader: the handler has accepted a message, which still counts as waiting in the ring. */
    static final boolean AFTER_HANDLER = "after-handler".equals(NAME);

    /** Reader: is about to give the room of some messages back, all of which were handed over. */
    static final boolean BEFORE_RELEASE = "before-release".equals(NAME);

    /** Reader: has given room back, and not woken a writer that waits for it. */
    static final boolean AFTER_RELEASE = "after-release".equals(NAME);

    private FaultPoints() {}

    /** Called at the point that the property names, each time. */
    static void pass() {
        if (LEFT.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
