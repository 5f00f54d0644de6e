package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What has come on one stream and was not read yet. No more is taken out of the stream while there is much of it, so that the
 * window of the stream closes and the peer waits. Agent.
 */
final class StreamInput extends ChannelInboundHandlerAdapter {
    /** Beyond this the stream is left alone, unless another limit was set. */
    static final int MAX_QUEUED_BYTES = 256 * 1024;

    /** What fills less than half of its buffer is copied behind what came before, so that small pieces hold no large buffers. */
    private static final int CHUNK_BYTES = 8 * 1024;

    /**
     * With less here, more is taken out of the stream with each datagram, as a header may be cut. With more, the rest stays in QUIC until the pipe
     * reads, and then comes in large pieces.
     */
    private static final int ENOUGH_BYTES = 4 * 1024;

    private final Runnable onProgress;
    private final StreamHeader header;
    private int maxQueuedBytes = MAX_QUEUED_BYTES;
    private long receivedBytes;
    private final BufferQueue queue = new BufferQueue();
    private int queuedBytes;
    private byte lastRead;
    private boolean asked;
    private boolean ended;
    private boolean closed;
    private IOException failure;
    private QuicStreamChannel stream;

    /**
     * Makes an input without a stream.
     *
     * @param header what the stream begins with, which is not read; null for nothing.
     * @param onProgress told of bytes, of the end and of failures.
     */
    StreamInput(final StreamHeader header, final Runnable onProgress) {
        this.header = header;
        this.onProgress = onProgress;
    }

    /** Begins to take what comes. */
    void open(final QuicStreamChannel from) {
        stream = from;
        askForMore();
    }

    int available() {
        return queuedBytes;
    }

    /** Bytes that have come behind the header, read or not, but for one that may be there for the end alone. */
    long receivedBytes() {
        return ended || receivedBytes == 0 ? receivedBytes : receivedBytes - 1;
    }

    /** It is known who the peer is: as much comes as may. */
    void takeMuch() {
        StreamReads.of(stream).takeMuch();
        maxQueuedBytes(MAX_QUEUED_BYTES);
    }

    /** How much may wait here, for a peer that keeps to what it was given credit for. */
    void maxQueuedBytes(final int bytes) {
        maxQueuedBytes = bytes;
        askForMore();
    }

    /** What has come cannot be right. */
    void fail(final IOException reason) {
        failure = reason;
        onProgress.run();
    }

    /** Whether the peer has ended the stream, and all of it is here or was read. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether it ended well, and nothing of it is left. */
    boolean isOver() {
        return ended && queuedBytes == 0 && failure == null;
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
        for (int i = 0; i < queue.size(); i++) {
            final ByteBuf bytes = queue.get(i);
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
            final ByteBuf bytes = queue.first();
            final int count = (int) Math.min(Math.min(bytes.readableBytes(), target.remaining()), atMost - moved);
            final int limit = target.limit();
            target.limit(target.position() + count);
            bytes.readBytes(target);
            target.limit(limit);
            moved += count;
            queuedBytes -= count;
            if (!bytes.isReadable()) {
                queue.removeFirst().release();
            }
        }
        if (moved > 0) {
            lastRead = target.get(target.position() - 1);
        }
        askForMore();
        return moved;
    }

    /** Takes more out of the stream, though what is here is not read. */
    void askForMore() {
        if (stream != null && !asked && !ended && !closed && queuedBytes < maxQueuedBytes) {
            asked = true;
            stream.read();
        }
    }

    /** The buffer from which the next bytes are read, while there are some. */
    ByteBuf first() {
        return queue.first();
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final QuicStreamFrame frame = (QuicStreamFrame) message;
        asked = false;
        final ByteBuf bytes = frame.content();
        if (frame.hasFin()) {
            onEnd(bytes);
        }
        if (header != null && !header.isComplete() && !closed) {
            header.take(bytes, this);
        }
        if (closed || failure != null || !bytes.isReadable()) {
            frame.release();
            return;
        }
        final int length = bytes.readableBytes();
        if (length >= bytes.capacity() / 2) {
            queue.add(bytes);
        } else {
            try {
                copy(bytes);
            } finally {
                frame.release();
            }
        }
        queuedBytes += length;
        receivedBytes += length;
    }

    /** The last byte of a stream is there for its end alone. It may have come before, and looks like the beginning of a frame then. */
    private void onEnd(final ByteBuf bytes) {
        ended = true;
        boolean isFiller = receivedBytes > 0 && lastRead == 0;
        if (bytes.isReadable()) {
            isFiller = cutLast(bytes) == 0;
        } else if (queuedBytes > 0) {
            isFiller = dropLast() == 0;
        } else if (isFiller) {
            receivedBytes--;
        }
        if (!isFiller && !closed && failure == null) {
            failure = QuicFailure.endWithoutFiller(stream.streamId());
        }
    }

    private static int cutLast(final ByteBuf bytes) {
        bytes.writerIndex(bytes.writerIndex() - 1);
        return bytes.getByte(bytes.writerIndex());
    }

    private int dropLast() {
        final ByteBuf last = queue.last();
        final int dropped = cutLast(last);
        queuedBytes--;
        receivedBytes--;
        if (!last.isReadable()) {
            queue.removeLast().release();
        }
        return dropped;
    }

    private void copy(final ByteBuf bytes) {
        while (bytes.isReadable()) {
            ByteBuf last = queue.last();
            if (last == null || !last.isWritable()) {
                last = stream.alloc().directBuffer(CHUNK_BYTES, CHUNK_BYTES);
                queue.add(last);
            }
            last.writeBytes(bytes, Math.min(bytes.readableBytes(), last.writableBytes()));
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext context) {
        // Also when there was nothing to read after all.
        asked = false;
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
            queue.removeFirst().release();
        }
        if (stream != null) {
            // So that the window goes on moving, and the peer gets to its end.
            stream.config().setAutoRead(true);
        }
    }
}
