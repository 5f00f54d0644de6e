package io.sluicemq.durable.core;

import io.sluicemq.PeerInfo;
import io.sluicemq.SocketListener;
import io.sluicemq.transport.CloseReason;

/** What becomes of the connection of one socket to a host; written by who does I/O, read by the subscriber's thread. */
final class LinkEvents implements SocketListener {
    private final Runnable wake;
    private volatile boolean connected;
    private volatile String gone;

    LinkEvents(final Runnable wake) {
        this.wake = wake;
    }

    boolean isConnected() {
        return connected;
    }

    /** Why the connection ended; null if it did not. */
    String gone() {
        return gone;
    }

    @Override
    public void onConnected(final PeerInfo peer) {
        connected = true;
        wake.run();
    }

    @Override
    public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
        gone = reason + " " + detail;
        wake.run();
    }
}
