package io.sluicemq.transport;

import java.io.IOException;

/** One transport at work in one I/O agent. Every method is called on that agent's thread, and none may block. */
public interface TransportDriver extends AutoCloseable {
    /**
     * Binds, and from then on accepts peers.
     *
     * @param local where to listen; wildcards and port 0 are allowed where the medium has them.
     * @param acceptor makes the socket's end of each pipe.
     * @return the bound listener with its resolved endpoint.
     * @throws IOException when the address cannot be bound; the text names the endpoint.
     * @throws IllegalArgumentException when the endpoint does not fit the medium's grammar.
     */
    BoundEndpoint listen(Endpoint local, PipeAcceptor acceptor) throws IOException;

    /**
     * Makes one attempt to connect. The outcome goes to {@link PipeEnd#onOpen} or {@link PipeEnd#onClosed}, perhaps before
     * this returns; trying again is the caller's business.
     *
     * @param remote whom to connect to.
     * @param end the socket's end of the pipe, which may have been dialed before.
     * @return a handle that abandons the attempt or aborts the connection that came of it; closing it twice does nothing.
     * @throws IllegalArgumentException when the endpoint does not fit the medium's grammar.
     */
    Dialing dial(Endpoint remote, PipeEnd end);

    /**
     * Checks an endpoint without touching the network.
     *
     * @param endpoint to be listened on or dialed.
     * @throws IllegalArgumentException when it does not fit the medium's grammar; the text shows the grammar.
     */
    void validate(Endpoint endpoint);

    /**
     * Does work that does not come as a selector event. Never blocks.
     *
     * @param nowNs the agent's time, as of {@link System#nanoTime()}.
     * @return amount of work done, 0 when idle.
     */
    int poll(long nowNs);

    /**
     * Whether {@link #poll} looks by itself where input most likely comes from, so that the selector may be asked in some of
     * the turns only, which saves a system call.
     *
     * @return false to have the selector asked in each turn.
     */
    default boolean isPolling() {
        return false;
    }

    /** The agent is to sleep in its selector: whatever {@link #poll} would find must wake it. Agent thread. */
    default void awaitEvents() {
        // What comes wakes it anyway.
    }

    /** Aborts what is still open and frees everything; each open pipe is told by {@link PipeEnd#onClosed}. */
    @Override
    void close();

    /** A listener at work. */
    interface BoundEndpoint extends AutoCloseable {
        /**
         * Where peers can connect: wildcards replaced by what was bound.
         *
         * @return the resolved endpoint.
         */
        Endpoint endpoint();

        /** Stops accepting; pipes accepted before live on. Agent thread; twice does nothing. */
        @Override
        void close();
    }

    /** An attempt to connect. */
    interface Dialing extends AutoCloseable {
        /** Abandons the attempt, or aborts its connection. Agent thread; twice does nothing. */
        @Override
        void close();
    }
}
