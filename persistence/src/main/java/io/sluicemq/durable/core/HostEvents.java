package io.sluicemq.durable.core;

import io.sluicemq.PeerInfo;
import io.sluicemq.SocketListener;
import io.sluicemq.transport.CloseReason;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What other threads have for the host's thread beside messages, in their order; also hands the application's listener what it wants. */
final class HostEvents implements SocketListener {
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final SocketListener next;
    private final Runnable wake;
    private HostLinks links;

    HostEvents(final SocketListener next, final Runnable wake) {
        this.next = next;
        this.wake = wake;
    }

    /** To be called before the socket has peers. */
    void start(final HostLinks newLinks) {
        links = newLinks;
    }

    /** Any thread. */
    void add(final Runnable event) {
        queue.add(event);
        wake.run();
    }

    /** The host's thread. */
    int run() {
        int done = 0;
        for (Runnable event = queue.poll(); event != null; event = queue.poll()) {
            event.run();
            done++;
        }
        return done;
    }

    private static RoutingId idOf(final PeerInfo peer) {
        return RoutingId.copyOf(peer.routingId(), 0, peer.routingId().capacity());
    }

    @Override
    public void onConnected(final PeerInfo peer) {
        final RoutingId id = idOf(peer);
        add(() -> links.onConnected(id, peer.id()));
        next.onConnected(peer);
    }

    @Override
    public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
        final RoutingId id = idOf(peer);
        add(() -> links.onDisconnected(id));
        next.onDisconnected(peer, reason, detail);
    }

    @Override
    public void onListening(final String endpoint) {
        next.onListening(endpoint);
    }

    @Override
    public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
        next.onConnectFailed(address, reason, detail);
    }

    @Override
    public void onConnectRetry(final String endpoint, final long delayNs) {
        next.onConnectRetry(endpoint, delayNs);
    }

    @Override
    public void onDropped(final io.sluicemq.DropCause cause, final long messages) {
        next.onDropped(cause, messages);
    }
}
