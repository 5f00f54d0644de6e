package io.sluicemq.core;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.TransportDriver;
import java.util.concurrent.ThreadLocalRandom;

/** Keeps one connected endpoint connected: dials, and after a loss waits and dials again. Agent only. */
final class Dialer {
    /** A peer that refuses us will not change its mind soon: asked again, but seldom. */
    private static final long REFUSED_MIN_WAIT_NS = 5_000_000_000L;

    /** A connection that ends so soon may be a refusal that is not said, as libzmq's of a wrong socket type. */
    private static final long BRIEF_NS = 500_000_000L;

    /** So many of those in a row are taken for one; fewer may be a peer that restarts. */
    private static final int MAX_BRIEF = 5;

    private final SocketCore socket;
    private final Endpoint endpoint;
    private final ReconnectDelay delay;
    private Pipe pipe;
    private TransportDriver.Dialing dialing;
    private boolean stopped;
    private long openedAtNs;
    private int briefInARow;

    Dialer(final SocketCore socket, final Endpoint endpoint, final int pipeId) {
        this.socket = socket;
        this.endpoint = endpoint;
        this.pipe = new Pipe(socket, pipeId, this, "");
        this.delay = new ReconnectDelay(
                socket.options().reconnectIntervalNs(), socket.options().reconnectCapNs());
    }

    Endpoint endpoint() {
        return endpoint;
    }

    Pipe pipe() {
        return pipe;
    }

    /** What is connected next is another pipe than before. */
    void renewPipe() {
        dialing = null;
        pipe = new Pipe(socket, socket.nextPipeId(), this, "");
    }

    void dial() {
        if (!stopped) {
            dialing = socket.agent()
                    .drivers()
                    .get(endpoint.scheme(), socket.agent())
                    .dial(endpoint, pipe);
        }
    }

    void onOpened() {
        delay.reset();
        openedAtNs = socket.agent().nowNs();
    }

    /**
     * The connection is over.
     *
     * @return nanoseconds until the next attempt, or -1 for none.
     */
    long onLost(final CloseReason reason) {
        if (stopped || !delay.isEnabled()) {
            return -1;
        }
        long waitNs = delay.next(ThreadLocalRandom.current().nextDouble());
        if (isRefusal(reason)) {
            waitNs = Math.max(waitNs, REFUSED_MIN_WAIT_NS);
        }
        socket.agent().schedule(socket.agent().nowNs() + waitNs, this::dial);
        return waitNs;
    }

    private boolean isRefusal(final CloseReason reason) {
        final long livedNs = openedAtNs == 0 ? 0 : socket.agent().nowNs() - openedAtNs;
        openedAtNs = 0;
        final boolean ended = reason == CloseReason.CLOSED_BY_PEER || reason == CloseReason.IO_ERROR;
        briefInARow = ended && livedNs < BRIEF_NS ? briefInARow + 1 : 0;
        return reason == CloseReason.REFUSED || reason == CloseReason.HANDSHAKE_FAILED || briefInARow > MAX_BRIEF;
    }

    /** No further attempts, and none that is under way. */
    void stop() {
        stopped = true;
        if (dialing != null) {
            dialing.close();
        }
    }
}
