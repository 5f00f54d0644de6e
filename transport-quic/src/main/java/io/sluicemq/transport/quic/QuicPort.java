package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicTokenHandler;
import io.netty.util.AttributeKey;
import io.sluicemq.transport.stream.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A bound UDP port, with all the connections that came to it: they have it in common, and live on when nobody listens any more.
 * Agent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to the handlers
final class QuicPort implements ConnectionOwner {
    /**
     * Most connections of a port whose handshake is under way. Each takes some 60 KB, most of them in QUIC's library, until it is
     * done or its time is over.
     */
    static final int MAX_UNFINISHED = 1_024;

    /** From so many on, who comes must show first that it is at its address, by sending back what a Retry gave it. */
    static final int MAX_UNVERIFIED = 128;

    /** And so long after: the second datagram of a client that was asked with its first one must not begin a connection of its own. */
    private static final long ASK_NS = 1_000_000_000L;

    private static final AttributeKey<QuicSslEngine> ENGINE = AttributeKey.valueOf(QuicPort.class, "engine");

    private final QuicDriver driver;
    private final Map<QuicConnection, PeerPath> connections = new HashMap<>();
    private final PathTable paths;
    private ResetTokens resets;
    private Channel udp;
    private InetSocketAddress address;
    private final RetryTokens tokens = new RetryTokens();
    private QuicListener listener;
    private int unfinished;
    private long askUntilNs;
    private boolean closed;

    private QuicPort(final QuicDriver driver) {
        this.driver = driver;
        this.paths = new PathTable(driver.context());
        this.askUntilNs = driver.context().nowNs();
    }

    static QuicPort bind(final QuicDriver driver, final InetSocketAddress where, final QuicListener listener)
            throws IOException {
        final QuicPort port = new QuicPort(driver);
        final QuicServerCodecBuilder codec = new QuicServerCodecBuilder()
                .tokenHandler(port.new Gate())
                .localConnectionIdLength(PathTable.ID_BYTES)
                .connectionIdAddressGenerator(port.paths.ids())
                .resetTokenGenerator(id -> port.resets.newResetToken(id))
                .option(ChannelOption.ALLOCATOR, driver.loop().buffers())
                .handler(port.initializer())
                .streamHandler(Udp.STREAMS)
                .sslEngineProvider(port::newEngine);
        final HandshakeTurns turns =
                new HandshakeTurns(driver.loop(), driver.context().handshakes(), false);
        Udp.apply(codec, listener.options(), true, turns);
        port.udp = Udp.open(driver.loop(), where, listener.options(), new Entrance(), turns, port.paths, codec.build());
        port.address = (InetSocketAddress) port.udp.localAddress();
        port.resets = new ResetTokens(listener.secret(), port.address);
        port.paths.resets(port.resets);
        return port;
    }

    /** Decides about who begins a connection, before anything is kept of it. */
    private final class Gate implements QuicTokenHandler {
        @Override
        public boolean writeToken(final ByteBuf target, final ByteBuf connectionId, final InetSocketAddress from) {
            final long nowNs = driver.context().nowNs();
            if (unfinished >= MAX_UNVERIFIED) {
                askUntilNs = nowNs + ASK_NS;
            }
            final boolean asks = listener == null || askUntilNs - nowNs > 0;
            if (asks) {
                tokens.mint(target, connectionId, from, nowNs);
            }
            return asks;
        }

        @Override
        public TokenValidationResult validateToken(
                final ByteBuf token, final InetSocketAddress from, final ByteBuf connectionId) {
            return paths.isFreeId(connectionId)
                    ? QuicTokenHandler.super.validateToken(token, from, connectionId)
                    : TokenValidationResult.invalidToken();
        }

        @Override
        public int validateToken(final ByteBuf token, final InetSocketAddress from) {
            final boolean isFull = listener == null || unfinished >= MAX_UNFINISHED;
            return isFull
                    ? -1
                    : tokens.connectionIdAt(token, from, driver.context().nowNs());
        }

        @Override
        public int maxTokenLength() {
            return RetryTokens.MAX_BYTES;
        }
    }

    private ChannelHandler initializer() {
        return new ChannelInitializer<QuicChannel>() {
            @Override
            protected void initChannel(final QuicChannel channel) {
                admit(channel);
            }
        };
    }

    private QuicSslEngine newEngine(final QuicChannel channel) {
        final QuicSslEngine engine = listener.newEngine(channel);
        channel.attr(ENGINE).set(engine);
        return engine;
    }

    private void admit(final QuicChannel channel) {
        if (listener == null) {
            channel.close();
            return;
        }
        final String from =
                QuicTransport.SCHEME + "://" + IpAddress.format((InetSocketAddress) channel.remoteSocketAddress());
        final QuicConnection connection = listener.accept(this, from, channel);
        if (connection == null) {
            channel.close();
            return;
        }
        final PeerPath path = paths.add();
        path.heard(connection.datagrams().room()::onHeard);
        connections.put(connection, path);
        unfinished++;
        channel.attr(Udp.CONNECTION).set(connection);
        connection.attach(channel, channel.attr(ENGINE).get());
    }

    InetSocketAddress address() {
        return address;
    }

    /** Whether nobody listens. */
    boolean isFree() {
        return listener == null;
    }

    void listener(final QuicListener next) {
        listener = next;
        closeIfUnused();
    }

    /** Connections whose handshake is under way. */
    int unfinished() {
        return unfinished;
    }

    @Override
    public void onShaken() {
        unfinished--;
    }

    @Override
    public Map<String, byte[]> properties(final QuicConnection connection) {
        final PeerPath path = connections.get(connection);
        return Map.of(PathCheck.KEY_PROPERTY, path.key(), ResetTokens.PROPERTY, resets.tokenOf(path.firstId()));
    }

    @Override
    public void onGone(final QuicConnection connection) {
        final PeerPath path = connections.remove(connection);
        if (path != null) {
            paths.remove(path);
            unfinished -= connection.wasActive() ? 0 : 1;
        }
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (listener == null && connections.isEmpty()) {
            close();
        }
    }

    /** Nobody is there any more but connections whose pipes are closed. */
    void closeIfOnlyLingering() {
        if (connections.keySet().stream().allMatch(QuicConnection::isClosed)) {
            Set.copyOf(connections.keySet()).forEach(QuicConnection::kill);
            closeIfUnused();
        }
    }

    void close() {
        if (!closed) {
            closed = true;
            driver.remove(this);
            udp.close();
        }
    }

    /** For a stream of a peer's. */
    static void onStream(final QuicStreamChannel stream) {
        final QuicConnection connection = stream.parent().attr(Udp.CONNECTION).get();
        if (connection == null) {
            stream.close();
        } else {
            connection.onPeerStream(stream);
        }
    }
}
