package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.quic.QuicChannel;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends messages as datagrams, a group at a time. QUIC keeps a few that the network does not take yet, and beyond these drops what it is
 * given without a word; so what it has not taken of a group stays here, and no more is taken until it has. Agent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to the handlers
final class DatagramOut {
    /** Type and number. */
    static final int HEAD_BYTES = 1 + Long.BYTES;

    /** The only one there is. */
    static final int MESSAGE = 1;

    /** Most datagrams that are written before they are flushed. */
    private static final int MAX_GROUP = 64;

    private final QuicChannel quic;
    private final int maxGroup;
    private final NewestValue newest;
    private final ByteBuf[] group = new ByteBuf[MAX_GROUP];
    private final Mark mark = new Mark();
    private final UnsafeBuffer header = new UnsafeBuffer(new byte[FrameHeader.LONG_LENGTH]);
    private int count;
    private long next;
    private boolean full;

    /**
     * Written behind each datagram. QUIC looks at it when it has taken that one; and never, if it has dropped it and those behind it, for which
     * Netty has no other sign.
     */
    private static final class Mark extends CompositeByteBuf {
        private int seen;

        Mark() {
            super(UnpooledByteBufAllocator.DEFAULT, false, 1);
        }

        @Override
        public int readableBytes() {
            seen++;
            return 0;
        }
    }

    /**
     * Makes one that has sent nothing.
     *
     * @param quic the connection.
     * @param newest of a publisher that conflates, for which as few as possible wait here; else null.
     */
    DatagramOut(final QuicChannel quic, final NewestValue newest) {
        this.quic = quic;
        this.newest = newest;
        this.maxGroup = newest == null ? MAX_GROUP : 1;
    }

    /** Bytes of a datagram for a message. */
    static int bytesOf(final int kind, final int length) {
        return HEAD_BYTES + (kind == MessageKind.SINGLE ? FrameHeader.encodedLength(length) : 0) + length;
    }

    /** Takes a message that fits, with the next number; false while there is no room. A flush follows. */
    boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (full || (count == maxGroup && !flush())) {
            return false;
        }
        final int total = bytesOf(kind, length);
        final ByteBuf bytes = quic.alloc().directBuffer(total, total);
        bytes.writeByte(MESSAGE).writeLong(next++);
        if (kind == MessageKind.SINGLE) {
            bytes.writeBytes(header.byteArray(), 0, FrameHeader.put(header, 0, 0, length));
        }
        final int at = bytes.writerIndex();
        final ByteBuffer target = bytes.internalNioBuffer(at, length);
        buffer.getBytes(offset, target, target.position(), length);
        bytes.writerIndex(at + length);
        group[count++] = bytes;
        if (newest != null) {
            newest.sent(bytes);
        }
        return true;
    }

    /** A number for a message that goes another way. */
    long takeNumber() {
        return next++;
    }

    /** Gives QUIC what waits; false if it does not take all of it. When it did not, the next time one is tried first: others cost more. */
    boolean flush() {
        if (full && !give(1)) {
            return false;
        }
        full = count > 0 && !give(count);
        return !full;
    }

    /** Gives QUIC the first ones; returns whether it has taken them all. */
    private boolean give(final int offered) {
        for (int i = 0; i < offered; i++) {
            quic.write(group[i].retain(), quic.voidPromise());
            quic.write(mark.retain(), quic.voidPromise());
        }
        // Each write has asked for its size.
        mark.seen = 0;
        quic.flush();
        final int taken = Math.min(mark.seen, offered);
        for (int i = 0; i < count; i++) {
            if (i < taken) {
                group[i].release();
            } else {
                group[i - taken] = group[i];
            }
        }
        count -= taken;
        return taken == offered;
    }

    /** Whether what was given to QUIC last waits here still. */
    boolean isFull() {
        return full;
    }

    /** Messages that were taken and are not QUIC's. */
    int waiting() {
        return count;
    }

    /** Messages that were taken, and numbers. */
    long sent() {
        return next;
    }

    /** Nothing is sent any more. */
    void close() {
        for (int i = 0; i < count; i++) {
            group[i].release();
        }
        full = true;
        mark.release();
    }
}
