package io.sluicemq.transport.ipc;

import io.sluicemq.testkit.TransportConformanceTest;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportOptions;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ShmConformanceTest extends TransportConformanceTest {
    @Override
    protected Transport transport() {
        return new ShmTransport();
    }

    @Override
    protected Endpoint freshEndpoint() {
        return Endpoint.parse("shm://*");
    }

    @Override
    protected Endpoint deadEndpoint() {
        return Endpoint.parse("shm://nobody-listens-here");
    }

    @Override
    protected List<String> malformedAddresses() {
        return List.of("@abstract", "/tmp/", "x".repeat(200), "/" + "x".repeat(200));
    }

    @Override
    protected boolean deliversAfterTheEnd() {
        return true;
    }

    @Override
    protected Map<Class<? extends TransportOptions>, TransportOptions> tightOptions() {
        return Map.of(
                ShmOptions.class,
                ShmOptions.builder().ringBytes(ShmOptions.MIN_RING_BYTES).build());
    }

    @Override
    protected AutoCloseable connectRaw(final Endpoint endpoint, final byte[] bytes) throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(Path.of(endpoint.address())));
        channel.write(ByteBuffer.wrap(ControlFrame.PREAMBLE));
        channel.write(ByteBuffer.wrap(bytes));
        return channel;
    }
}
