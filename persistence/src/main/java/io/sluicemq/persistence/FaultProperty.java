package io.sluicemq.persistence;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A system property by which a test lets this process die at a place that it names, as if by {@code kill -9}:
 * {@code -Dproperty=POINT:N} halts the JVM when it passes the point for the Nth time, with exit code {@link #EXIT_CODE}. Who has such
 * places keeps {@link #names} of each as a static constant, so that without the property the compiler leaves nothing of them. Any
 * thread.
 */
public final class FaultProperty {
    /** Of a JVM that was halted here, to be told from others. */
    public static final int EXIT_CODE = 86;

    private final String point;
    private final AtomicInteger left;

    /**
     * Reads the property, once.
     *
     * @param property its name.
     */
    public FaultProperty(final String property) {
        final String given = System.getProperty(property, "");
        final int colon = given.lastIndexOf(':');
        point = colon < 0 ? given : given.substring(0, colon);
        left = new AtomicInteger(colon < 0 ? 1 : Integer.parseInt(given.substring(colon + 1)));
    }

    /**
     * Whether the process is to die at a point.
     *
     * @param name of the point.
     * @return whether the property names it.
     */
    public boolean names(final String name) {
        return point.equals(name);
    }

    /** Called at the point that the property names, each time. */
    public void pass() {
        if (left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
