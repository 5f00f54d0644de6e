package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The way out on one stream. Takes what the stream has room for, and some more, as a socket's send buffer does: the window of QUIC
 * begins small. Agent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to the handlers
final class StreamOutput {
    /** What may wait for the window. */
    private static final int MAX_WAITING_BYTES = 128 * 1024;

    /** QUIC copies what it is given, so that one buffer serves piece after piece. */
    private static final int MAX_PIECE_BYTES = 64 * 1024;

    private final QuicStreamChannel stream;
    private final Runnable onProgress;
    private final Consumer<Throwable> onFailure;
    private final ChannelFutureListener onWritten = this::onWritten;

    /** Lengths of what waits; all that is written in between goes in this order. */
    private final LongQueue waiting = new LongQueue();

    private int waitingBytes;
    private long writtenBytes;
    private boolean ended;

    /**
     * Makes an output.
     *
     * @param stream of this side, or of both directions.
     * @param onProgress told when what waited has gone.
     * @param onFailure told why what was written cannot go.
     */
    StreamOutput(final QuicStreamChannel stream, final Runnable onProgress, final Consumer<Throwable> onFailure) {
        this.stream = stream;
        this.onProgress = onProgress;
        this.onFailure = onFailure;
    }

    /** Bytes that {@link #write} takes now. */
    int room() {
        if (ended) {
            return 0;
        }
        // What waits is counted until all of its write has gone.
        final int buffer = Math.max(0, MAX_WAITING_BYTES - waitingBytes);
        return waitingBytes > 0 ? buffer : (int) Math.min(Integer.MAX_VALUE, buffer + stream.bytesBeforeUnwritable());
    }

    /** Writes the bytes from the position up to an index; there is room for them. */
    void write(final ByteBuffer source, final int end) {
        if (ended) {
            // There was no memory for something in front of it.
            source.position(end);
            return;
        }
        final int limit = source.limit();
        while (source.position() < end) {
            final int length = Math.min(end - source.position(), MAX_PIECE_BYTES);
            final ByteBuf bytes = bufferOf(length);
            if (bytes == null) {
                source.position(end);
                return;
            }
            source.limit(source.position() + length);
            bytes.writeBytes(source);
            source.limit(limit);
            write(bytes, length);
        }
    }

    /** Null without memory: then nothing goes any more, as what is behind would be taken for what is not there. */
    private ByteBuf bufferOf(final int length) {
        try {
            return stream.alloc().directBuffer(length, length);
        } catch (final OutOfMemoryError e) {
            ended = true;
            onFailure.accept(e);
            return null;
        }
    }

    private void write(final ByteBuf bytes, final int length) {
        writtenBytes += length;
        final ChannelFuture written = stream.write(bytes);
        if (written.isSuccess()) {
            return;
        }
        waitingBytes += length;
        waiting.add(length);
        written.addListener(onWritten);
    }

    /** One that waited has gone, the oldest one, or will not. */
    private void onWritten(final Future<?> done) {
        waitingBytes -= (int) waiting.remove();
        if (done.isSuccess()) {
            onProgress.run();
        } else {
            onFailure.accept(done.cause());
        }
    }

    /** Writes what the stream begins with, once. */
    void begin(final byte[] header) {
        if (!hasBegun()) {
            write(ByteBuffer.wrap(header), header.length);
        }
    }

    /** Whether anything was written. */
    boolean hasBegun() {
        return writtenBytes > 0;
    }

    /**
     * Ends the stream behind all that was written. Twice does nothing. The end comes with a byte: quiche 0.29.3 never sends one without, if
     * all bytes before it are acknowledged while it waits (cloudflare/quiche issue 2525).
     */
    void end() {
        if (!ended) {
            final ByteBuf filler = bufferOf(1);
            ended = true;
            // Not shutdownOutput, which passes what waits.
            if (filler != null) {
                stream.write(new DefaultQuicStreamFrame(filler.writeByte(0), true));
            }
        }
    }
}
