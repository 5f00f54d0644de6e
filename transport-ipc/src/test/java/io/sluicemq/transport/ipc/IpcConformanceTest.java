package io.sluicemq.transport.ipc;

import io.sluicemq.testkit.TransportConformanceTest;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportOptions;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class IpcConformanceTest extends TransportConformanceTest {
    @Override
    protected Transport transport() {
        return new IpcTransport();
    }

    @Override
    protected Endpoint freshEndpoint() {
        return Endpoint.parse("ipc://*");
    }

    @Override
    protected Endpoint deadEndpoint() {
        return Endpoint.parse("ipc:///no-such-directory/socket");
    }

    @Override
    protected List<String> malformedAddresses() {
        return List.of("", "@abstract", "/tmp/", "a\0b", "/" + "x".repeat(107));
    }

    @Override
    protected Map<Class<? extends TransportOptions>, TransportOptions> tightOptions() {
        return Map.of(
                IpcOptions.class, IpcOptions.builder().sendBufferBytes(4_096).build());
    }

    @Override
    protected AutoCloseable connectRaw(final Endpoint endpoint, final byte[] bytes) throws IOException {
        final SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(endpoint.address()));
        channel.write(ByteBuffer.wrap(bytes));
        return channel;
    }
}
