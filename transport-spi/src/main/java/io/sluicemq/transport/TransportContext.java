package io.sluicemq.transport;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.Executor;

/** What an I/O agent offers to the drivers in it: its selector, clock, timers and memory. Agent thread, unless said. */
public interface TransportContext {
    /**
     * Registers a channel with the agent's selector, or gives a registered one another handler and interest.
     *
     * @param channel in non-blocking mode.
     * @param interestOps as in {@link SelectionKey}.
     * @param handler called on the agent when the channel is ready.
     * @return the key, to change the interest or to cancel.
     * @throws IOException when the channel is closed.
     */
    SelectionKey register(SelectableChannel channel, int interestOps, ReadyHandler handler) throws IOException;

    /**
     * The time of this turn of the agent.
     *
     * @return as {@link System#nanoTime()}, read once a turn.
     */
    long nowNs();

    /**
     * Has a task run on the agent at a time, or soon after. A task cannot be cancelled: it checks whether it still applies.
     *
     * @param deadlineNs as {@link System#nanoTime()}.
     * @param task must not block.
     */
    void schedule(long deadlineNs, Runnable task);

    /**
     * Runs tasks on the agent. Any thread.
     *
     * @return an executor that wakes the agent.
     */
    Executor agent();

    /**
     * Runs what may block, such as the resolution of a name. Any thread.
     *
     * @return an executor whose threads are not the agent's.
     */
    Executor blocking();

    /**
     * Runs the handshakes of an encrypted medium: long arithmetic, and the reading of keys. Apart from {@link #blocking()}, so
     * that neither many handshakes nor names that take long to resolve hold up the other. Any thread.
     *
     * @return an executor whose threads are not the agent's.
     */
    Executor handshakes();

    /**
     * Buffers for messages larger than a record. Any thread.
     *
     * @return the context's pool.
     */
    BufferPool buffers();

    /** Called on the agent when a registered channel is ready. */
    @FunctionalInterface
    interface ReadyHandler {
        /**
         * The channel is ready for what its interest names.
         *
         * @param key with the ready set.
         */
        void onReady(SelectionKey key);
    }
}
