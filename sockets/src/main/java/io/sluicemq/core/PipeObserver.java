package io.sluicemq.core;

import io.sluicemq.transport.Carrier;
import org.agrona.DirectBuffer;

/** What a socket type wants to know of its pipes. Called on the socket's I/O agent, except for subscriptions. */
interface PipeObserver {
    /** The socket is being made; called once, before anything else. */
    default void attach(final SocketCore socket) {}

    /** Whether the agent offers messages of its own to outlets, so that no application thread is their single producer. */
    default boolean offersOnAgent() {
        return false;
    }

    /** As {@link io.sluicemq.transport.PipeAcceptor#takesEarly}. */
    default boolean takesEarly() {
        return false;
    }

    /** As {@link io.sluicemq.transport.PipeAcceptor#takesEarlyMessages}. */
    default boolean takesEarlyMessages() {
        return false;
    }

    /** As {@link io.sluicemq.transport.PipeEnd#mayLose}. */
    default boolean mayLose() {
        return false;
    }

    /** As {@link io.sluicemq.transport.PipeEnd#mayRepeat}. */
    default boolean mayRepeat() {
        return false;
    }

    /** A pipe was made for a peer that is being connected to. */
    default void onConnecting(final Pipe pipe) {}

    /** Subscriptions can go to a peer that is being connected to; as {@link io.sluicemq.transport.PipeEnd#onEarly}. */
    default void onEarly(final Pipe pipe, final Carrier carrier) {}

    /**
     * The peer is there.
     *
     * @return why this peer cannot be served, or null. A refused pipe is closed.
     */
    default String onOpened(final Pipe pipe) {
        return null;
    }

    /** The peer is gone; a dialed pipe may come back. */
    default void onLost(final Pipe pipe) {}

    /** The pipe is gone for good. */
    default void onClosed(final Pipe pipe) {}

    /** A pipe is about to be ended in order: what was sent to it is to be in its outlet. */
    default void onFinishing(final Pipe pipe) {}

    /** The outlet of a pipe was full, and somebody asked for room; on the thread that reads it. */
    default void onRoom(final Pipe pipe) {}

    /** A look once a second, for what a single producer's wake-up may have missed. */
    default void onGauge() {}

    /** The socket closes and sends no more: calls back, at once or later, when all that was sent is in outlets. */
    default void onClosing(final Runnable whenHandedOver) {
        whenHandedOver.run();
    }

    /**
     * The time for that is over.
     *
     * @return messages that are not in any outlet, and go nowhere.
     */
    default long onLingerExpired() {
        return 0;
    }

    /**
     * The peer subscribes or cancels. On the I/O agent, or on the subscriber's thread for a peer in this process.
     *
     * @return false to be asked again later.
     */
    default boolean onSubscription(
            final Pipe pipe, final boolean subscribe, final DirectBuffer buffer, final int offset, final int length) {
        return true;
    }
}
