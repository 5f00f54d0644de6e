package io.sluicemq.transport;

/** The producers' side of a {@link MessageRing}. Called by the thread that polls it; only leaves a mark and wakes threads. */
@FunctionalInterface
public interface RingOwner {
    /** A ring whose producers asked by {@link MessageRing#requestSpace()} has room again. */
    void onSpace();

    /**
     * Messages of a conflating ring were replaced by newer ones before they were taken.
     *
     * @param messages how many.
     */
    default void onConflated(final long messages) {}
}
