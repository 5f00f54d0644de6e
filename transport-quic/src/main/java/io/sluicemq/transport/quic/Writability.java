package io.sluicemq.transport.quic;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Of a stream on which nothing comes: tells when it has room. Agent. */
final class Writability extends ChannelInboundHandlerAdapter {
    private final Runnable onProgress;

    Writability(final Runnable onProgress) {
        this.onProgress = onProgress;
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext stream) {
        onProgress.run();
    }
}
