package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * What has come on one stream and was not read yet. No more is taken out of the stream while there is much of it, so that the
 * window of the stream closes and the peer waits. Agent.
 */
final class StreamInput extends ChannelInboundHandlerAdapter {
    /** Beyond this the stream is left alone. */
    static final int MAX_QUEUED_BYTES = 256 * 1024;

    /** What fills less than half of its buffer is copied behind what came before, so that small pieces hold no large buffers. */
    private static final int CHUNK_BYTES = 8 * 1024;

    /**
     * With less here, more is taken out of the stream with each datagram, as a header may be cut. With more, the rest stays in QUIC until the pipe
     * reads, and then comes in large pieces.
     */
    private static final int ENOUGH_BYTES = 4 * 1024;

    private final byte[] header;
    private final Runnable onProgress;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
    private int queuedBytes;
    private int headerSeen;
    private boolean asked;
    private boolean ended;
    private boolean closed;
    private IOException failure;
    private QuicStreamChannel stream;

    /**
     * Makes an input without a stream.
     *
     * @param header with which the stream must begin, and which is not read.
     * @param onProgress told of bytes, of the end and of failures.
     */
    StreamInput(final byte[] header, final Runnable onProgress) {
        this.header = header;
        this.onProgress = onProgress;
    }

    /** Begins to take what comes. */
    void open(final QuicStreamChannel from) {
        stream = from;
        askForMore();
    }

    /** Whether there is, or was, a stream. */
    boolean isOpen() {
        return stream != null;
    }

    int available() {
        return queuedBytes;
    }

    /** Whether the peer has ended the stream, and all of it is here or was read. */
    boolean hasEnded() {
        return ended;
    }

    /** What broke the stream, or null. */
    IOException failure() {
        return failure;
    }

    /** What is on the stream may not be there. */
    void refuse(final IOException reason) {
        failure = reason;
    }

    /** A byte that is available, by its place from the first one on. */
    int peek(final int index) {
        int at = index;
        for (final ByteBuf bytes : queue) {
            if (at < bytes.readableBytes()) {
                return bytes.getUnsignedByte(bytes.readerIndex() + at);
            }
            at -= bytes.readableBytes();
        }
        throw new IndexOutOfBoundsException("index=" + index + ", limit=" + queuedBytes + ", ask available() first");
    }

    /** Moves what is available, and fits, up to a number of bytes. */
    int read(final ByteBuffer target, final long atMost) {
        int moved = 0;
        while (queuedBytes > 0 && moved < atMost && target.hasRemaining()) {
            final ByteBuf bytes = queue.peek();
            final int count = (int) Math.min(Math.min(bytes.readableBytes(), target.remaining()), atMost - moved);
            final int limit = target.limit();
            target.limit(target.position() + count);
            bytes.readBytes(target);
            target.limit(limit);
            moved += count;
            queuedBytes -= count;
            if (!bytes.isReadable()) {
                queue.remove().release();
            }
        }
        askForMore();
        return moved;
    }

    private void askForMore() {
        if (stream != null && !asked && !ended && !closed && queuedBytes < MAX_QUEUED_BYTES) {
            asked = true;
            stream.read();
        }
    }

    /** The buffer from which the next bytes are read, while there are some. */
    ByteBuf first() {
        return queue.peek();
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final QuicStreamFrame frame = (QuicStreamFrame) message;
        asked = false;
        ended |= frame.hasFin();
        final ByteBuf bytes = frame.content();
        while (headerSeen < header.length && bytes.isReadable() && failure == null) {
            final int octet = bytes.readUnsignedByte();
            if (octet != header[headerSeen]) {
                failure = QuicFailure.badStream(headerSeen, octet);
            }
            headerSeen++;
        }
        if (closed || failure != null || !bytes.isReadable()) {
            frame.release();
            return;
        }
        queuedBytes += bytes.readableBytes();
        if (bytes.readableBytes() >= bytes.capacity() / 2) {
            queue.add(bytes);
        } else {
            copy(bytes);
            frame.release();
        }
    }

    private void copy(final ByteBuf bytes) {
        while (bytes.isReadable()) {
            ByteBuf last = queue.peekLast();
            if (last == null || !last.isWritable()) {
                last = stream.alloc().directBuffer(CHUNK_BYTES, CHUNK_BYTES);
                queue.add(last);
            }
            last.writeBytes(bytes, Math.min(bytes.readableBytes(), last.writableBytes()));
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext context) {
        if (queuedBytes < ENOUGH_BYTES) {
            askForMore();
        }
        onProgress.run();
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext context) {
        onProgress.run();
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        onProgress.run();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        failure = QuicFailure.lost(cause);
        onProgress.run();
    }

    /** What was not read is dropped, and what comes. */
    void close() {
        closed = true;
        queuedBytes = 0;
        while (!queue.isEmpty()) {
            queue.remove().release();
        }
        if (stream != null) {
            // So that the window goes on moving, and the peer gets to its end.
            stream.config().setAutoRead(true);
        }
    }
}
