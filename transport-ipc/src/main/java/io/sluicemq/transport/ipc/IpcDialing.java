package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.Channels;
import io.sluicemq.transport.stream.StreamPipe;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;

/**
 * One attempt to connect. A Unix-domain socket connects at once or not at all; where the listener has no room for another
 * at this moment the system would block or fail, and no selector tells of room, so it is asked again for a while.
 */
final class IpcDialing implements TransportDriver.Dialing {
    private static final long RETRY_NS = 10_000_000L;
    private static final int MAX_RETRIES = 200;

    private final IpcDriver driver;
    private final TransportContext context;
    private final Endpoint remote;
    private final UnixPath path;
    private final PipeEnd end;

    private int retries;
    private StreamPipe pipe;
    private boolean closed;

    IpcDialing(
            final IpcDriver driver,
            final TransportContext context,
            final Endpoint remote,
            final UnixPath path,
            final PipeEnd end) {
        this.driver = driver;
        this.context = context;
        this.remote = remote;
        this.path = path;
        this.end = end;
    }

    void begin() {
        if (closed) {
            return;
        }
        try {
            pipe = connect();
        } catch (final ConnectException e) {
            fail(e, "a path where somebody listens, start the listener");
        } catch (final SocketException e) {
            if (!Files.isWritable(path.path())) {
                fail(e, "a socket that exists and that this user may write, start the listener or check permissions");
            } else if (retries++ < MAX_RETRIES) {
                context.schedule(context.nowNs() + RETRY_NS, this::begin);
            } else {
                fail(e, "a listener with room in its backlog, raise its backlog option");
            }
        } catch (final IOException | UnsupportedOperationException e) {
            fail(e, "a system with Unix-domain sockets, use tcp");
        }
        if (pipe != null) {
            driver.remove(this);
            pipe.start();
        }
    }

    private StreamPipe connect() throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            end.options().transportOptions(IpcOptions.class, IpcOptions.DEFAULT).applyTo(channel);
            if (!channel.connect(UnixDomainSocketAddress.of(path.path()))) {
                throw new IOException("connecting takes time on this system");
            }
            final StreamPipe made = driver.pipe(channel, remote.toString(), end, false);
            connected = true;
            return made;
        } finally {
            if (!connected) {
                Channels.closeQuietly(channel);
            }
        }
    }

    private void fail(final Exception cause, final String limit) {
        closed = true;
        driver.remove(this);
        end.onClosed(
                CloseReason.CONNECT_FAILED,
                "cannot connect to endpoint=" + remote + ": " + cause.getMessage() + ", limit=" + limit,
                0);
    }

    @Override
    public void close() {
        if (pipe != null) {
            pipe.abort(CloseReason.CLOSED_LOCALLY, "closed by this side");
        } else if (!closed) {
            closed = true;
            driver.remove(this);
            end.onClosed(CloseReason.CLOSED_LOCALLY, "the attempt to connect was abandoned", 0);
        }
    }
}
