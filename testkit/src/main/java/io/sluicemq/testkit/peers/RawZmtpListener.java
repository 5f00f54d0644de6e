package io.sluicemq.testkit.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** Accepts TCP connections on a fresh loopback port as {@link RawZmtpPeer}s. One thread at a time. */
public final class RawZmtpListener implements AutoCloseable {

    private static final int BACKLOG = 128;

    private final ServerSocket server;

    private RawZmtpListener(final ServerSocket server) {
        this.server = server;
    }

    /**
     * Listens.
     *
     * @return the listener.
     */
    public static RawZmtpListener open() {
        return open(0);
    }

    /**
     * Listens with a small receive window for each connection, so that the other side feels soon that nobody reads.
     *
     * @param receiveBufferBytes of the kernel; 0 for its default.
     * @return the listener.
     */
    public static RawZmtpListener open(final int receiveBufferBytes) {
        try {
            final ServerSocket server = new ServerSocket();
            if (receiveBufferBytes > 0) {
                server.setReceiveBufferSize(receiveBufferBytes);
            }
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            return new RawZmtpListener(server);
        } catch (final IOException e) {
            throw new PeerException("raw: cannot listen", e);
        }
    }

    /**
     * Where to connect to.
     *
     * @return such as {@code tcp://127.0.0.1:40001}.
     */
    public String endpoint() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    /**
     * Takes the next connection.
     *
     * @param timeout to wait.
     * @return the connection, owned by the caller; nothing has been sent.
     * @throws PeerException when none comes in time.
     */
    public RawZmtpPeer accept(final Duration timeout) {
        try {
            server.setSoTimeout((int) Math.max(1, timeout.toMillis()));
            return new RawZmtpPeer(server.accept());
        } catch (final IOException e) {
            throw new PeerException("raw: no connection, waitedMs=" + timeout.toMillis(), e);
        }
    }

    @Override
    public void close() {
        RawZmtpPeer.closeQuietly(server);
    }
}
