package io.sluicemq.transport.tcp;

import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.SocketStream;
import io.sluicemq.transport.stream.StreamGroup;
import io.sluicemq.transport.stream.StreamPipe;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** TCP at work in one I/O agent. */
final class TcpDriver implements TransportDriver {
    private final TransportContext context;
    private final StreamGroup group;
    private final Set<TcpListener> listeners = new HashSet<>();
    private final Set<TcpDialing> attempts = new HashSet<>();
    private boolean closed;

    TcpDriver(final TransportContext context) {
        this.context = context;
        this.group = new StreamGroup(context);
    }

    @Override
    public BoundEndpoint listen(final Endpoint local, final PipeAcceptor acceptor) throws IOException {
        final TcpListener listener = new TcpListener(this, context, acceptor, local, TcpAddress.parseLocal(local));
        listeners.add(listener);
        return listener;
    }

    @Override
    public Dialing dial(final Endpoint remote, final PipeEnd end) {
        final TcpDialing attempt = new TcpDialing(this, context, remote, TcpAddress.parseRemote(remote), end);
        attempts.add(attempt);
        attempt.begin();
        return attempt;
    }

    @Override
    public void validate(final Endpoint endpoint) {
        TcpAddress.parse(endpoint);
    }

    @Override
    public int poll(final long nowNs) {
        return group.poll();
    }

    @Override
    public boolean isPolling() {
        return group.isPolling();
    }

    @Override
    public void close() {
        closed = true;
        for (final TcpListener listener : new ArrayList<>(listeners)) {
            listener.close();
        }
        for (final TcpDialing attempt : new ArrayList<>(attempts)) {
            attempt.close();
        }
        group.close();
    }

    boolean isClosed() {
        return closed;
    }

    void remove(final TcpListener listener) {
        listeners.remove(listener);
    }

    void remove(final TcpDialing attempt) {
        attempts.remove(attempt);
    }

    /** Makes a pipe of a connected channel; the caller begins its handshake. */
    StreamPipe pipe(final SocketChannel channel, final String remoteAddress, final PipeEnd end, final boolean listening)
            throws IOException {
        final SocketStream stream = new SocketStream(channel, remoteAddress, Map.of());
        return group.pipe(stream, stream, end, listening);
    }
}
