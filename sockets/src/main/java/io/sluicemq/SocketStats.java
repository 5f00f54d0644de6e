package io.sluicemq;

import java.util.Map;

/**
 * The account of a socket. Counts advance once a batch, by the thread that takes messages out of a ring.
 *
 * @param messagesSent handed to a connection, or taken by a peer in this process.
 * @param bytesSent of their bodies, with the ZMTP frame headers (2 or 9 bytes) of messages of several frames.
 * @param messagesReceived taken by the application.
 * @param bytesReceived as {@code bytesSent}.
 * @param dropped messages by cause; causes without any are left out.
 */
public record SocketStats(
        long messagesSent, long bytesSent, long messagesReceived, long bytesReceived, Map<DropCause, Long> dropped) {
    /** Copies the map. */
    public SocketStats {
        dropped = Map.copyOf(dropped);
    }

    /**
     * Messages dropped for one cause.
     *
     * @param cause of the drops.
     * @return the number.
     */
    public long dropped(final DropCause cause) {
        return dropped.getOrDefault(cause, 0L);
    }
}
