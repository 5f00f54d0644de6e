package io.sluicemq.transport.quic;

import io.netty.handler.codec.quic.Quic;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.stream.IpAddress;
import io.sluicemq.transport.stream.SocketDriver;
import io.sluicemq.transport.stream.StreamGroup;
import io.sluicemq.transport.tls.TlsLayer;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** QUIC at work in one I/O agent. */
final class QuicDriver extends SocketDriver {
    private static final Logger LOG = LoggerFactory.getLogger(QuicDriver.class);
    private static final String PLATFORMS =
            "linux-x86_64, linux-aarch_64 (both glibc), osx-x86_64, osx-aarch_64, windows-x86_64";

    private final TransportContext context;
    private final StreamGroup group;
    private final AgentLoop loop;
    private final QuicTls tls = new QuicTls();
    private final Runnable serveTask = this::serveReady;
    private final Set<QuicConnection> connections = new HashSet<>();
    private final Map<InetSocketAddress, QuicPort> ports = new HashMap<>();
    private List<QuicConnection> ready = new ArrayList<>();
    private List<QuicConnection> serving = new ArrayList<>();
    private final List<RoomWait> retrying = new ArrayList<>();

    QuicDriver(final TransportContext context) {
        this.context = context;
        this.group = new StreamGroup(context);
        this.loop = new AgentLoop(context, this::serveReady);
    }

    TransportContext context() {
        return context;
    }

    StreamGroup group() {
        return group;
    }

    AgentLoop loop() {
        return loop;
    }

    QuicTls tls() {
        return tls;
    }

    /** As {@link AgentLoop#enter}. */
    void enter() {
        loop.enter();
    }

    /** As {@link AgentLoop#leave}. */
    void leave() {
        loop.leave();
    }

    @Override
    public BoundEndpoint listen(final Endpoint local, final PipeAcceptor acceptor) throws IOException {
        loop.enter();
        final IpAddress address = IpAddress.parseLocal(local);
        final TlsOptions options = acceptor.transportOptions(TlsOptions.class, TlsOptions.DEFAULTS);
        TlsLayer.checkListening(options, local.toString());
        try {
            checkLibrary();
            final InetSocketAddress where = address.toLocal();
            final QuicListener listener = new QuicListener(this, acceptor, options);
            listener.listenOn(portFor(where, listener));
            add(listener);
            return listener;
        } catch (final IOException e) {
            throw new IOException("cannot bind endpoint=" + local + ": " + e.getMessage(), e);
        }
    }

    /** A port that nobody listens on any more stays with the connections it still has, for the next one who listens there. */
    private QuicPort portFor(final InetSocketAddress where, final QuicListener listener) throws IOException {
        QuicPort port = ports.get(where);
        if (port != null && port.isFree()) {
            port.closeIfOnlyLingering();
        }
        port = ports.get(where);
        if (port != null && port.isFree()) {
            return port;
        }
        try {
            final QuicPort bound = QuicPort.bind(this, where, listener);
            ports.put(bound.address(), bound);
            return bound;
        } catch (final IOException e) {
            throw new IOException(
                    e.getMessage() + ", limit=a local address that nobody else listens on, choose another or port 0",
                    e);
        }
    }

    void remove(final QuicPort port) {
        ports.remove(port.address(), port);
    }

    @Override
    public Dialing dial(final Endpoint remote, final PipeEnd end) {
        loop.enter();
        final QuicDialing attempt = new QuicDialing(this, remote, IpAddress.parseRemote(remote), end);
        add(attempt);
        attempt.begin();
        return attempt;
    }

    @Override
    public void validate(final Endpoint endpoint) {
        IpAddress.parse(endpoint);
    }

    /**
     * Checks that QUIC is there on this platform.
     *
     * @throws IOException when it is not; the text lists the platforms.
     */
    static void checkLibrary() throws IOException {
        final Throwable cause = Quic.unavailabilityCause();
        if (cause != null) {
            throw new IOException(
                    "platform=" + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                            + ", limit=those with a library for QUIC: " + PLATFORMS
                            + ", add io.netty:netty-codec-native-quic of this platform, or use tls+tcp:// (" + cause
                            + ")",
                    cause);
        }
    }

    @Override
    public int poll(final long nowNs) {
        return group.poll() + (loop.hasTasks() ? loop.runTasks() : 0);
    }

    void add(final QuicConnection connection) {
        connections.add(connection);
    }

    void remove(final QuicConnection connection) {
        connections.remove(connection);
    }

    /** Has a connection served soon. */
    void ready(final QuicConnection connection) {
        if (ready.isEmpty()) {
            // For who comes from elsewhere than the loop.
            context.schedule(context.nowNs(), serveTask);
        }
        ready.add(connection);
    }

    /** Has one try again for room, when what just comes from the network was looked at. */
    void retrySoon(final RoomWait wait) {
        retrying.add(wait);
    }

    private void serveReady() {
        while (!retrying.isEmpty()) {
            retrying.remove(retrying.size() - 1).retry();
        }
        if (ready.isEmpty() || !serving.isEmpty()) {
            return;
        }
        final List<QuicConnection> batch = ready;
        ready = serving;
        serving = batch;
        for (int i = 0; i < batch.size(); i++) {
            serve(batch.get(i));
        }
        batch.clear();
    }

    private static void serve(final QuicConnection connection) {
        try {
            connection.serve();
        } catch (final Throwable e) {
            endFailed(connection, e);
        }
    }

    /** The others are to have their turn, whatever it is. */
    private static void endFailed(final QuicConnection connection, final Throwable cause) {
        try {
            LOG.error("a connection failed while it was served", cause);
            connection.pipe().abort(CloseReason.IO_ERROR, "an exception was thrown while the connection was served");
        } catch (final Throwable e) {
            kill(connection);
        }
    }

    private static void kill(final QuicConnection connection) {
        try {
            connection.kill();
        } catch (final Throwable e) {
            // The idle timeout is left for it; there is no memory for more words.
        }
    }

    @Override
    protected void closeConnections() {
        loop.enter();
        group.close();
        new ArrayList<>(connections).forEach(QuicConnection::kill);
        new ArrayList<>(ports.values()).forEach(QuicPort::close);
        loop.close();
    }
}
