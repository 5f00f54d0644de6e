package io.sluicemq.transport.quic;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.IpAddress;
import io.sluicemq.transport.stream.StreamException;
import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One attempt to connect: the name is resolved and the certificates are read off the agent, then each of its addresses is tried in
 * turn, IPv4 first, until one answers. Each has a UDP socket of its own, which is connected, so that the system tells where nobody
 * listens.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to the handlers
final class QuicDialing implements TransportDriver.Dialing {
    /** Without an answer, a socket is given up after so long: a round trip that takes longer is nothing that one waits for. */
    private static final long MAX_SILENCE_NS = 1_000_000_000L;

    private final QuicDriver driver;
    private final TransportContext context;
    private final Endpoint remote;
    private final IpAddress address;
    private final PipeEnd end;
    private final ConnectionSettings settings;

    private InetAddress[] candidates;
    private TlsContext ssl;
    private int next;
    private QuicConnection connection;
    private boolean connected;
    private String failures = "";
    private boolean closed;

    QuicDialing(final QuicDriver driver, final Endpoint remote, final IpAddress address, final PipeEnd end) {
        this.driver = driver;
        this.context = driver.context();
        this.remote = remote;
        this.address = address;
        this.end = end;
        this.settings = ConnectionSettings.of(end);
    }

    void begin() {
        try {
            QuicDriver.checkLibrary();
            // A name that takes long to resolve does not hold up the handshakes of others.
            (address.isLiteral() ? context.handshakes() : context.blocking()).execute(this::prepare);
        } catch (final IOException e) {
            fail(CloseReason.CONNECT_FAILED, e.getMessage());
        } catch (final RejectedExecutionException e) {
            fail(CloseReason.CONNECT_FAILED, "host=" + address.host() + " cannot be resolved: the context is closing");
        }
    }

    /** On a thread that may block. */
    private void prepare() {
        try {
            final InetAddress[] found = InetAddress.getAllByName(address.host());
            Arrays.sort(found, Comparator.comparing(Inet6Address.class::isInstance));
            final TlsContext made = driver.tls()
                    .context(settings.tls(), true, settings.options().earlyData(), System.nanoTime());
            onAgent(() -> onPrepared(found, made));
        } catch (final UnknownHostException e) {
            onAgent(() -> fail(
                    CloseReason.CONNECT_FAILED,
                    "host=" + address.host() + ", limit=names that resolve, check its spelling and the name service"));
        } catch (final IOException e) {
            onAgent(() -> fail(CloseReason.CONNECT_FAILED, e.getMessage()));
        }
    }

    private void onAgent(final Runnable task) {
        context.agent().execute(() -> {
            driver.enter();
            task.run();
            driver.leave();
        });
    }

    private void onPrepared(final InetAddress[] found, final TlsContext made) {
        candidates = found;
        ssl = made;
        // Where the server was is where it is known to be; the sort keeps the order of the others.
        Arrays.sort(candidates, Comparator.comparing(candidate -> !isKnown(candidate)));
        tryNext();
    }

    private boolean isKnown(final InetAddress candidate) {
        return candidate.equals(ssl.lastAddress(server()));
    }

    /** By which sessions are kept, beside the options. */
    private String server() {
        return serverName() + ":" + address.port();
    }

    private String serverName() {
        return settings.tls().serverName() == null
                ? address.plainHost()
                : settings.tls().serverName();
    }

    private void tryNext() {
        while (!closed && next < candidates.length) {
            final InetAddress candidate = candidates[next++];
            try {
                connect(new InetSocketAddress(candidate, address.port()));
                return;
            } catch (final IOException e) {
                note(e.getMessage());
            }
        }
        if (!closed) {
            fail(CloseReason.CONNECT_FAILED, failures);
        }
    }

    private void note(final String message) {
        failures += (failures.isEmpty() ? "" : "; ") + candidates[next - 1].getHostAddress() + ": " + message;
    }

    /** The second one for a connection is null if the application has said from which port. */
    private Channel openSocket(final InetSocketAddress target, final ChannelHandler... handlers) throws IOException {
        final InetSocketAddress source = address.toSource();
        if (source != null && source.getPort() != 0 && connection != null) {
            return null;
        }
        final InetAddress any =
                InetAddress.getByAddress(target.getAddress() instanceof Inet6Address ? new byte[16] : new byte[4]);
        final InetSocketAddress where = source == null ? new InetSocketAddress(any, 0) : source;
        final Channel udp = Udp.open(driver.loop(), where, settings.options(), handlers);
        Udp.check(udp, udp.connect(target));
        return udp;
    }

    private void connect(final InetSocketAddress target) throws IOException {
        final QuicSslEngine engine = ssl.dial(driver.loop().buffers(), serverName(), address.port());
        final QuicClientCodecBuilder codec = new QuicClientCodecBuilder().sslEngineProvider(channel -> engine);
        final HandshakeTurns turns = new HandshakeTurns(driver.loop(), context.handshakes(), true);
        Udp.apply(codec, settings.options(), false, turns);
        final ClientPath path = new ClientPath(driver, silenceNs(), inbound -> openSocket(target, inbound));
        final Channel udp = openSocket(target, turns, path, codec.build());
        final QuicConnection attempt = new QuicConnection(driver, true, remote.toString(), settings, new Socket(path));
        path.connection(attempt, attempt.datagrams().room()::onHeard);
        connection = attempt;
        QuicChannel.newBootstrap(udp)
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(final QuicChannel channel) {
                        channel.attr(Udp.CONNECTION).set(attempt);
                        channel.pipeline().addLast(attempt);
                        if (isKnown(target.getAddress())) {
                            channel.pipeline().addLast(new EarlyDialing(() -> startEarly(attempt)));
                        }
                        attempt.attach(channel, engine);
                    }
                })
                .option(ChannelOption.ALLOCATOR, driver.loop().buffers())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        TimeUnit.NANOSECONDS.toMillis(settings.options().connectTimeoutNs()))
                .streamHandler(Udp.STREAMS)
                .remoteAddress(target)
                .connect()
                .addListener(done -> {
                    turns.end();
                    onOutcome(attempt, done.cause());
                });
    }

    /** Goes on with a session: what may be said before the handshake is done goes now. If it fails, so does the pipe. */
    private void startEarly(final QuicConnection attempt) {
        if (!closed && attempt == connection && !connected && attempt.failure() == null) {
            start();
            attempt.openStreams();
        }
    }

    private void start() {
        connected = true;
        driver.remove(this);
        connection.start(end);
    }

    /** The UDP socket of one connection. */
    private record Socket(ClientPath path) implements ConnectionOwner {
        @Override
        public void onPeer(final PeerMetadata peer) {
            path.onPeer(peer);
        }

        @Override
        public void onGone(final QuicConnection connection) {
            path.close();
        }
    }

    /** Half of what a heartbeat allows, so that it may still be answered. */
    private long silenceNs() {
        final PipeOptions.HeartbeatOptions heartbeat = end.options().heartbeat();
        return heartbeat.intervalNs() == 0 ? MAX_SILENCE_NS : Math.min(MAX_SILENCE_NS, heartbeat.timeoutNs() / 2);
    }

    private void onOutcome(final QuicConnection attempt, final Throwable cause) {
        if (closed || attempt != connection) {
            return;
        }
        if (cause == null) {
            ssl.foundAt(server(), candidates[next - 1]);
            if (!connected) {
                start();
            }
            return;
        }
        attempt.fail(QuicFailure.notConnected(
                cause, settings.tls(), settings.options().connectTimeoutNs()));
        if (connected) {
            return;
        }
        final IOException known = attempt.failure();
        connection = null;
        if (known instanceof StreamException refused
                && refused.reason() != CloseReason.IO_ERROR
                && refused.reason() != CloseReason.CONNECT_FAILED) {
            fail(refused.reason(), refused.getMessage());
        } else {
            note(String.valueOf(known.getMessage()));
            tryNext();
        }
        // Within the call that tells of it Netty would drop the connection without a word to the peer.
        driver.loop().execute(attempt::kill);
    }

    private void fail(final CloseReason reason, final String detail) {
        if (!closed) {
            closed = true;
            driver.remove(this);
            end.onClosed(reason, "cannot connect to endpoint=" + remote + ": " + detail, 0);
        }
    }

    @Override
    public void close() {
        driver.enter();
        if (connected) {
            connection.pipe().abort(CloseReason.CLOSED_LOCALLY, "closed by this side");
        } else if (!closed) {
            closed = true;
            driver.remove(this);
            if (connection != null) {
                connection.kill();
            }
            end.onClosed(CloseReason.CLOSED_LOCALLY, "the attempt to connect was abandoned", 0);
        }
    }
}
