package io.sluicemq.transport.quic;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** What both sides have in common: a UDP socket of the JDK's in the agent's selector, and the parameters of QUIC. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to the handlers
final class Udp {
    /** By which streams find their connection. */
    static final AttributeKey<QuicConnection> CONNECTION = AttributeKey.valueOf(Udp.class, "connection");

    /** Streams of a peer's. */
    static final ChannelHandler STREAMS = new ChannelInitializer<QuicStreamChannel>() {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(final QuicStreamChannel stream) {
            prepare(stream);
            QuicPort.onStream(stream);
        }
    };

    /** Commands wait in it, and none of them is large but a subscription. */
    private static final int CONTROL_WINDOW_BYTES = 256 * 1024;

    /** Of one direction, at a time: the one beside the control stream, the lanes, and large messages, which are at their end for a while. */
    private static final int MAX_STREAMS = 1 + LaneTerms.MAX_LANES + 4 * LaneTerms.MAX_LARGE;

    /** Datagrams of QUIC, not of UDP: those of one packet, which are taken at once, and those that the network does not take yet. */
    private static final int DATAGRAMS_RECEIVED = 256;

    private static final int DATAGRAMS_SENT = 64;

    private static final int MAX_DATAGRAM_BYTES = 2_048;
    private static final int DATAGRAMS_PER_READ = 64;

    private Udp() {}

    static void prepare(final QuicStreamChannel stream) {
        stream.config().setAllocator(stream.parent().alloc());
        stream.config().setAutoRead(false);
        stream.config().setOption(QuicChannelOption.READ_FRAMES, true);
        stream.config().setRecvByteBufAllocator(new StreamReads());
    }

    static void apply(
            final QuicCodecBuilder<?> codec,
            final QuicOptions options,
            final boolean listening,
            final Executor handshakes) {
        codec.maxIdleTimeout(options.idleTimeoutNs(), TimeUnit.NANOSECONDS)
                .maxSendUdpPayloadSize(options.payloadBytes())
                .discoverPmtu(true)
                .maxRecvUdpPayloadSize(MAX_DATAGRAM_BYTES)
                .initialMaxData(options.windowBytes() + 2L * CONTROL_WINDOW_BYTES)
                .initialMaxStreamDataBidirectionalLocal(CONTROL_WINDOW_BYTES)
                .initialMaxStreamDataBidirectionalRemote(CONTROL_WINDOW_BYTES)
                .initialMaxStreamDataUnidirectional(options.windowBytes())
                .initialMaxStreamsBidirectional(listening ? 1 : 0)
                .initialMaxStreamsUnidirectional(MAX_STREAMS)
                // RFC 9000, 9: QUIC is not told of moves, see PathTable.
                .activeMigration(false)
                .sslTaskExecutor(handshakes);
        if (options.datagrams()) {
            codec.datagram(DATAGRAMS_RECEIVED, DATAGRAMS_SENT);
        }
    }

    /** Binds a socket, in the family of the address alone. */
    static Channel open(
            final AgentLoop loop,
            final InetSocketAddress where,
            final QuicOptions options,
            final ChannelHandler... handlers)
            throws IOException {
        final NioDatagramChannel channel = new NioDatagramChannel(
                SelectorProvider.provider(),
                where.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
        channel.config().setAllocator(loop.buffers());
        channel.config().setOption(ChannelOption.SO_RCVBUF, options.socketBufferBytes());
        channel.config().setOption(ChannelOption.SO_SNDBUF, options.socketBufferBytes());
        channel.config()
                .setRecvByteBufAllocator(
                        new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES).maxMessagesPerRead(DATAGRAMS_PER_READ));
        channel.pipeline().addLast(handlers);
        channel.unsafe().register(loop, channel.newPromise());
        check(channel, channel.bind(where));
        return channel;
    }

    /** On the loop's own thread all is done on return. */
    static void check(final Channel channel, final ChannelFuture done) throws IOException {
        if (!done.isSuccess()) {
            channel.close();
            final Throwable cause = done.cause();
            throw new IOException(cause == null ? "not done" : String.valueOf(cause.getMessage()), cause);
        }
    }
}
