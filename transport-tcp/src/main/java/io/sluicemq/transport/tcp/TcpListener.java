package io.sluicemq.transport.tcp;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.Channels;
import io.sluicemq.transport.stream.IpAddress;
import io.sluicemq.transport.stream.SocketAcceptor;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A bound port. */
final class TcpListener implements TransportDriver.BoundEndpoint {
    private final TcpDriver driver;
    private final PipeAcceptor acceptor;
    private final Endpoint endpoint;
    private final SocketAcceptor accepting;

    TcpListener(
            final TcpDriver driver,
            final TransportContext context,
            final PipeAcceptor acceptor,
            final Endpoint local,
            final IpAddress address)
            throws IOException {
        this.driver = driver;
        this.acceptor = acceptor;
        ServerSocketChannel opened = null;
        try {
            final InetSocketAddress where = address.toLocal();
            opened = open(where);
            final TcpOptions options = acceptor.transportOptions(TcpOptions.class, TcpOptions.DEFAULTS);
            options.applyTo(opened);
            opened.bind(where, options.backlog());
            endpoint = new Endpoint(driver.scheme(), IpAddress.format((InetSocketAddress) opened.getLocalAddress()));
            accepting = new SocketAcceptor(context, opened, endpoint.toString(), this::admit);
        } catch (final IOException | UnsupportedOperationException e) {
            if (opened != null) {
                Channels.closeQuietly(opened);
            }
            throw new IOException(
                    "cannot bind endpoint=" + local + ": " + e.getMessage()
                            + ", limit=a local address that nobody else listens on, choose another or port 0",
                    e);
        }
    }

    /** An IPv4 family keeps * to IPv4, as libzmq does by default; [::] takes both where the system allows it. */
    private static ServerSocketChannel open(final InetSocketAddress where) throws IOException {
        final ServerSocketChannel opened = ServerSocketChannel.open(
                where.getAddress() instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET);
        opened.configureBlocking(false);
        return opened;
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    private boolean admit(final SocketChannel peer) throws IOException {
        final String address = driver.scheme() + "://" + IpAddress.format((InetSocketAddress) peer.getRemoteAddress());
        final PipeEnd end = acceptor.accept(address);
        if (end == null) {
            return false;
        }
        try {
            end.options()
                    .transportOptions(TcpOptions.class, TcpOptions.DEFAULTS)
                    .applyTo(peer);
            driver.accepted(peer, address, end).start();
        } catch (final IOException e) {
            end.onClosed(CloseReason.IO_ERROR, address + ": " + e.getMessage(), 0);
            throw e;
        }
        return true;
    }

    @Override
    public void close() {
        accepting.close();
        driver.remove(this);
    }
}
