package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

/** Answers the questions of a server to which this side seems to have moved, as {@link PathCheck} says. In front of QUIC. Agent. */
@SuppressWarnings("FutureReturnValueIgnored") // a datagram may be lost
final class PathAnswers extends ChannelInboundHandlerAdapter {
    private final PathCheck check = new PathCheck();
    private byte[] key;

    /** What the server told in its READY, or null. */
    void key(final byte[] given) {
        key = given != null && given.length == PathCheck.KEY_BYTES ? given : null;
    }

    @Override
    public void channelRead(final ChannelHandlerContext udp, final Object message) {
        final DatagramPacket datagram = (DatagramPacket) message;
        if (!PathCheck.is(PathCheck.QUESTION, datagram.content())) {
            udp.fireChannelRead(datagram);
            return;
        }
        final ByteBuf question = datagram.content();
        if (key != null && check.isSealed(question, key)) {
            final ByteBuf answer = udp.alloc().directBuffer(PathCheck.BYTES, PathCheck.BYTES);
            PathCheck.begin(answer, PathCheck.ANSWER);
            answer.writeBytes(question, question.readerIndex() + 1, PathCheck.TOKEN_BYTES);
            check.seal(answer, key);
            udp.writeAndFlush(new DatagramPacket(answer, datagram.sender()));
        }
        datagram.release();
    }
}
