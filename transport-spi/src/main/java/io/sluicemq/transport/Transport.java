package io.sluicemq.transport;

/**
 * A medium that carries messages between sockets, found by {@link java.util.ServiceLoader} under its scheme. It knows
 * nothing of socket types beyond what the handshake exchanges.
 */
public interface Transport {
    /**
     * The part of an endpoint before {@code ://}.
     *
     * @return the scheme, in lower case.
     */
    String scheme();

    /**
     * Makes the driver for one I/O agent. Must not bind, connect or start a thread. Called on the agent.
     *
     * @param context what the agent offers to its drivers.
     * @return a driver that the agent alone calls and closes.
     */
    TransportDriver open(TransportContext context);
}
