package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportDriver;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/** One attempt to connect to a control socket. */
final class ShmDialing implements TransportDriver.Dialing, UnixConnect.Caller {
    private final ShmDriver driver;
    private final Endpoint remote;
    private final ShmAddress address;
    private final Path path;
    private final PipeEnd end;
    private final UnixConnect connect;
    private ShmConnection connection;
    private boolean closed;

    ShmDialing(final ShmDriver driver, final Endpoint remote, final ShmAddress address, final PipeEnd end) {
        this.driver = driver;
        this.remote = remote;
        this.address = address;
        this.path = address.path();
        this.end = end;
        this.connect = new UnixConnect(driver.context(), path, this);
    }

    void begin() {
        connect.begin();
    }

    @Override
    public void prepare(final SocketChannel channel) throws IOException {
        address.toRemote();
    }

    @Override
    public void onConnected(final SocketChannel channel) throws IOException {
        final UserPrincipal listener = PeerCredentials.user(channel);
        address.checkListener(listener);
        final ShmOpener join = new ShmOpener(driver, path, listener);
        final ShmConnection made =
                new ShmConnection(driver, channel, join, remote.toString(), end, PeerCredentials.attributes(channel));
        made.start();
        driver.remove(this);
        connection = made;
    }

    @Override
    public void onFailed(final String text) {
        driver.remove(this);
        closed = true;
        end.onClosed(CloseReason.CONNECT_FAILED, "cannot connect to endpoint=" + remote + ": " + text, 0);
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.abort(CloseReason.CLOSED_LOCALLY, "closed by this side");
        } else if (!closed) {
            closed = true;
            connect.abandon();
            driver.remove(this);
            end.onClosed(CloseReason.CLOSED_LOCALLY, "the attempt to connect was abandoned", 0);
        }
    }
}
