package io.sluicemq.transport.quic;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.AttributeKey;
import io.sluicemq.transport.stream.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/**
 * A bound UDP port, with all the connections that came to it: they have it in common, and live on when nobody listens any more.
 * Agent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to the handlers
final class QuicPort {
    private static final AttributeKey<QuicSslEngine> ENGINE = AttributeKey.valueOf(QuicPort.class, "engine");

    private final QuicDriver driver;
    private final Set<QuicConnection> connections = new HashSet<>();
    private Channel udp;
    private InetSocketAddress address;
    private QuicListener listener;
    private boolean closed;

    private QuicPort(final QuicDriver driver) {
        this.driver = driver;
    }

    static QuicPort bind(final QuicDriver driver, final InetSocketAddress where, final QuicListener listener)
            throws IOException {
        final QuicPort port = new QuicPort(driver);
        final QuicServerCodecBuilder codec = new QuicServerCodecBuilder()
                .tokenHandler(null)
                .option(ChannelOption.ALLOCATOR, driver.loop().buffers())
                .handler(port.initializer())
                .streamHandler(Udp.STREAMS)
                .sslEngineProvider(port::newEngine);
        Udp.apply(codec, listener.options(), true, driver.context().handshakes());
        port.udp = Udp.open(driver.loop(), where, listener.options(), new Trouble(), codec.build());
        port.address = (InetSocketAddress) port.udp.localAddress();
        return port;
    }

    /** What the system says of datagrams that could not be delivered concerns no connection in particular. */
    private static final class Trouble extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
            // The connection that it was for finds out by itself.
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
        final QuicConnection connection = listener.accept(this, from);
        if (connection == null) {
            channel.close();
            return;
        }
        connections.add(connection);
        channel.attr(Udp.CONNECTION).set(connection);
        channel.pipeline().addLast(connection);
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

    void onGone(final QuicConnection connection) {
        connections.remove(connection);
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (listener == null && connections.isEmpty()) {
            close();
        }
    }

    /** Nobody is there any more but connections whose pipes are closed. */
    void closeIfOnlyLingering() {
        if (connections.stream().allMatch(QuicConnection::isClosed)) {
            Set.copyOf(connections).forEach(QuicConnection::kill);
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
