package io.sluicemq.integration;

import io.sluicemq.DropCause;
import io.sluicemq.PeerInfo;
import io.sluicemq.SocketListener;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.transport.CloseReason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers events as lines; the detail of an event first, so that who has seen the event finds it. */
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
        details.add(endpoint);
        events.add("listening");
    }

    @Override
    public void onConnected(final PeerInfo peer) {
        details.add(peer.metadata().socketType().wireName());
        events.add("connected");
    }

    @Override
    public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
        details.add(detail);
        events.add("disconnected " + reason);
    }

    @Override
    public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
        details.add(address + ": " + detail);
        events.add("failed " + reason);
    }

    @Override
    public void onConnectRetry(final String endpoint, final long delayNs) {
        details.add(endpoint);
        events.add("retry");
    }

    @Override
    public void onDropped(final DropCause cause, final long messages) {
        details.add("");
        events.add("dropped " + cause + " " + messages);
    }
}
