package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.PeerInfo;
import io.sluicemq.SocketListener;
import io.sluicemq.transport.CloseReason;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what a socket tells its listener, to be waited for. */
final class Events implements SocketListener {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final LinkedBlockingQueue<PeerInfo> connected = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<CloseReason> disconnected = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<CloseReason> failed = new LinkedBlockingQueue<>();

    @Override
    public void onConnected(final PeerInfo peer) {
        connected.add(peer);
    }

    @Override
    public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
        disconnected.add(reason);
    }

    @Override
    public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
        failed.add(reason);
    }

    PeerInfo awaitConnected() throws InterruptedException {
        return next(connected, "onConnected");
    }

    CloseReason awaitDisconnected() throws InterruptedException {
        return next(disconnected, "onDisconnected");
    }

    /** The reason of the next attempt that failed for another cause than that nobody listens. */
    CloseReason awaitFailed() throws InterruptedException {
        CloseReason reason = next(failed, "onConnectFailed");
        while (reason == CloseReason.CONNECT_FAILED) {
            reason = next(failed, "onConnectFailed");
        }
        return reason;
    }

    /** Waits for a failure of one kind: JeroMQ makes silent connections, which come to nothing by themselves. */
    void awaitFailed(final CloseReason wanted) throws InterruptedException {
        CloseReason reason = awaitFailed();
        while (reason != wanted) {
            reason = awaitFailed();
        }
    }

    boolean isDisconnectedWithin(final Duration time) throws InterruptedException {
        return disconnected.poll(time.toMillis(), TimeUnit.MILLISECONDS) != null;
    }

    private static <T> T next(final LinkedBlockingQueue<T> queue, final String what) throws InterruptedException {
        final T event = queue.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(event).as(what).isNotNull();
        return event;
    }
}
