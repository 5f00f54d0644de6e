package io.sluicemq.transport.ipc;

/**
 * Errors that the JVM throws late: who touches mapped memory that is gone gets an {@link InternalError}, but from compiled code not before
 * the thread enters the JVM's runtime next, which may be in the middle of anything.
 */
final class LateErrors {
    private static final int TIMES = 3;

    @SuppressWarnings("unused") // What is stored is made.
    private static volatile Object made;

    private LateErrors() {}

    /** Enters the runtime, as no JVM makes an array of arrays without it: what this thread still has coming is thrown here, and is over. */
    static void settle() {
        for (int i = 0; i < TIMES; i++) {
            try {
                made = new byte[1][1];
            } catch (final InternalError e) {
                made = e;
            }
        }
        made = null;
    }
}
