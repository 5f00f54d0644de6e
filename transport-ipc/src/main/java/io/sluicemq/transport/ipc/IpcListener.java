package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.SocketAcceptor;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** A bound path. */
final class IpcListener implements TransportDriver.BoundEndpoint {
    private final IpcDriver driver;
    private final PipeAcceptor acceptor;
    private final Endpoint endpoint;
    private final UnixListener listener;
    private final SocketAcceptor accepting;

    IpcListener(
            final IpcDriver driver,
            final TransportContext context,
            final PipeAcceptor acceptor,
            final Endpoint local,
            final UnixPath path)
            throws IOException {
        this.driver = driver;
        this.acceptor = acceptor;
        final IpcOptions options = acceptor.transportOptions(IpcOptions.class, IpcOptions.DEFAULTS);
        try {
            listener = UnixListener.bind(path, options.permissions(), options.backlog());
        } catch (final IOException | UnsupportedOperationException e) {
            throw new IOException("cannot bind endpoint=" + local + ": " + e.getMessage(), e);
        }
        endpoint = new Endpoint(IpcTransport.SCHEME, listener.path().toString());
        accepting = accept(context);
    }

    private SocketAcceptor accept(final TransportContext context) throws IOException {
        try {
            return new SocketAcceptor(context, listener.channel(), endpoint.toString(), this::admit);
        } catch (final IOException e) {
            listener.close();
            throw e;
        }
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    private boolean admit(final SocketChannel peer) throws IOException {
        final String address = endpoint.toString();
        final PipeEnd end = acceptor.accept(address);
        if (end == null) {
            return false;
        }
        try {
            end.options()
                    .transportOptions(IpcOptions.class, IpcOptions.DEFAULTS)
                    .applyTo(peer);
            driver.pipe(peer, address, end, true).start();
        } catch (final IOException e) {
            end.onClosed(CloseReason.IO_ERROR, address + ": " + e.getMessage(), 0);
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
