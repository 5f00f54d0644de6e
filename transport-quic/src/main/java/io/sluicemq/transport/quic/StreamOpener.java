package io.sluicemq.transport.quic;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamPriority;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Opens this side's streams of one direction. Agent. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to the handlers
final class StreamOpener {
    private static final int CONTROL_URGENCY = 0;

    private final Runnable onProgress;
    private final Consumer<IOException> onFailure;
    private final Consumer<Throwable> onWriteFailure;

    /**
     * Makes one for a connection.
     *
     * @param onProgress told when there may be room.
     * @param onFailure told why there is no stream.
     * @param onWriteFailure told why what was written cannot go.
     */
    StreamOpener(
            final Runnable onProgress,
            final Consumer<IOException> onFailure,
            final Consumer<Throwable> onWriteFailure) {
        this.onProgress = onProgress;
        this.onFailure = onFailure;
        this.onWriteFailure = onWriteFailure;
    }

    /** Opens the control stream, if that is possible. */
    void openControl(final QuicChannel quic, final ChannelHandler input, final Consumer<QuicStreamChannel> onOpen) {
        final Future<QuicStreamChannel> done = quic.createStream(QuicStreamType.BIDIRECTIONAL, input);
        if (done.isSuccess()) {
            Udp.prepare(done.getNow());
            onOpen.accept(done.getNow());
        } else {
            onFailure.accept(QuicFailure.lost(done.cause()));
        }
    }

    /** The way out on the control stream. */
    StreamOutput outputOfControl(final QuicStreamChannel stream) {
        stream.config().setAllowHalfClosure(true);
        stream.updatePriority(new QuicStreamPriority(CONTROL_URGENCY, false));
        return new StreamOutput(stream, onProgress, onWriteFailure);
    }

    /** Opens a stream; null where that is not possible, as the connection is at its end. */
    StreamOutput open(final QuicChannel quic, final int urgency, final byte[] header) {
        // On the loop's own thread it is done on return.
        final Future<QuicStreamChannel> done = quic.createStream(QuicStreamType.UNIDIRECTIONAL, new Writability());
        if (!done.isSuccess()) {
            onFailure.accept(QuicFailure.lost(done.cause()));
            return null;
        }
        final QuicStreamChannel stream = done.getNow();
        Udp.prepare(stream);
        stream.updatePriority(new QuicStreamPriority(urgency, true));
        final StreamOutput output = new StreamOutput(stream, onProgress, onWriteFailure);
        output.write(ByteBuffer.wrap(header), header.length);
        return output;
    }

    /** Of a stream on which nothing comes. */
    private final class Writability extends ChannelInboundHandlerAdapter {
        @Override
        public void channelWritabilityChanged(final ChannelHandlerContext stream) {
            onProgress.run();
        }
    }
}
