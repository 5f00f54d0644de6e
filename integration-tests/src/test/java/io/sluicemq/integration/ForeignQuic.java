package io.sluicemq.integration;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sluicemq.transport.tls.TlsIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server and clients that speak another protocol over QUIC. Has a thread of its own. */
@SuppressWarnings("FutureReturnValueIgnored") // our side is looked at
final class ForeignQuic implements AutoCloseable {
    private static final String PROTOCOL = "h3";

    private final MultiThreadIoEventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AtomicInteger began = new AtomicInteger();

    /** Forgets all. */
    private static final class Ignorer extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelRead(final ChannelHandlerContext context, final Object message) {
            if (message instanceof Channel) {
                context.fireChannelRead(message);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
            // What is refused is told to the other side.
        }
    }

    private Channel bind(final ChannelHandler codec) throws InterruptedException {
        return new Bootstrap()
                .group(thread)
                .channel(NioDatagramChannel.class)
                .handler(codec)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    /** Returns the port. */
    int listen(final TlsIdentity own) throws InterruptedException {
        final var tls = QuicSslContextBuilder.forServer(
                        own.privateKey(), null, own.chain().toArray(new X509Certificate[0]))
                .applicationProtocols(PROTOCOL)
                .build();
        final Channel udp = bind(new QuicServerCodecBuilder()
                .sslEngineProvider(channel -> {
                    began.incrementAndGet();
                    return tls.newEngine(channel.alloc());
                })
                .handler(new Ignorer())
                .streamHandler(new Ignorer())
                .build());
        return ((InetSocketAddress) udp.localAddress()).getPort();
    }

    /** Connections that were begun at the server. */
    int began() {
        return began.get();
    }

    /** Is done, or has failed, when the server has said so. */
    Future<QuicChannel> connect(final int port) throws InterruptedException {
        final Channel udp = bind(new QuicClientCodecBuilder()
                .sslContext(QuicSslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .applicationProtocols(PROTOCOL)
                        .build())
                .build());
        return QuicChannel.newBootstrap(udp)
                .handler(new Ignorer())
                .streamHandler(new Ignorer())
                .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .connect();
    }

    @Override
    public void close() {
        thread.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
