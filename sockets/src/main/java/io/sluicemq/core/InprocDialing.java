package io.sluicemq.core;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportDriver;

/** One connect over inproc: waits for the name to be bound, then holds both ends. Closed on the agent that dialed. */
final class InprocDialing implements TransportDriver.Dialing {
    private final InprocRegistry registry;
    private final Endpoint remote;
    private final PipeEnd end;

    // Guarded by this: the bound socket's agent joins, the dialing one closes.
    private PipeEnd accepted;
    private boolean closed;

    InprocDialing(final InprocRegistry registry, final Endpoint remote, final PipeEnd end) {
        this.registry = registry;
        this.remote = remote;
        this.end = end;
    }

    String name() {
        return remote.address();
    }

    PipeEnd end() {
        return end;
    }

    /** The bound socket's end is there; false if it comes too late. */
    synchronized boolean join(final PipeEnd acceptedEnd) {
        accepted = acceptedEnd;
        return !closed;
    }

    /** Nothing is left to be closed; true the first time. */
    synchronized boolean finish() {
        final boolean first = !closed;
        closed = true;
        return first;
    }

    private synchronized PipeEnd accepted() {
        return accepted;
    }

    @Override
    public void close() {
        if (!finish()) {
            return;
        }
        final boolean waited = registry.giveUp(this);
        final PipeEnd peer = accepted();
        end.onClosed(
                CloseReason.CLOSED_LOCALLY,
                waited ? "disconnected before anybody bound " + remote : "disconnected from " + remote,
                0);
        if (peer != null) {
            peer.onClosed(CloseReason.CLOSED_BY_PEER, "disconnected by the peer", 0);
        }
    }
}
