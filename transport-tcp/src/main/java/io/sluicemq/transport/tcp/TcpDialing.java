package io.sluicemq.transport.tcp;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.Channels;
import io.sluicemq.transport.stream.IpAddress;
import io.sluicemq.transport.stream.StreamPipe;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.RejectedExecutionException;

/**
 * One attempt to connect: the name is resolved off the agent, then each of its addresses is tried in turn, IPv4 first,
 * until one answers.
 */
final class TcpDialing implements TransportDriver.Dialing, TransportContext.ReadyHandler {
    private final TcpDriver driver;
    private final TransportContext context;
    private final Endpoint remote;
    private final IpAddress address;
    private final PipeEnd end;
    private final TcpOptions options;

    private InetAddress[] candidates;
    private int next;
    private SocketChannel channel;
    private StreamPipe pipe;
    private String failures = "";
    private boolean closed;

    TcpDialing(
            final TcpDriver driver,
            final TransportContext context,
            final Endpoint remote,
            final IpAddress address,
            final PipeEnd end) {
        this.driver = driver;
        this.context = context;
        this.remote = remote;
        this.address = address;
        this.end = end;
        options = end.options().transportOptions(TcpOptions.class, TcpOptions.DEFAULTS);
    }

    void begin() {
        if (address.isLiteral()) {
            try {
                onResolved(new InetAddress[] {address.literal()});
            } catch (final UnknownHostException e) {
                fail("host=" + address.host() + ": " + e.getMessage());
            }
            return;
        }
        try {
            context.blocking().execute(this::resolve);
        } catch (final RejectedExecutionException e) {
            fail("host=" + address.host() + " cannot be resolved: the context is closing");
        }
    }

    /** On a thread that may block. */
    private void resolve() {
        try {
            final InetAddress[] found = InetAddress.getAllByName(address.host());
            Arrays.sort(found, Comparator.comparing(Inet6Address.class::isInstance));
            context.agent().execute(() -> onResolved(found));
        } catch (final UnknownHostException e) {
            context.agent()
                    .execute(() -> fail("host=" + address.host() + ", limit=names that resolve, check its spelling"
                            + " and the name service"));
        }
    }

    private void onResolved(final InetAddress[] found) {
        candidates = found;
        tryNext();
    }

    private void tryNext() {
        while (!closed && next < candidates.length) {
            final InetAddress candidate = candidates[next++];
            try {
                if (connect(new InetSocketAddress(candidate, address.port()))) {
                    return;
                }
            } catch (final IOException | UnsupportedOperationException e) {
                onAddressFailed(candidate, e.getMessage());
            }
        }
        if (!closed) {
            fail(failures);
        }
    }

    private boolean connect(final InetSocketAddress target) throws IOException {
        channel = SocketChannel.open(
                target.getAddress() instanceof Inet4Address
                        ? StandardProtocolFamily.INET
                        : StandardProtocolFamily.INET6);
        channel.configureBlocking(false);
        options.applyTo(channel);
        final InetSocketAddress source = address.toSource();
        if (source != null) {
            channel.bind(source);
        }
        if (channel.connect(target)) {
            onConnected();
            return true;
        }
        context.register(channel, SelectionKey.OP_CONNECT, this);
        if (options.connectTimeoutNs() > 0) {
            final SocketChannel waiting = channel;
            context.schedule(context.nowNs() + options.connectTimeoutNs(), () -> onTimeout(waiting));
        }
        return true;
    }

    private void onAddressFailed(final InetAddress candidate, final String message) {
        if (channel != null) {
            Channels.closeQuietly(channel);
            channel = null;
        }
        failures += (failures.isEmpty() ? "" : "; ") + candidate.getHostAddress() + ": " + message;
    }

    private void onTimeout(final SocketChannel waiting) {
        if (waiting == channel && waiting.isConnectionPending()) {
            onAddressFailed(candidates[next - 1], "connectTimeoutNs=" + options.connectTimeoutNs() + " passed");
            tryNext();
        }
    }

    @Override
    public void onReady(final SelectionKey key) {
        try {
            if (!channel.finishConnect()) {
                return;
            }
            onConnected();
        } catch (final IOException e) {
            onAddressFailed(candidates[next - 1], e.getMessage());
            tryNext();
        }
    }

    private void onConnected() throws IOException {
        if (channel.getLocalAddress().equals(channel.getRemoteAddress())) {
            throw new IOException("connected to itself, as nobody listens at this port of this machine");
        }
        pipe = driver.dialed(channel, remote, address, end);
        driver.remove(this);
        pipe.start();
    }

    private void fail(final String detail) {
        if (!closed) {
            closed = true;
            driver.remove(this);
            end.onClosed(CloseReason.CONNECT_FAILED, "cannot connect to endpoint=" + remote + ": " + detail, 0);
        }
    }

    @Override
    public void close() {
        if (pipe != null) {
            pipe.abort(CloseReason.CLOSED_LOCALLY, "closed by this side");
        } else if (!closed) {
            closed = true;
            driver.remove(this);
            if (channel != null) {
                Channels.closeQuietly(channel);
            }
            end.onClosed(CloseReason.CLOSED_LOCALLY, "the attempt to connect was abandoned", 0);
        }
    }
}
