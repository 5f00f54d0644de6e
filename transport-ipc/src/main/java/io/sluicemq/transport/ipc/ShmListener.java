package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.SocketAcceptor;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;

/** A bound control socket. */
final class ShmListener implements TransportDriver.BoundEndpoint {
    private static final int BACKLOG = 1024;

    private final ShmDriver driver;
    private final PipeAcceptor acceptor;
    private final UnixListener listener;
    private final Endpoint endpoint;
    private final SocketAcceptor accepting;

    ShmListener(final ShmDriver driver, final PipeAcceptor acceptor, final Endpoint local, final ShmAddress address)
            throws IOException {
        this.driver = driver;
        this.acceptor = acceptor;
        final ShmOptions options = acceptor.transportOptions(ShmOptions.class, ShmOptions.DEFAULTS);
        UnixListener bound = null;
        try {
            final Path path = address.toLocal();
            bound = UnixListener.bind(new UnixPath(path), options.permissions(), BACKLOG);
            listener = bound;
            ShmAddress.removeStaleFiles(path);
            final boolean named = address.path() != null;
            endpoint = named ? local : new Endpoint(ShmTransport.SCHEME, path.toString());
            accepting = new SocketAcceptor(driver.context(), bound.channel(), endpoint.toString(), this::admit);
        } catch (final IOException e) {
            if (bound != null) {
                bound.close();
            }
            throw new IOException("cannot bind endpoint=" + local + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    private boolean admit(final SocketChannel peer) throws IOException {
        // Before the socket makes its end, which must be told of whatever fails then.
        final Map<String, String> attributes = PeerCredentials.attributes(peer);
        final PipeEnd end = acceptor.accept(endpoint.toString());
        if (end == null) {
            return false;
        }
        final ShmOptions options = end.options().transportOptions(ShmOptions.class, ShmOptions.DEFAULTS);
        final ShmMaker join = new ShmMaker(driver, listener.path(), options);
        try {
            new ShmConnection(driver, peer, join, endpoint.toString(), end, attributes).start();
        } catch (final IOException e) {
            end.onClosed(CloseReason.IO_ERROR, endpoint + ": " + e.getMessage(), 0);
            throw e;
        }
        return true;
    }

    @Override
    public void close() {
        listener.close();
        accepting.close();
        driver.remove(this);
    }
}
