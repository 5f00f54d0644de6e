package io.sluicemq.core;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins two sockets of a context: each reads the other's ring. A connect may come before the bind, and waits for it as long
 * as the socket lives. The smallest driver there is; a new transport can start from here.
 */
final class InprocDriver implements TransportDriver {
    private final InprocRegistry registry;
    private final TransportContext context;
    private final List<Listener> listeners = new ArrayList<>();

    InprocDriver(final InprocRegistry registry, final TransportContext context) {
        this.registry = registry;
        this.context = context;
    }

    @Override
    public void validate(final Endpoint endpoint) {
        if (endpoint.address().length() > 256) {
            throw new IllegalArgumentException(
                    "endpoint=" + endpoint + ", limit=256 characters of name, use a shorter one");
        }
    }

    @Override
    public BoundEndpoint listen(final Endpoint local, final PipeAcceptor acceptor) throws IOException {
        validate(local);
        final InprocRegistry.Bound bound = new InprocRegistry.Bound(acceptor, context.agent());
        final List<InprocDialing> early = registry.bind(local, bound);
        final Listener listener = new Listener(local, bound);
        listeners.add(listener);
        for (final InprocDialing dialing : early) {
            join(dialing, bound, local);
        }
        return listener;
    }

    @Override
    public Dialing dial(final Endpoint remote, final PipeEnd end) {
        validate(remote);
        final InprocDialing dialing = new InprocDialing(registry, remote, end);
        final InprocRegistry.Bound bound = registry.findOrWait(dialing);
        if (bound != null && bound.agent() == context.agent()) {
            join(dialing, bound, remote);
        } else if (bound != null) {
            bound.agent().execute(() -> join(dialing, bound, remote));
        }
        return dialing;
    }

    /** On the agent of the bound socket. */
    private static void join(final InprocDialing dialing, final InprocRegistry.Bound bound, final Endpoint endpoint) {
        final String address = endpoint.toString();
        final PipeEnd accepted = bound.acceptor().accept(address);
        final PipeEnd dialed = dialing.end();
        if (accepted == null) {
            if (dialing.finish()) {
                dialed.onClosed(CloseReason.CONNECT_FAILED, "endpoint=" + address + ", the bound socket is closing", 0);
            }
            return;
        }
        if (!dialing.join(accepted)) {
            // Disconnected meanwhile: the dialed end was told, the other one never opened.
            return;
        }
        final HandshakeConfig client = dialed.handshake();
        final HandshakeConfig server = accepted.handshake();
        final PeerMetadata clientPeer = client.asPeer();
        final PeerMetadata serverPeer = server.asPeer();
        final String byServer = server.refusal(clientPeer);
        final String refusal = byServer != null ? byServer : client.refusal(serverPeer);
        if (refusal != null) {
            accepted.onClosed(CloseReason.REFUSED, refusal, 0);
            if (dialing.finish()) {
                dialed.onClosed(CloseReason.REFUSED, refusal, 0);
            }
            return;
        }
        widen(accepted, dialed);
        accepted.onDirect(clientPeer, dialed, address);
        if (accepted.outlet().isClosed()) {
            // It turned the other away, who has been told.
            return;
        }
        widen(dialed, accepted);
        dialed.onDirect(serverPeer, accepted, address);
    }

    /** One ring serves both high-water marks, so it has their sum; no mark on either side is no mark at all. */
    private static void widen(final PipeEnd from, final PipeEnd to) {
        final int sendMark = from.outlet().maxMessages();
        final int receiveMark = to.options().receiveMaxMessages();
        from.outlet().maxMessages(sendMark == 0 || receiveMark == 0 ? 0 : sendMark + receiveMark);
    }

    @Override
    public int poll(final long nowNs) {
        return 0;
    }

    @Override
    public void close() {
        List.copyOf(listeners).forEach(Listener::close);
    }

    private final class Listener implements BoundEndpoint {
        private final Endpoint endpoint;
        private final InprocRegistry.Bound bound;

        Listener(final Endpoint endpoint, final InprocRegistry.Bound bound) {
            this.endpoint = endpoint;
            this.bound = bound;
        }

        @Override
        public Endpoint endpoint() {
            return endpoint;
        }

        @Override
        public void close() {
            registry.unbind(endpoint.address(), bound);
            listeners.remove(this);
        }
    }
}
