package io.sluicemq.transport.tcp;

import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TransportConformanceTest;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsTcpConformanceTest extends TransportConformanceTest {
    private static final TlsOptions BOTH_SIDES = TestCertificates.bothSides();

    TlsOptions bothSides() {
        return BOTH_SIDES;
    }

    @Override
    protected Transport transport() {
        return new TlsTcpTransport();
    }

    @Override
    protected Endpoint freshEndpoint() {
        return Endpoint.parse("tls+tcp://127.0.0.1:*");
    }

    @Override
    protected Endpoint deadEndpoint() {
        return Endpoint.parse("tls+tcp://127.0.0.1:1");
    }

    @Override
    protected List<String> malformedAddresses() {
        return List.of("localhost", "localhost:", ":5555", "a:b:5555", "::1:5555", "localhost:65536", "host name:80");
    }

    @Override
    protected Map<Class<? extends TransportOptions>, TransportOptions> neededOptions() {
        return Map.of(TlsOptions.class, bothSides());
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
    protected long mediumAllocatesBytes(final int length) {
        // The JDK allocates some 3 kB for each record of up to 16 KiB that is encrypted and decrypted.
        return length < 1_000 ? 100 : 20_000;
    }

    @Override
    protected AutoCloseable connectRaw(final Endpoint endpoint, final byte[] bytes)
            throws IOException, GeneralSecurityException {
        final String address = endpoint.address();
        final int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        final SSLSocket socket = (SSLSocket)
                ForeignTls.context(bothSides().identity(), bothSides().identity())
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), port);
        // Its handshake needs the agent's turns, which the caller gives on this thread.
        new Thread(() -> ForeignTls.write(socket, bytes)).start();
        return socket;
    }
}
