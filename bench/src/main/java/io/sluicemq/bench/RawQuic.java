package io.sluicemq.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.tls.TlsIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Netty's QUIC codec round a UDP socket of the JDK's, with nothing else and with the settings of {@code quic://}: one connection with one
 * stream, one thread a side. For the main thread, which waits.
 */
final class RawQuic implements AutoCloseable {
    private static final String ALPN = "raw";
    private static final int LIMIT_S = 20;

    // As quic:// has them, where they are not options of it.
    private static final int MAX_DATAGRAM_BYTES = 2_048;
    private static final int DATAGRAMS_PER_READ = 64;
    private static final int STREAM_READ_BYTES = 64 << 10;
    private static final int READS_PER_TURN = 4;
    private static final int CONTROL_BYTES = 512 << 10;
    private static final QuicOptions SETTINGS = QuicOptions.DEFAULTS;

    private final MultiThreadIoEventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    /** Of the connection. */
    private final CountDownLatch end = new CountDownLatch(1);

    /** What comes to a bound port. */
    static RawQuic listen(final int port, final Supplier<ChannelHandler> perStream)
            throws InterruptedException, ExecutionException, TimeoutException {
        final RawQuic raw = new RawQuic();
        final TlsIdentity own = RawTls.identity();
        final QuicSslContext tls = QuicSslContextBuilder.forServer(
                        own.privateKey(), null, own.chain().toArray(java.security.cert.X509Certificate[]::new))
                .applicationProtocols(ALPN)
                .build();
        final QuicServerCodecBuilder codec = new QuicServerCodecBuilder()
                .sslContext(tls)
                .tokenHandler(null)
                .handler(raw.new End())
                .streamHandler(initializer(perStream));
        raw.open(port, apply(codec).build());
        return raw;
    }

    /** The same, connected, and its stream. */
    static RawQuic connect(final int port, final Supplier<ChannelHandler> perStream)
            throws InterruptedException, ExecutionException, TimeoutException {
        final RawQuic raw = new RawQuic();
        final QuicSslContext tls = QuicSslContextBuilder.forClient()
                .trustManager(new RawTls.Anybody())
                .endpointIdentificationAlgorithm("")
                .applicationProtocols(ALPN)
                .build();
        final Channel udp =
                raw.open(0, apply(new QuicClientCodecBuilder().sslContext(tls)).build());
        final QuicChannel connection = QuicChannel.newBootstrap(udp)
                .handler(raw.new End())
                .streamHandler(new ChannelInboundHandlerAdapter())
                .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .connect()
                .get(LIMIT_S, TimeUnit.SECONDS);
        connection
                .createStream(QuicStreamType.BIDIRECTIONAL, initializer(perStream))
                .get(LIMIT_S, TimeUnit.SECONDS);
        return raw;
    }

    private static <B extends QuicCodecBuilder<B>> B apply(final B codec) {
        return codec.maxIdleTimeout(SETTINGS.idleTimeoutNs(), TimeUnit.NANOSECONDS)
                .maxSendUdpPayloadSize(SETTINGS.payloadBytes())
                .discoverPmtu(true)
                .maxRecvUdpPayloadSize(MAX_DATAGRAM_BYTES)
                .initialMaxData(SETTINGS.windowBytes() + CONTROL_BYTES)
                .initialMaxStreamDataBidirectionalLocal(SETTINGS.windowBytes())
                .initialMaxStreamDataBidirectionalRemote(SETTINGS.windowBytes())
                .initialMaxStreamsBidirectional(1)
                .activeMigration(false);
    }

    private Channel open(final int port, final ChannelHandler codec)
            throws InterruptedException, ExecutionException, TimeoutException {
        final Bootstrap udp = new Bootstrap()
                .group(thread)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, SETTINGS.socketBufferBytes())
                .option(ChannelOption.SO_SNDBUF, SETTINGS.socketBufferBytes())
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES).maxMessagesPerRead(DATAGRAMS_PER_READ))
                .handler(codec);
        return udp.bind(InetAddress.getLoopbackAddress(), port).sync().channel();
    }

    private static ChannelInitializer<QuicStreamChannel> initializer(final Supplier<ChannelHandler> perStream) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(final QuicStreamChannel stream) {
                stream.config()
                        .setRecvByteBufAllocator(
                                new FixedRecvByteBufAllocator(STREAM_READ_BYTES).maxMessagesPerRead(READS_PER_TURN));
                stream.pipeline().addLast(perStream.get());
            }
        };
    }

    /** Tells of the end of the connection. */
    private final class End extends ChannelInboundHandlerAdapter {
        @Override
        public void channelInactive(final ChannelHandlerContext context) {
            end.countDown();
        }
    }

    void awaitEnd() throws InterruptedException {
        end.await();
    }

    @Override
    public void close() {
        thread.shutdownGracefully(0, LIMIT_S, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
