package io.sluicemq.transport;

import java.util.Map;

/**
 * What a socket asks of each of its connections.
 *
 * @param maxMessageBytes most bytes that a peer may send in one message, over all its frames; -1 for no limit.
 * @param maxFrames most frames that a peer may send in one message.
 * @param receiveMaxMessages high-water mark of what was received and not yet taken, 0 for none.
 * @param handshakeTimeoutNs from the connection to the end of the handshake; 0 for no limit.
 * @param heartbeat when to ping and when to give up.
 * @param transportOptions by class, what transports get unread.
 */
public record PipeOptions(
        long maxMessageBytes,
        int maxFrames,
        int receiveMaxMessages,
        long handshakeTimeoutNs,
        HeartbeatOptions heartbeat,
        Map<Class<? extends TransportOptions>, TransportOptions> transportOptions) {
    /** Copies the map. */
    public PipeOptions {
        transportOptions = Map.copyOf(transportOptions);
    }

    /**
     * Looks up the options of one transport.
     *
     * @param type of the options.
     * @param defaults returned when the socket has none.
     * @param <T> type of the options.
     * @return the socket's options for the transport.
     */
    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
        final TransportOptions found = transportOptions.get(type);
        return found == null ? defaults : type.cast(found);
    }

    /**
     * Timers of the heartbeat (RFC 37, PING and PONG).
     *
     * @param intervalNs between our PINGs; 0 for no heartbeat.
     * @param timeoutNs silence after a PING that ends the connection.
     * @param ttlNs silence after which the peer shall give us up, told in each PING; 0 for none.
     */
    public record HeartbeatOptions(long intervalNs, long timeoutNs, long ttlNs) {
        /** No heartbeat. */
        public static final HeartbeatOptions OFF = new HeartbeatOptions(0, 0, 0);
    }
}
