package io.sluicemq.transport.quic;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * At a listener: reads what a client that comes back says with its first datagram, before the handshake shows that it is there now. A recording says
 * the same, and never finishes: it is kept no longer than a handshake may take. Agent.
 */
final class EarlyListening extends ChannelInboundHandlerAdapter {
    private final QuicDriver driver;
    private final QuicConnection connection;
    private final long handshakeTimeoutNs;

    EarlyListening(final QuicDriver driver, final QuicConnection connection, final long handshakeTimeoutNs) {
        this.driver = driver;
        this.connection = connection;
        this.handshakeTimeoutNs = handshakeTimeoutNs;
    }

    @Override
    public void channelRegistered(final ChannelHandlerContext context) {
        context.fireChannelRegistered();
        // Netty itself reads no stream before the end of the handshake.
        context.read();
        driver.context().schedule(driver.context().nowNs() + handshakeTimeoutNs, this::onDeadline);
    }

    private void onDeadline() {
        if (!connection.wasActive()) {
            driver.enter();
            connection.fail(QuicFailure.handshakeTimedOut(handshakeTimeoutNs));
            connection.kill();
            driver.leave();
        }
    }
}
