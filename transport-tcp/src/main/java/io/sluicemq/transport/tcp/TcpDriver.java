package io.sluicemq.transport.tcp;

import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.stream.IpAddress;
import io.sluicemq.transport.stream.SocketDriver;
import io.sluicemq.transport.stream.SocketStream;
import io.sluicemq.transport.stream.StreamChannel;
import io.sluicemq.transport.stream.StreamGroup;
import io.sluicemq.transport.stream.StreamPipe;
import io.sluicemq.transport.tls.TlsLayer;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Map;

/** TCP at work in one I/O agent, with TLS round it or without. */
final class TcpDriver extends SocketDriver {
    private final TransportContext context;
    private final StreamGroup group;
    private final String scheme;
    private final TlsLayer tls; // null without

    TcpDriver(final TransportContext context, final String scheme, final TlsLayer tls) {
        this.context = context;
        this.scheme = scheme;
        this.tls = tls;
        this.group = new StreamGroup(context);
    }

    @Override
    public BoundEndpoint listen(final Endpoint local, final PipeAcceptor acceptor) throws IOException {
        final IpAddress address = IpAddress.parseLocal(local);
        if (tls != null) {
            final TlsOptions options = acceptor.transportOptions(TlsOptions.class, TlsOptions.DEFAULTS);
            TlsLayer.checkListening(options, local.toString());
        }
        final TcpListener listener = new TcpListener(this, context, acceptor, local, address);
        add(listener);
        return listener;
    }

    @Override
    public Dialing dial(final Endpoint remote, final PipeEnd end) {
        final TcpDialing attempt = new TcpDialing(this, context, remote, IpAddress.parseRemote(remote), end);
        add(attempt);
        attempt.begin();
        return attempt;
    }

    @Override
    public void validate(final Endpoint endpoint) {
        IpAddress.parse(endpoint);
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

    String scheme() {
        return scheme;
    }

    /** Makes a pipe of a channel that was accepted; the caller begins its handshake. */
    StreamPipe accepted(final SocketChannel channel, final String remoteAddress, final PipeEnd end) throws IOException {
        final SocketStream stream = new SocketStream(channel, remoteAddress, Map.of());
        return group.pipe(stream, tls == null ? stream : tls.accepting(stream, tlsOptions(end)), end, true);
    }

    /** Makes a pipe of a channel that was dialed and is connected; the caller begins its handshake. */
    StreamPipe dialed(final SocketChannel channel, final Endpoint remote, final IpAddress address, final PipeEnd end)
            throws IOException {
        final SocketStream stream = new SocketStream(channel, remote.toString(), Map.of());
        final StreamChannel outer =
                tls == null ? stream : tls.dialing(stream, tlsOptions(end), address.plainHost(), address.port());
        return group.pipe(stream, outer, end, false);
    }

    private static TlsOptions tlsOptions(final PipeEnd end) {
        return end.options().transportOptions(TlsOptions.class, TlsOptions.DEFAULTS);
    }
}
