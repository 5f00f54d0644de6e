package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.StreamPipe;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** One attempt to connect to a path. */
final class IpcDialing implements TransportDriver.Dialing, UnixConnect.Caller {
    private final IpcDriver driver;
    private final Endpoint remote;
    private final PipeEnd end;
    private final UnixConnect connect;
    private StreamPipe pipe;
    private boolean closed;

    IpcDialing(
            final IpcDriver driver,
            final TransportContext context,
            final Endpoint remote,
            final UnixPath path,
            final PipeEnd end) {
        this.driver = driver;
        this.remote = remote;
        this.end = end;
        this.connect = new UnixConnect(context, path.path(), this);
    }

    void begin() {
        connect.begin();
    }

    @Override
    public void prepare(final SocketChannel channel) throws IOException {
        end.options().transportOptions(IpcOptions.class, IpcOptions.DEFAULTS).applyTo(channel);
    }

    @Override
    public void onConnected(final SocketChannel channel) throws IOException {
        pipe = driver.pipe(channel, remote.toString(), end, false);
        driver.remove(this);
        pipe.start();
    }

    @Override
    public void onFailed(final String text) {
        closed = true;
        driver.remove(this);
        end.onClosed(CloseReason.CONNECT_FAILED, "cannot connect to endpoint=" + remote + ": " + text, 0);
    }

    @Override
    public void close() {
        if (pipe != null) {
            pipe.abort(CloseReason.CLOSED_LOCALLY, "closed by this side");
        } else if (!closed) {
            closed = true;
            connect.abandon();
            driver.remove(this);
            end.onClosed(CloseReason.CLOSED_LOCALLY, "the attempt to connect was abandoned", 0);
        }
    }
}
