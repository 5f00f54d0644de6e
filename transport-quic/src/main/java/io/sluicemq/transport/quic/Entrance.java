package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

/**
 * In front of QUIC at a bound port. Who begins a connection, or speaks another version, does so in 1,200 bytes (RFC 9000, 14.1), so
 * that what is sent back to an address that may be forged is less than what was sent in its name; what is smaller is dropped. Agent.
 */
final class Entrance extends ChannelInboundHandlerAdapter {
    static final int MIN_INITIAL_BYTES = 1_200;

    private static final int LONG_HEADER = 0x80;
    private static final int TYPE = 0x30;
    private static final int INITIAL = 0x00;
    private static final int VERSION_1 = 1;
    private static final int HEAD_BYTES = 5;

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final DatagramPacket datagram = (DatagramPacket) message;
        if (isTooSmall(datagram.content())) {
            datagram.release();
        } else {
            context.fireChannelRead(datagram);
        }
    }

    private static boolean isTooSmall(final ByteBuf bytes) {
        final int at = bytes.readerIndex();
        if (bytes.readableBytes() >= MIN_INITIAL_BYTES
                || !bytes.isReadable()
                || (bytes.getByte(at) & LONG_HEADER) == 0) {
            return false;
        }
        return bytes.readableBytes() < HEAD_BYTES
                || bytes.getInt(at + 1) != VERSION_1
                || (bytes.getByte(at) & TYPE) == INITIAL;
    }

    /** What the system says of datagrams that could not be delivered concerns no connection in particular. */
    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        // The connection that it was for finds out by itself.
    }
}
