package io.sluicemq;

import io.sluicemq.transport.CloseReason;

/**
 * Told what happens to a socket's connections, one method per kind of event. Called by whoever does the I/O: the I/O thread, or an
 * application thread inside a call that receives or sends on any socket of the context, perhaps with locks of the application in
 * its hands; {@link #onDropped} also by others. A method must return soon and must not make a call that blocks; an exception
 * from it is logged and changes nothing.
 */
public interface SocketListener {
    /**
     * The socket listens.
     *
     * @param endpoint as resolved.
     */
    default void onListening(final String endpoint) {}

    /**
     * A peer has shaken hands.
     *
     * @param peer who it is.
     */
    default void onConnected(final PeerInfo peer) {}

    /**
     * A peer that had shaken hands is gone.
     *
     * @param peer who it was.
     * @param reason what ended the connection.
     * @param detail for people.
     */
    default void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {}

    /**
     * A connection ended before the end of the handshake, or could not be made.
     *
     * @param address of the other side.
     * @param reason what ended it.
     * @param detail for people.
     */
    default void onConnectFailed(final String address, final CloseReason reason, final String detail) {}

    /**
     * The next attempt to connect is planned.
     *
     * @param endpoint to be connected to.
     * @param delayNs until then, in nanoseconds.
     */
    default void onConnectRetry(final String endpoint, final long delayNs) {}

    /**
     * Messages were dropped and counted. Called by the thread that drops: the I/O agent, or one that sends or receives, and by
     * several at once.
     *
     * @param cause why.
     * @param messages how many.
     */
    default void onDropped(final DropCause cause, final long messages) {}
}
