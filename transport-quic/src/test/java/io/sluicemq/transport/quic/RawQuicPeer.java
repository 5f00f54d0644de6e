package io.sluicemq.transport.quic;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A client that speaks QUIC and nothing of ours, with a thread of its own, and without a pool of memory. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails shows at the other side
final class RawQuicPeer implements AutoCloseable {
    /** Under which sessions are kept, wherever the connection goes. */
    private static final int CACHED_AS_PORT = 4_444;

    private final MultiThreadIoEventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final QuicSslContext tls;

    /** Takes what comes, and forgets it. */
    static class Ignorer extends ChannelInboundHandlerAdapter {
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
            // A hostile peer need not care.
        }
    }

    RawQuicPeer(final QuicSslContext tls) {
        this.tls = tls;
    }

    /** The connection, once it is there. */
    static QuicChannel channel(final Future<QuicChannel> connecting) {
        return connecting.isSuccess() ? connecting.getNow() : null;
    }

    Future<QuicChannel> connect(final int port) throws InterruptedException {
        return connect(port, new Ignorer());
    }

    Future<QuicChannel> connect(final int port, final ChannelHandler handler) throws InterruptedException {
        final ChannelHandler codec = new QuicClientCodecBuilder()
                .sslEngineProvider(channel -> tls.newEngine(channel.alloc(), "localhost", CACHED_AS_PORT))
                .maxIdleTimeout(30, TimeUnit.SECONDS)
                .initialMaxData(1 << 20)
                .initialMaxStreamDataBidirectionalLocal(1 << 20)
                .initialMaxStreamDataBidirectionalRemote(1 << 20)
                .initialMaxStreamDataUnidirectional(1 << 20)
                .initialMaxStreamsBidirectional(10)
                .initialMaxStreamsUnidirectional(10)
                .datagram(64, 64)
                .build();
        final Channel udp = new Bootstrap()
                .group(thread)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .handler(codec)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        return QuicChannel.newBootstrap(udp)
                .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .handler(handler)
                .streamHandler(new Ignorer())
                .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .connect()
                .addListener(done -> {
                    if (done.isSuccess()) {
                        ((QuicChannel) done.getNow()).closeFuture().addListener(closed -> udp.close());
                    } else {
                        udp.close();
                    }
                });
    }

    @Override
    public void close() {
        thread.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
