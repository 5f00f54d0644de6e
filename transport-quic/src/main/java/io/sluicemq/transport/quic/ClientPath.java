package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client hears of its server beside QUIC: questions whether it has moved, as {@link PathCheck} says, which it answers; that the server
 * does not know the connection (RFC 9000, 10.3); and the system's word that nobody is there. When nothing comes back for a while, it asks
 * whether the server knows the connection, and when that does not help, or the system does not send, it goes on from another socket, and
 * QUIC is not told. In front of QUIC. Agent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a datagram may be lost
final class ClientPath extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ClientPath.class);

    /** Anybody on the way can say so, and so an open connection is not ended for less than a few. */
    private static final int MIN_UNREACHABLE = 3;

    private static final int LONG_HEADER = 0x80;

    private final QuicDriver driver;
    private final Silence silence;
    private final Sockets sockets;
    private final ResetProbe probe = new ResetProbe();
    private final Runnable timer = this::onTimer;
    private final Runnable probeTimer = this::onProbeTimer;
    private final ChannelFutureListener onWritten = done -> onWritten(done.cause());
    private final PathCheck check = new PathCheck();
    private Subject connection;
    private Runnable heard = () -> {};
    private byte[] key;
    private boolean hasToken;
    private long tokenStart;
    private long tokenEnd;
    private int unreachable; // times without a datagram in between
    private boolean sentSince; // the last time

    private ChannelHandlerContext first;
    private InetSocketAddress local;
    private Channel replacement;
    private boolean heardThere; // by the replacement
    private Channel previous; // a replacement, until the one after it is heard
    private boolean armed;
    private long armedForNs;
    private boolean probing;
    private boolean closed;

    /**
     * Makes the path of a connection that is not there yet.
     *
     * @param driver whose timers it uses.
     * @param silenceNs how long nothing comes back until it tries another socket.
     * @param sockets makes them.
     */
    ClientPath(final QuicDriver driver, final long silenceNs, final Sockets sockets) {
        this.driver = driver;
        this.silence = new Silence(silenceNs);
        this.sockets = sockets;
    }

    /** Makes sockets to the same server. */
    @FunctionalInterface
    interface Sockets {
        /**
         * Opens one.
         *
         * @param inbound what comes goes there.
         * @return open and connected; null where there must be only one.
         */
        Channel open(ChannelHandler inbound) throws IOException;
    }

    /** What it is all about. */
    interface Subject {
        /** Whether the handshake of QUIC was done. */
        boolean wasActive();

        /** It has ended, without more ado. */
        void end(IOException reason);

        /** It has another socket, of which the server is to know. */
        void onReplaced();
    }

    /**
     * Says what it is all about.
     *
     * @param whose connection.
     * @param listener told of each datagram, before QUIC is.
     */
    void connection(final Subject whose, final Runnable listener) {
        connection = whose;
        heard = listener;
    }

    /** The server has told what belongs to this connection. */
    void onPeer(final PeerMetadata server) {
        final byte[] given = server.propertyBytes(PathCheck.KEY_PROPERTY);
        key = given != null && given.length == PathCheck.KEY_BYTES ? given : null;
        final byte[] token = server.propertyBytes(ResetTokens.PROPERTY);
        hasToken = token != null && token.length == ResetTokens.BYTES;
        if (hasToken) {
            final ByteBuf bytes = Unpooled.wrappedBuffer(token);
            tokenStart = bytes.getLong(0);
            tokenEnd = bytes.getLong(Long.BYTES);
        }
    }

    @Override
    public void channelRead(final ChannelHandlerContext udp, final Object message) {
        final DatagramPacket datagram = (DatagramPacket) message;
        local = datagram.recipient();
        receive(udp, datagram);
    }

    private void receive(final ChannelHandlerContext udp, final DatagramPacket datagram) {
        unreachable = 0;
        // During the handshake all that is sent is answered.
        silence.onHeard(driver.context().nowNs(), key == null);
        if (PathCheck.is(PathCheck.QUESTION, datagram.content())) {
            answer(udp, datagram);
            datagram.release();
        } else if (isReset(datagram.content())) {
            datagram.release();
            connection.end(QuicFailure.unknownToPeer());
        } else {
            heard.run();
            udp.fireChannelRead(datagram);
        }
    }

    private void answer(final ChannelHandlerContext udp, final DatagramPacket datagram) {
        final ByteBuf question = datagram.content();
        if (key != null && check.isSealed(question, key)) {
            final ByteBuf answer = udp.alloc().directBuffer(PathCheck.BYTES, PathCheck.BYTES);
            PathCheck.begin(answer, PathCheck.ANSWER);
            answer.writeBytes(question, question.readerIndex() + 1, PathCheck.TOKEN_BYTES);
            check.seal(answer, key);
            (replacement == null ? udp.channel() : replacement)
                    .writeAndFlush(new DatagramPacket(answer, datagram.sender()));
        }
    }

    /** In the same time for all tokens. */
    private boolean isReset(final ByteBuf bytes) {
        if (!hasToken
                || bytes.readableBytes() < ResetTokens.MIN_BYTES
                || (bytes.getByte(bytes.readerIndex()) & LONG_HEADER) != 0) {
            return false;
        }
        final int at = bytes.writerIndex() - ResetTokens.BYTES;
        return ((bytes.getLong(at) ^ tokenStart) | (bytes.getLong(at + Long.BYTES) ^ tokenEnd)) == 0;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext udp) {
        first = udp;
    }

    @Override
    public void write(final ChannelHandlerContext udp, final Object message, final ChannelPromise promise) {
        silence.onSent(driver.context().nowNs());
        sentSince = true;
        arm();
        if (hasToken && silence.isRepeated()) {
            probe.onSent((DatagramPacket) message);
            armProbe();
        }
        if (replacement == null) {
            udp.write(message, promise).addListener(onWritten);
        } else {
            replacement.write(message).addListener(onWritten);
            promise.trySuccess();
        }
    }

    @Override
    public void flush(final ChannelHandlerContext udp) {
        if (replacement == null) {
            udp.flush();
        } else {
            replacement.flush();
        }
    }

    /** An interface has gone, or the way to the server; perhaps only for now. */
    private void onWritten(final Throwable cause) {
        if (cause instanceof PortUnreachableException) {
            first.executor().execute(this::onUnreachable);
        } else if (cause instanceof IOException) {
            silence.onNotSent(driver.context().nowNs());
        }
    }

    private void arm() {
        if (!armed && key != null && silence.hasTriesLeft()) {
            armed = true;
            armedForNs = silence.dueNs();
            driver.context().schedule(armedForNs, timer);
        }
    }

    private void onTimer() {
        armed = false;
        if (closed || !silence.isWaiting()) {
            return;
        }
        driver.enter();
        final long nowNs = driver.context().nowNs();
        if (silence.isLate(nowNs, armedForNs)) {
            silence.begin(nowNs);
        } else if (nowNs - silence.dueNs() < 0) {
            arm();
        } else if (silence.isAsked()) {
            silence.onTry(nowNs);
            replace();
        }
        driver.leave();
    }

    private void armProbe() {
        if (!probing && probe.isReady()) {
            probing = true;
            driver.context().schedule(driver.context().nowNs() + silence.partNs(), probeTimer);
        }
    }

    private void onProbeTimer() {
        probing = false;
        if (closed || !silence.isRepeated()) {
            return;
        }
        driver.enter();
        sentSince = true;
        final DatagramPacket question = probe.next(first.alloc());
        (replacement == null ? first.writeAndFlush(question) : replacement.writeAndFlush(question))
                .addListener(onWritten);
        armProbe();
        driver.leave();
    }

    private void replace() {
        try {
            final Channel fresh = sockets.open(new Relay());
            if (fresh != null) {
                retire();
                replacement = fresh;
                LOG.info("{}: no answer, goes on from {}", fresh.remoteAddress(), fresh.localAddress());
                connection.onReplaced();
            }
        } catch (final IOException e) {
            LOG.info("no answer, and no other socket: {}", e.getMessage());
        }
    }

    /** The last one that was heard stays open until the next one is: the server may still send there. */
    private void retire() {
        if (heardThere) {
            close(previous);
            previous = replacement;
        } else {
            close(replacement);
        }
        heardThere = false;
    }

    /** What comes to another socket comes to the first one, as far as QUIC knows. */
    private final class Relay extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext udp, final Object message) {
            final DatagramPacket datagram = (DatagramPacket) message;
            if (!heardThere && udp.channel() == replacement) {
                heardThere = true;
                close(previous);
                previous = null;
            }
            receive(first, new DatagramPacket(datagram.content(), local, datagram.sender()));
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext udp) {
            first.fireChannelReadComplete();
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext udp, final Throwable cause) {
            ClientPath.this.exceptionCaught(first, cause);
        }
    }

    /** The connection has ended. */
    void close() {
        closed = true;
        close(first.channel());
        close(replacement);
        close(previous);
    }

    private static void close(final Channel channel) {
        if (channel != null) {
            channel.close();
        }
    }

    /** It finds a peer that died sooner than silence does. */
    @Override
    public void exceptionCaught(final ChannelHandlerContext udp, final Throwable cause) {
        if (cause instanceof PortUnreachableException) {
            onUnreachable();
        }
    }

    /** One datagram of ours brings one such word at the most; more of them are somebody else's. */
    private void onUnreachable() {
        if (connection == null || closed || !sentSince) {
            return;
        }
        sentSince = false;
        unreachable++;
        if (!connection.wasActive() || unreachable >= MIN_UNREACHABLE) {
            connection.end(QuicFailure.unreachable(connection.wasActive()));
        }
    }
}
