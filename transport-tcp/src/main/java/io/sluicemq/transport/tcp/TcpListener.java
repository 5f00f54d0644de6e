package io.sluicemq.transport.tcp;

import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound port. */
final class TcpListener implements TransportDriver.BoundEndpoint, TransportContext.ReadyHandler {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

    /** Peers accepted in one turn, so that a crowd at the door does not stop those inside. */
    private static final int MAX_ACCEPTED_PER_TURN = 16;

    /** After a failure such as too many open files, which a retry in the next turn would only meet again. */
    private static final long ACCEPT_PAUSE_NS = 100_000_000L;

    private final TcpDriver driver;
    private final TransportContext context;
    private final PipeAcceptor acceptor;
    private ServerSocketChannel channel;
    private SelectionKey key;
    private Endpoint endpoint;
    private boolean failing;

    TcpListener(final TcpDriver driver, final TransportContext context, final PipeAcceptor acceptor) {
        this.driver = driver;
        this.context = context;
        this.acceptor = acceptor;
    }

    void bind(final Endpoint local, final TcpAddress address) throws IOException {
        try {
            final InetSocketAddress where = address.toLocal();
            // An IPv4 family keeps * to IPv4, as libzmq does by default; [::] takes both where the system allows it.
            channel = ServerSocketChannel.open(
                    where.getAddress() instanceof Inet6Address
                            ? StandardProtocolFamily.INET6
                            : StandardProtocolFamily.INET);
            channel.configureBlocking(false);
            final TcpOptions options = acceptor.transportOptions(TcpOptions.class, TcpOptions.DEFAULT);
            options.applyTo(channel);
            channel.bind(where, options.backlog());
            endpoint =
                    new Endpoint(TcpTransport.SCHEME, TcpAddress.format((InetSocketAddress) channel.getLocalAddress()));
            key = context.register(channel, SelectionKey.OP_ACCEPT, this);
        } catch (final IOException | UnsupportedOperationException e) {
            if (channel != null) {
                Channels.closeQuietly(channel);
            }
            throw new IOException(
                    "cannot bind endpoint=" + local + ": " + e.getMessage()
                            + ", limit=a local address that nobody else listens on, choose another or port 0",
                    e);
        }
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public void onReady(final SelectionKey ready) {
        for (int i = 0; i < MAX_ACCEPTED_PER_TURN && channel.isOpen(); i++) {
            final SocketChannel peer;
            try {
                peer = channel.accept();
            } catch (final IOException e) {
                onAcceptFailed(e);
                return;
            }
            failing = false;
            if (peer == null) {
                return;
            }
            admit(peer);
        }
    }

    private void admit(final SocketChannel peer) {
        boolean admitted = false;
        try {
            peer.configureBlocking(false);
            final String address =
                    TcpTransport.SCHEME + "://" + TcpAddress.format((InetSocketAddress) peer.getRemoteAddress());
            final PipeEnd end = acceptor.accept(address);
            if (end != null) {
                end.options()
                        .transportOptions(TcpOptions.class, TcpOptions.DEFAULT)
                        .applyTo(peer);
                driver.start(peer, address, end, true).start();
                admitted = true;
            }
        } catch (final IOException e) {
            LOG.debug("{}: a peer was gone before it could be served", endpoint, e);
        } finally {
            if (!admitted) {
                Channels.closeQuietly(peer);
            }
        }
    }

    private void onAcceptFailed(final IOException e) {
        if (!failing) {
            LOG.warn("{}: cannot accept, limit=open files of the process, raise it: {}", endpoint, e.getMessage());
            failing = true;
        }
        if (channel.isOpen()) {
            key.interestOps(0);
            context.schedule(context.nowNs() + ACCEPT_PAUSE_NS, this::acceptAgain);
        }
    }

    private void acceptAgain() {
        if (key.isValid()) {
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    @Override
    public void close() {
        Channels.closeQuietly(channel);
        driver.remove(this);
    }
}
