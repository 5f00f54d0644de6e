package io.sluicemq.testkit.peers;

/**
 * A foreign implementation of ZeroMQ, as a maker of sockets. A test written against this interface runs over all of them.
 *
 * <p>Every socket has a default linger of {@value #DEFAULT_LINGER_MS} ms, unlike ZeroMQ's unlimited one, so that no test run
 * hangs in close. Any thread may call.
 */
public interface ZmqPeer extends AutoCloseable {

    /** Linger of a socket whose {@link PeerOption#LINGER_MS} was not set, in milliseconds. */
    int DEFAULT_LINGER_MS = 2_000;

    /**
     * Name of the implementation for test display names and failure texts.
     *
     * @return {@code libzmq} or {@code jeromq}.
     */
    String name();

    /**
     * Makes a socket.
     *
     * @param type of the socket.
     * @return the socket, owned by this peer and closed with it at the latest.
     * @throws PeerException when the peer refuses or does not answer in time.
     */
    PeerSocket open(PeerSocketType type);

    /**
     * Ends the peer within some seconds. Sockets that are still open are closed without linger; sockets that were closed
     * before keep theirs.
     */
    @Override
    void close();
}
