package io.sluicemq.cli;

import io.sluicemq.PeerInfo;
import io.sluicemq.SocketListener;
import io.sluicemq.transport.CloseReason;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Says once of an endpoint that it cannot be connected to yet, so that a wrong one is not waited for in silence, and once
 * when it can. Says nothing of one that was there and is gone, as peers come and go. Runs on the I/O agent.
 */
final class ConnectTeller implements SocketListener {
    private final Consumer<String> tell;
    private final Set<String> tried = new HashSet<>();
    private final Set<String> missing = new HashSet<>();
    private String failedEndpoint = "";
    private String failure = "";

    ConnectTeller(final Consumer<String> tell) {
        this.tell = tell;
    }

    @Override
    public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
        failedEndpoint = address;
        failure = detail;
    }

    /** Comes right after the failure, and only where there is a next attempt. */
    @Override
    public void onConnectRetry(final String endpoint, final long delayNs) {
        if (endpoint.equals(failedEndpoint) && tried.add(endpoint)) {
            missing.add(endpoint);
            tell.accept("cannot connect to " + endpoint + " yet: " + cause(endpoint) + "; trying again");
        }
        failedEndpoint = "";
    }

    @Override
    public void onConnected(final PeerInfo peer) {
        tried.add(peer.endpoint());
        if (missing.remove(peer.endpoint())) {
            tell.accept("connected to " + peer.endpoint());
        }
    }

    /** What the failure says behind the name of the endpoint, which has been said. */
    private String cause(final String endpoint) {
        final String start = endpoint + ": ";
        final int at = failure.indexOf(start);
        return at < 0 ? failure : failure.substring(at + start.length());
    }
}
