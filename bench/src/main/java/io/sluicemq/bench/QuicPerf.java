package io.sluicemq.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One stream of Netty's QUIC codec with nothing round it: what {@code quic://} could be at best. Throughput writes frames of SIZE in
 * pieces of 32 KB, and the receiver looks at the header of each. Round trips go from handler to handler, without another thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails ends the connection
final class QuicPerf implements PerfProgram {
    private static final int PIECE_BYTES = 32 << 10;

    public static void main(final String[] args) {
        System.setProperty("io.netty.leakDetection.level", "disabled");
        PerfProgram.main(new QuicPerf(), args);
    }

    @Override
    public void localThroughput(final PerfArguments run) throws Exception {
        final Meter meter = new Meter(run.load());
        try (RawQuic raw = RawQuic.listen(port(run), () -> new Frames(run.load(), meter) {
            @Override
            void onMessage(final ChannelHandlerContext context) {
                if (meter.isComplete()) {
                    end(context);
                }
            }
        })) {
            raw.awaitEnd();
        }
        requireComplete(meter);
        Figures.rate(meter.messagesPerSecond());
    }

    @Override
    public void remoteThroughput(final PerfArguments run) throws Exception {
        try (RawQuic raw = RawQuic.connect(port(run), () -> new Source(run.load()))) {
            raw.awaitEnd();
        }
    }

    @Override
    public void localLatency(final PerfArguments run) throws Exception {
        final Meter meter = new Meter(run.load());
        try (RawQuic raw = RawQuic.listen(port(run), () -> new Frames(run.load(), meter) {
            @Override
            void onMessage(final ChannelHandlerContext context) {
                context.writeAndFlush(frame(run.load(), meter.received() - 1), context.voidPromise());
            }
        })) {
            raw.awaitEnd();
        }
        requireComplete(meter);
    }

    @Override
    public void remoteLatency(final PerfArguments run) throws Exception {
        final Load load = run.load();
        final Meter replies = new Meter(load);
        final Histogram roundTripsNs = RoundTrips.histogram();
        try (RawQuic raw = RawQuic.connect(port(run), () -> new Asker(load, replies, roundTripsNs))) {
            raw.awaitEnd();
        }
        requireComplete(replies);
        Figures.roundTrips(roundTripsNs);
    }

    private static void requireComplete(final Meter meter) {
        if (!meter.isComplete()) {
            throw new IllegalStateException(
                    "messagesLeft=" + meter.left() + ", limit=0, see whether the other side died");
        }
    }

    private static int port(final PerfArguments run) {
        final String endpoint = run.load().endpoint();
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    }

    /** Bytes of a frame (RFC 37) with a message. */
    private static int frameBytes(final Load load) {
        return load.size() + (load.size() > 255 ? 1 + Long.BYTES : 2);
    }

    private static ByteBuf frame(final Load load, final long number) {
        return putFrame(Unpooled.directBuffer(frameBytes(load)), load, number);
    }

    private static ByteBuf putFrame(final ByteBuf target, final Load load, final long number) {
        if (load.size() > 255) {
            target.writeByte(2).writeLong(load.size());
        } else {
            target.writeByte(0).writeByte(load.size());
        }
        if (load.verify()) {
            final byte[] payload = new byte[load.size()];
            Payload.fill(new UnsafeBuffer(payload), load.size(), number);
            target.writeBytes(payload);
        } else {
            target.writeZero(load.size());
        }
        return target;
    }

    /** Whatever goes wrong ends the connection, and what is incomplete then is told. */
    private abstract static class Handler extends ChannelInboundHandlerAdapter {
        static void end(final ChannelHandlerContext context) {
            ((QuicStreamChannel) context.channel()).parent().close();
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
            System.err.println("QuicPerf: " + cause);
            end(context);
        }
    }

    /** Writes while there is room. On the thread of the connection. */
    private static final class Source extends Handler {
        private final Load load;
        private final int messages;
        private ByteBuf batch = Unpooled.EMPTY_BUFFER;
        private ByteBuf left = Unpooled.EMPTY_BUFFER;
        private long sent;

        Source(final Load load) {
            this.load = load;
            messages = Math.max(1, PIECE_BYTES / frameBytes(load));
        }

        @Override
        public void channelActive(final ChannelHandlerContext context) {
            write(context);
        }

        @Override
        public void channelWritabilityChanged(final ChannelHandlerContext context) {
            write(context);
        }

        private void write(final ChannelHandlerContext context) {
            while (context.channel().isWritable() && (left.isReadable() || next())) {
                final int bytes = Math.min(PIECE_BYTES, left.readableBytes());
                context.write(left.readRetainedSlice(bytes), context.voidPromise());
            }
            context.flush();
        }

        private boolean next() {
            final int some = (int) Math.min(messages, load.total() - sent);
            if (load.verify() || !batch.isReadable()) {
                batch = Unpooled.directBuffer(messages * frameBytes(load));
                for (int i = 0; i < some; i++) {
                    putFrame(batch, load, sent + i);
                }
            }
            left = batch.slice(0, some * frameBytes(load));
            sent += some;
            return some > 0;
        }
    }

    /** Takes the stream apart. On the thread of the connection. */
    private abstract static class Frames extends Handler {
        private final boolean verify;
        private final Meter meter;
        private final ByteBuf message;
        private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        private int bodyLeft;
        private int headerSeen;
        private boolean isLong;
        private long length;

        Frames(final Load load, final Meter meter) {
            this.verify = load.verify();
            this.meter = meter;
            message = Unpooled.buffer(load.size());
        }

        abstract void onMessage(ChannelHandlerContext context);

        @Override
        public void channelRead(final ChannelHandlerContext context, final Object read) {
            final ByteBuf bytes = (ByteBuf) read;
            while (bytes.isReadable()) {
                if (bodyLeft == 0) {
                    readHeader(bytes);
                }
                final int count = Math.min(bodyLeft, bytes.readableBytes());
                if (verify) {
                    message.writeBytes(bytes, count);
                } else {
                    bytes.skipBytes(count);
                }
                bodyLeft -= count;
                if (bodyLeft == 0 && headerSeen == 0) {
                    complete(context);
                }
            }
            bytes.release();
        }

        /** As much of it as is here; nothing is seen of the next one when it is done. */
        private void readHeader(final ByteBuf bytes) {
            while (bytes.isReadable() && bodyLeft == 0) {
                final int octet = bytes.readUnsignedByte();
                if (headerSeen++ == 0) {
                    isLong = (octet & 2) != 0;
                    length = 0;
                } else {
                    length = (length << 8) | octet;
                }
                if (headerSeen == (isLong ? 1 + Long.BYTES : 2)) {
                    headerSeen = 0;
                    bodyLeft = (int) length;
                }
            }
        }

        private void complete(final ChannelHandlerContext context) {
            if (verify) {
                view.wrap(message.array(), 0, message.writerIndex());
                message.clear();
                meter.accept(view, 0, view.capacity());
            } else {
                meter.accept(view, 0, (int) length);
            }
            onMessage(context);
        }
    }

    /** Sends the next request when the reply is here. */
    private static final class Asker extends Frames {
        private final Load load;
        private final Meter replies;
        private final Histogram roundTripsNs;
        private long startNs;

        Asker(final Load load, final Meter replies, final Histogram roundTripsNs) {
            super(load, replies);
            this.load = load;
            this.replies = replies;
            this.roundTripsNs = roundTripsNs;
        }

        @Override
        public void channelActive(final ChannelHandlerContext context) {
            ask(context);
        }

        private void ask(final ChannelHandlerContext context) {
            final ByteBuf request = frame(load, replies.received());
            startNs = System.nanoTime();
            context.writeAndFlush(request, context.voidPromise());
        }

        @Override
        void onMessage(final ChannelHandlerContext context) {
            if (replies.received() > load.warmup()) {
                roundTripsNs.recordValue(Math.min(RoundTrips.LONGEST_NS, System.nanoTime() - startNs));
            }
            if (replies.isComplete()) {
                end(context);
            } else {
                ask(context);
            }
        }
    }
}
