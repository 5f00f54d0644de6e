package io.sluicemq.transport.ipc;

import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.stream.SocketDriver;
import io.sluicemq.transport.stream.SocketStream;
import io.sluicemq.transport.stream.StreamGroup;
import io.sluicemq.transport.stream.StreamPipe;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Unix-domain sockets at work in one I/O agent. */
final class IpcDriver extends SocketDriver {
    private final TransportContext context;
    private final StreamGroup group;

    IpcDriver(final TransportContext context) {
        this.context = context;
        this.group = new StreamGroup(context);
    }

    @Override
    public BoundEndpoint listen(final Endpoint local, final PipeAcceptor acceptor) throws IOException {
        final IpcListener listener = new IpcListener(this, context, acceptor, local, UnixPath.parse(local));
        add(listener);
        return listener;
    }

    @Override
    public Dialing dial(final Endpoint remote, final PipeEnd end) {
        final IpcDialing attempt = new IpcDialing(this, context, remote, UnixPath.parseRemote(remote), end);
        add(attempt);
        attempt.begin();
        return attempt;
    }

    @Override
    public void validate(final Endpoint endpoint) {
        UnixPath.parse(endpoint);
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
    public void awaitEvents() {
        group.awaitEvents();
    }

    @Override
    protected void closeConnections() {
        group.close();
    }

    /** Makes a pipe of a connected channel; the caller begins its handshake. */
    StreamPipe pipe(final SocketChannel channel, final String remoteAddress, final PipeEnd end, final boolean listening)
            throws IOException {
        final SocketStream stream = new SocketStream(channel, remoteAddress, PeerCredentials.attributes(channel));
        if (listening) {
            stream.expectVisits(context::nowNs);
        }
        return group.pipe(stream, stream, end, listening);
    }
}
