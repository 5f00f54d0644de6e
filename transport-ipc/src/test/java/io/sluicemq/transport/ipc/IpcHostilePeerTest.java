package io.sluicemq.transport.ipc;

import io.sluicemq.testkit.HostileStreamPeerTest;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.Transport;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class IpcHostilePeerTest extends HostileStreamPeerTest {
    @Override
    protected Transport transport() {
        return new IpcTransport();
    }

    @Override
    protected Endpoint freshEndpoint() {
        return Endpoint.parse("ipc://*");
    }

    @Override
    protected SocketChannel connectRaw(final Endpoint bound) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(bound.address()));
    }
}
