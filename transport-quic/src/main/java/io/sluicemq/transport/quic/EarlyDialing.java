package io.sluicemq.transport.quic;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.SslEarlyDataReadyEvent;

/** At the side that dials: tells when something can be said with the first datagram, as there is a session to go on with. Agent. */
final class EarlyDialing extends ChannelInboundHandlerAdapter {
    private final Runnable start;

    EarlyDialing(final Runnable start) {
        this.start = start;
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
        if (event instanceof SslEarlyDataReadyEvent) {
            // What is written from within the event would wait for the end of the handshake.
            context.executor().execute(start);
        }
        context.fireUserEventTriggered(event);
    }
}
