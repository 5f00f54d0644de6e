package io.sluicemq.transport.tcp;

import io.sluicemq.testkit.TransportConformanceTest;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TcpConformanceTest extends TransportConformanceTest {
    @Override
    protected Transport transport() {
        return new TcpTransport();
    }

    @Override
    protected Endpoint freshEndpoint() {
        return Endpoint.parse("tcp://127.0.0.1:*");
    }

    @Override
    protected Endpoint deadEndpoint() {
        // The port of a service that no test machine runs, and that is not given out as an ephemeral one.
        return Endpoint.parse("tcp://127.0.0.1:1");
    }

    @Override
    protected List<String> malformedAddresses() {
        return List.of(
                "localhost",
                "localhost:",
                ":5555",
                "a:b:5555",
                "::1:5555",
                "[::1]",
                "[::1:5555",
                "localhost:65536",
                "localhost:-1",
                "localhost:http",
                "1.2.3.256:80",
                "host name:80",
                "host/x:80",
                ";localhost:80",
                "a:b;c");
    }

    @Override
    protected Map<Class<? extends TransportOptions>, TransportOptions> tightOptions() {
        return Map.of(
                TcpOptions.class,
                TcpOptions.builder()
                        .sendBufferBytes(4_096)
                        .receiveBufferBytes(4_096)
                        .build());
    }

    @Override
    protected AutoCloseable connectRaw(final Endpoint endpoint, final byte[] bytes) throws IOException {
        final String address = endpoint.address();
        final int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(bytes);
        return socket;
    }
}
