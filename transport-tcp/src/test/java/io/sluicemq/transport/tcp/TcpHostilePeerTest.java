package io.sluicemq.transport.tcp;

import io.sluicemq.testkit.HostileStreamPeerTest;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class TcpHostilePeerTest extends HostileStreamPeerTest {
    @Override
    protected Transport transport() {
        return new TcpTransport();
    }

    @Override
    protected Endpoint freshEndpoint() {
        return Endpoint.parse("tcp://127.0.0.1:0");
    }

    @Override
    protected SocketChannel connectRaw(final Endpoint bound) throws IOException {
        final int port = Integer.parseInt(bound.address().substring("127.0.0.1:".length()));
        final SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }
}
