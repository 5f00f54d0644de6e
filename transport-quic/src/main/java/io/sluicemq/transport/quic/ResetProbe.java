package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;

/**
 * Asks a server that does not answer whether it still knows the connection: with a datagram that begins like the last one and goes on with
 * noise. Who knows the connection drops it, as it is no packet of QUIC's; who was started again answers by a stateless reset (RFC 9000, 10.3).
 * QUIC itself asks ever more seldom. Agent.
 */
final class ResetProbe {
    /** More than a reset has, as those are shorter than what they answer. */
    static final int BYTES = 48;

    /** The first byte and the longest connection id. How long it is only QUIC knows. */
    private static final int HEAD_BYTES = 1 + 20;

    private static final int FORM_AND_FIXED_BITS = 0xC0;
    private static final int FIXED_BIT = 0x40;

    private final SplittableRandom random = new SplittableRandom();
    private final byte[] head = new byte[HEAD_BYTES];
    private InetSocketAddress server;

    /** Keeps the beginning of one that has a short header: those of a handshake are no question to another process. */
    void onSent(final DatagramPacket datagram) {
        final ByteBuf bytes = datagram.content();
        final int start = bytes.readerIndex();
        if (bytes.readableBytes() >= HEAD_BYTES && (bytes.getByte(start) & FORM_AND_FIXED_BITS) == FIXED_BIT) {
            bytes.getBytes(start, head);
            server = datagram.recipient();
        }
    }

    /** Whether there was one. */
    boolean isReady() {
        return server != null;
    }

    DatagramPacket next(final ByteBufAllocator buffers) {
        final ByteBuf bytes = buffers.directBuffer(BYTES, BYTES).writeBytes(head);
        while (bytes.isWritable()) {
            bytes.writeByte(random.nextInt());
        }
        return new DatagramPacket(bytes, server);
    }
}
