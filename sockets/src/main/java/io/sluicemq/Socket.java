package io.sluicemq;

import io.sluicemq.core.SocketCore;
import io.sluicemq.transport.SocketType;
import java.time.Duration;
import java.util.List;

/**
 * What every socket can do: bind and connect, in any order and any number, tell of its peers, and close. Any thread may call
 * any method.
 */
public abstract sealed class Socket implements AutoCloseable
        permits PushSocket,
                PullSocket,
                PubSocket,
                SubSocket,
                XPubSocket,
                XSubSocket,
                ReqSocket,
                RepSocket,
                DealerSocket,
                RouterSocket,
                PairSocket {
    private final SocketCore core;

    Socket(final SocketCore core) {
        this.core = core;
    }

    final SocketCore core() {
        return core;
    }

    /**
     * The type that peers are told.
     *
     * @return the type.
     */
    public final SocketType type() {
        return core.type();
    }

    /**
     * What the socket was made with.
     *
     * @return immutable options.
     */
    public final SocketOptions options() {
        return core.options();
    }

    /**
     * Listens for peers.
     *
     * @param endpoint such as {@code tcp://127.0.0.1:5555}, {@code tcp://*:0} or {@code inproc://name}.
     * @return the endpoint with wildcards resolved, for peers to connect to.
     * @throws IllegalArgumentException when the endpoint is wrong; the text shows the grammar.
     * @throws IllegalStateException when it cannot be bound, or the socket is closed; the text says why.
     */
    public final String bind(final String endpoint) {
        return core.endpoints().bind(endpoint);
    }

    /**
     * Connects to a peer, which need not be there yet, and again after each loss. Returns at once.
     *
     * @param endpoint such as {@code tcp://127.0.0.1:5555}.
     * @throws IllegalArgumentException when the endpoint is wrong; the text shows the grammar.
     * @throws IllegalStateException when the socket is closed.
     */
    public final void connect(final String endpoint) {
        core.endpoints().connect(endpoint);
    }

    /**
     * Stops listening. Peers that came before stay.
     *
     * @param endpoint as returned by {@link #bind}.
     * @return whether the socket was bound there.
     */
    public final boolean unbind(final String endpoint) {
        return core.endpoints().unbind(endpoint);
    }

    /**
     * Ends one {@link #connect}. What waits for that peer is sent first, as long as the linger option says.
     *
     * @param endpoint as given to connect.
     * @return whether the socket was connected there.
     */
    public final boolean disconnect(final String endpoint) {
        return core.endpoints().disconnect(endpoint);
    }

    /**
     * The endpoint of the last bind or connect.
     *
     * @return resolved; empty before the first.
     */
    public final String lastEndpoint() {
        return core.endpoints().last();
    }

    /**
     * The peers, those still being connected to included.
     *
     * @return a snapshot.
     */
    public final List<PeerInfo> peers() {
        return core.peers();
    }

    /**
     * Waits until peers have shaken hands, so that a message sent then has where to go.
     *
     * @param count of peers.
     * @param timeout longest wait.
     * @return whether they are there.
     * @throws InterruptedException when the thread is interrupted while it waits.
     */
    public final boolean awaitPeers(final int count, final Duration timeout) throws InterruptedException {
        return core.awaitPeers(count, timeout);
    }

    /**
     * Ends the connection to one peer. One that we connected to is connected to again.
     *
     * @param peerId as in {@link PeerInfo#id()}.
     * @return whether there was such a peer.
     */
    public final boolean disconnectPeer(final int peerId) {
        return core.disconnectPeer(peerId);
    }

    /**
     * How often messages were sent, received and dropped since the socket was made.
     *
     * @return a snapshot.
     */
    public final SocketStats stats() {
        return core.stats();
    }

    /**
     * Whether the socket takes no more calls.
     *
     * @return true from the start of a close.
     */
    public final boolean isClosed() {
        return core.isClosed();
    }

    /**
     * Closes within a time: refuses new messages, wakes every thread that waits on the socket, lets messages that wait leave,
     * then drops and counts the rest. May be called from a handler; on an I/O agent it returns at once and the close goes on.
     *
     * @param linger how long messages may take to leave.
     * @return messages left behind, which are in the count of {@link DropCause#LINGER_EXPIRED}.
     */
    public final long close(final Duration linger) {
        return core.close(linger);
    }

    /** Closes within the time of {@link SocketOptions.Builder#linger}. */
    @Override
    public final void close() {
        core.close(core.options().linger());
    }
}
