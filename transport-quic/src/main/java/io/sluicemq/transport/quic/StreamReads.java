package io.sluicemq.transport.quic;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.handler.codec.quic.QuicStreamChannel;

/** How much is taken out of a stream at a time: little as long as it is not known who the peer is. Agent. */
final class StreamReads extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int MAX_READS = 4;
    private static final int MANY_BYTES = 64 * 1024;

    /** What an early stream may keep is exceeded by one of these at the most. */
    private static final int FEW_BYTES = 4 * 1024;

    private int bytes = MANY_BYTES;

    StreamReads() {
        super(MAX_READS);
    }

    /** Those of a stream that was prepared. */
    static StreamReads of(final QuicStreamChannel stream) {
        return stream.config().getRecvByteBufAllocator();
    }

    void takeLittle() {
        bytes = FEW_BYTES;
    }

    void takeMuch() {
        bytes = MANY_BYTES;
    }

    /** Netty makes one for each stream, and keeps it. */
    @Override
    @Deprecated
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return bytes;
            }
        };
    }
}
