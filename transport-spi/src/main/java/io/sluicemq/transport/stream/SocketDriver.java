package io.sluicemq.transport.stream;

import io.sluicemq.transport.TransportDriver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;

/**
 * What the drivers over sockets of the JDK have in common: they know what listens and what is being connected, and close it before
 * the connections. Agent thread.
 */
public abstract class SocketDriver implements TransportDriver {
    private final Set<BoundEndpoint> listeners = new HashSet<>();
    private final Set<Dialing> attempts = new HashSet<>();

    /** For subclasses. */
    protected SocketDriver() {
        // Nothing is open.
    }

    /**
     * Closes a listener with the driver, unless it was removed.
     *
     * @param listener at work.
     */
    protected final void add(final BoundEndpoint listener) {
        listeners.add(listener);
    }

    /**
     * Closes an attempt with the driver, unless it was removed. Before the attempt begins, as it may fail at once.
     *
     * @param attempt to connect.
     */
    protected final void add(final Dialing attempt) {
        attempts.add(attempt);
    }

    /**
     * The listener is closed.
     *
     * @param listener that was added.
     */
    public final void remove(final BoundEndpoint listener) {
        listeners.remove(listener);
    }

    /**
     * The attempt has failed, or is a connection now.
     *
     * @param attempt that was added.
     */
    public final void remove(final Dialing attempt) {
        attempts.remove(attempt);
    }

    @Override
    public final void close() {
        // Copies: each removes itself.
        new ArrayList<>(listeners).forEach(BoundEndpoint::close);
        new ArrayList<>(attempts).forEach(Dialing::close);
        closeConnections();
    }

    /** Aborts what is connected, and frees everything. */
    protected abstract void closeConnections();
}
