package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.net.PortUnreachableException;

/**
 * What a client hears of its server beside QUIC: questions whether it has moved, as {@link PathCheck} says, which it answers; that the server
 * does not know the connection (RFC 9000, 10.3); and the system's word that nobody is there. In front of QUIC. Agent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a datagram may be lost
final class ClientPath extends ChannelInboundHandlerAdapter {
    /** Anybody on the way can say so, and so an open connection is not ended for less than a few. */
    private static final int MIN_UNREACHABLE = 3;

    private static final int LONG_HEADER = 0x80;

    private final PathCheck check = new PathCheck();
    private Subject connection;
    private byte[] key;
    private boolean hasToken;
    private long tokenStart;
    private long tokenEnd;
    private int unreachable; // times without a datagram in between

    /** What it is all about. */
    interface Subject {
        /** Whether the handshake of QUIC was done. */
        boolean wasActive();

        /** It has ended, without more ado. */
        void end(IOException reason);
    }

    void connection(final Subject whose) {
        connection = whose;
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
        unreachable = 0;
        final DatagramPacket datagram = (DatagramPacket) message;
        if (PathCheck.is(PathCheck.QUESTION, datagram.content())) {
            answer(udp, datagram);
            datagram.release();
        } else if (isReset(datagram.content())) {
            datagram.release();
            connection.end(QuicFailure.unknownToPeer());
        } else {
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
            udp.writeAndFlush(new DatagramPacket(answer, datagram.sender()));
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

    /** It finds a peer that died sooner than silence does. */
    @Override
    public void exceptionCaught(final ChannelHandlerContext udp, final Throwable cause) {
        if (cause instanceof PortUnreachableException && connection != null) {
            unreachable++;
            if (!connection.wasActive() || unreachable >= MIN_UNREACHABLE) {
                connection.end(new IOException("port=closed, limit=one that somebody listens on, start the peer"));
            }
        }
    }
}
