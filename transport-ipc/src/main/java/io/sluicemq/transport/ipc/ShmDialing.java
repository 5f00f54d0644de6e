package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.Channels;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** One attempt to connect. A Unix-domain socket is connected at once, unless too many wait to be accepted there already. */
final class ShmDialing implements TransportDriver.Dialing {
    private static final long RETRY_NS = 10_000_000L;

    private final ShmDriver driver;
    private final TransportContext context;
    private final Endpoint remote;
    private final Path path;
    private final PipeEnd end;
    private final long giveUpAtNs;
    private ShmConnection connection;
    private boolean closed;

    ShmDialing(final ShmDriver driver, final Endpoint remote, final Path path, final PipeEnd end) {
        this.driver = driver;
        this.context = driver.context();
        this.remote = remote;
        this.path = path;
        this.end = end;
        this.giveUpAtNs = context.nowNs() + end.options().handshakeTimeoutNs();
    }

    void begin() {
        driver.add(this);
        attempt();
    }

    private void attempt() {
        if (closed) {
            return;
        }
        SocketChannel channel = null;
        boolean kept = false;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(path));
            join(channel);
            kept = true;
        } catch (final ConnectException e) {
            fail("limit=a socket that somebody listens at: " + e.getMessage());
        } catch (final SocketException e) {
            // Too many wait to be accepted: the system would block here, and no selector tells when it would not.
            if (Files.isWritable(path) && context.nowNs() - giveUpAtNs < 0) {
                context.schedule(context.nowNs() + RETRY_NS, this::attempt);
            } else {
                fail("limit=a socket that exists, that this user may write to, and that accepts: " + e.getMessage());
            }
        } catch (final IOException e) {
            fail("limit=a socket that listens: " + e.getMessage());
        } finally {
            if (channel != null && !kept) {
                Channels.closeQuietly(channel);
            }
        }
    }

    private void join(final SocketChannel channel) throws IOException {
        final ShmOpener join = new ShmOpener(driver, path, PeerCredentials.user(channel));
        connection = new ShmConnection(driver, channel, join, remote.toString(), end);
        driver.remove(this);
        connection.start();
    }

    private void fail(final String text) {
        if (!closed) {
            closed = true;
            driver.remove(this);
            end.onClosed(
                    CloseReason.CONNECT_FAILED,
                    "cannot connect to endpoint=" + remote + ": path=" + path + ", " + text,
                    0);
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.abort(CloseReason.CLOSED_LOCALLY, "closed by this side");
        } else if (!closed) {
            closed = true;
            driver.remove(this);
            end.onClosed(CloseReason.CLOSED_LOCALLY, "the attempt to connect was abandoned", 0);
        }
    }
}
