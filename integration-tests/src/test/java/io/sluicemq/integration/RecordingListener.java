package io.sluicemq.integration;

import io.sluicemq.DropCause;
import io.sluicemq.PeerInfo;
import io.sluicemq.SocketListener;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.transport.CloseReason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers events as lines. */
final class RecordingListener implements SocketListener {
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> details = new CopyOnWriteArrayList<>();

    List<String> events() {
        return List.copyOf(events);
    }

    List<String> details() {
        return List.copyOf(details);
    }

    void await(final String event) {
        Await.until(SocketTestBase.LIMIT, () -> events.contains(event), event + " among " + events);
    }

    @Override
    public void onListening(final String endpoint) {
        events.add("listening");
        details.add(endpoint);
    }

    @Override
    public void onConnected(final PeerInfo peer) {
        events.add("connected");
        details.add(peer.metadata().socketType().wireName());
    }

    @Override
    public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
        events.add("disconnected " + reason);
        details.add(detail);
    }

    @Override
    public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
        events.add("failed " + reason);
        details.add(address + ": " + detail);
    }

    @Override
    public void onConnectRetry(final String endpoint, final long delayNs) {
        events.add("retry");
        details.add(endpoint);
    }

    @Override
    public void onDropped(final DropCause cause, final long messages) {
        events.add("dropped " + cause + " " + messages);
        details.add("");
    }
}
