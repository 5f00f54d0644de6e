package io.sluicemq.transport;

/** A bound socket, as a listener sees it. Agent thread. */
@FunctionalInterface
public interface PipeAcceptor {
    /**
     * Makes the socket's end for a peer that has come but not yet shaken hands. It must hold next to nothing until {@link
     * PipeEnd#onOpen}, since strangers may come in any number.
     *
     * @param remoteAddress of the peer, for messages to people.
     * @return the end, or null to turn the peer away.
     */
    PipeEnd accept(String remoteAddress);

    /**
     * Whether peers may be served before it is known that they are there, and not a recording of an earlier one that somebody sends again: what
     * such a one subscribes to, and what it is sent, does no harm. For media that can begin in this way.
     *
     * @return false for a socket whose messages go to one of its peers, or which waits for each of them.
     */
    default boolean takesEarly() {
        return false;
    }

    /**
     * Whether messages of such peers are taken too, where the peer says that each may be delivered twice. What answers them may go to nobody.
     *
     * @return false for a socket for which who sent a message matters, or that anything came at all. True only beside {@link #takesEarly()}.
     */
    default boolean takesEarlyMessages() {
        return false;
    }

    /**
     * Looks up the options of one transport, for the listener itself. Those of a pipe are in {@link PipeEnd#options()}.
     *
     * @param type of the options.
     * @param defaults returned when the socket has none.
     * @param <T> type of the options.
     * @return the socket's options for the transport.
     */
    default <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
        return defaults;
    }
}
