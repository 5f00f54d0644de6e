package io.sluicemq.transport.quic;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.sluicemq.transport.tls.TlsIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server that speaks QUIC and nothing of ours, with a thread of its own, on which it is told of each stream that a client opens. */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for its end
final class RawQuicServer implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel udp;

    RawQuicServer(final TlsIdentity identity, final Consumer<QuicStreamChannel> onStream) throws InterruptedException {
        final ChannelHandler codec = new QuicServerCodecBuilder()
                .sslContext(QuicSslContextBuilder.forServer(
                                identity.privateKey(), null, identity.chain().toArray(X509Certificate[]::new))
                        .applicationProtocols(QuicTls.ALPN)
                        .build())
                .tokenHandler(null)
                .maxIdleTimeout(30, TimeUnit.SECONDS)
                .initialMaxData(1 << 20)
                .initialMaxStreamDataBidirectionalRemote(1 << 20)
                .initialMaxStreamDataUnidirectional(1 << 20)
                .initialMaxStreamsBidirectional(1)
                .initialMaxStreamsUnidirectional(33)
                .datagram(64, 64)
                .handler(new RawQuicPeer.Ignorer())
                .streamHandler(new ChannelInitializer<QuicStreamChannel>() {
                    @Override
                    protected void initChannel(final QuicStreamChannel stream) {
                        stream.pipeline().addLast(new RawQuicPeer.Ignorer());
                        onStream.accept(stream);
                    }
                })
                .build();
        udp = new Bootstrap()
                .group(thread)
                .channel(NioDatagramChannel.class)
                .handler(codec)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) udp.localAddress()).getPort();
    }

    @Override
    public void close() {
        thread.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
