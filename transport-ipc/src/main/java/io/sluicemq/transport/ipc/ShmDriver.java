package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.stream.SocketDriver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shared memory at work in one I/O agent. */
final class ShmDriver extends SocketDriver {
    private static final Logger LOG = LoggerFactory.getLogger(ShmDriver.class);
    private static final int READ_BYTES = 64 * 1024;
    private static final long LOOK_NS = 1_000_000_000L;

    private final TransportContext context;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BYTES);
    private final UnsafeBuffer wrapper = new UnsafeBuffer(0, 0);
    private final Set<ShmConnection> connections = new HashSet<>();
    private boolean looking;

    ShmDriver(final TransportContext context) {
        this.context = context;
    }

    TransportContext context() {
        return context;
    }

    /** For one read. */
    ByteBuffer readBuffer() {
        return readBuffer;
    }

    /** For one call. */
    UnsafeBuffer wrap(final byte[] bytes) {
        wrapper.wrap(bytes);
        return wrapper;
    }

    @Override
    public BoundEndpoint listen(final Endpoint local, final PipeAcceptor acceptor) throws IOException {
        final ShmListener listener = new ShmListener(this, acceptor, local, ShmAddress.parse(local));
        add(listener);
        return listener;
    }

    @Override
    public Dialing dial(final Endpoint remote, final PipeEnd end) {
        final ShmDialing attempt = new ShmDialing(this, remote, ShmAddress.parseRemote(remote), end);
        add(attempt);
        attempt.begin();
        return attempt;
    }

    @Override
    public void validate(final Endpoint endpoint) {
        ShmAddress.parse(endpoint);
    }

    @Override
    public int poll(final long nowNs) {
        return 0;
    }

    @Override
    protected void closeConnections() {
        each(connection -> connection.abort(CloseReason.CLOSED_LOCALLY, "the context was closed"));
    }

    void add(final ShmConnection connection) {
        connections.add(connection);
        if (!looking) {
            looking = true;
            scheduleLook();
        }
    }

    void remove(final ShmConnection connection) {
        connections.remove(connection);
    }

    /** At full seconds of the clock, as others do, so that an idle agent wakes once for all of them. */
    private void scheduleLook() {
        context.schedule((Math.floorDiv(context.nowNs(), LOOK_NS) + 1) * LOOK_NS, this::look);
    }

    /** One peer that has truncated its memory does not keep others from their turn. */
    private void each(final Consumer<ShmConnection> action) {
        for (final ShmConnection connection : new ArrayList<>(connections)) {
            try {
                action.accept(connection);
            } catch (final InternalError e) {
                LOG.warn("{}: the memory is gone: {}", connection.remoteAddress(), e.toString());
                connection.fail();
            }
        }
    }

    private void look() {
        looking = !connections.isEmpty();
        if (looking) {
            // First, so that an error that is thrown late, and lands here, does not end the looks.
            scheduleLook();
            each(ShmConnection::lookAgain);
        }
    }
}
