package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.udp.UdpPorts;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed, and started again at the same port. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class QuicRestartTest {
    private static final System.Logger LOG = System.getLogger(QuicRestartTest.class.getName());
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");

    /** A second is wanted, and 0.1 to 0.4 s were measured; other tests may run beside, in the default tier on a worse machine. */
    private static final long FOUND_LIMIT_NS = LONG ? 2_000_000_000L : 10_000_000_000L;

    /** After nine seconds, of which the next process takes one, QUIC's next question is three away. */
    private static final long DOWN_NS = LONG ? 8_000_000_000L : 1_000_000_000L;

    private final TestAgent agent = new TestAgent();
    private final List<Process> servers = new ArrayList<>();

    @TempDir
    private Path folder;

    private TransportDriver driver;

    @BeforeEach
    void open() {
        final TestCertificates certificates = new TestCertificates();
        final TlsIdentity own = certificates.server();
        TestCertificates.certificateFile(folder, own);
        TestCertificates.keyFile(folder, own);
        agent.transportOptions(Map.of(
                TlsOptions.class,
                TlsOptions.builder().trust(certificates.trustFile(folder)).build()));
        driver = agent.open(new QuicTransport());
    }

    @AfterEach
    void close() {
        servers.forEach(server -> server.toHandle().destroyForcibly());
        agent.close();
    }

    private int start(final int port) throws IOException {
        final Path ready = folder.resolve("ready-" + servers.size());
        final Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EchoServer.class.getName(),
                        Integer.toString(port),
                        folder.toString(),
                        ready.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output-" + servers.size()).toFile())
                .start();
        servers.add(server);
        Await.until(
                LIMIT,
                () -> {
                    agent.turn();
                    return Files.exists(ready) || !server.isAlive();
                },
                "server ready");
        return Integer.parseInt(Files.readString(ready));
    }

    private TestPipeEnd dial(final UdpProxy proxy) {
        final TestPipeEnd client = new TestPipeEnd(agent, SocketType.PAIR);
        driver.dial(Endpoint.parse("quic://127.0.0.1:" + proxy.address().getPort()), client);
        agent.await("open", () -> client.isOpen() || client.closedCount() > 0);
        return client;
    }

    private static void send(final TestPipeEnd client) {
        client.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[4]), 4);
        client.flush();
    }

    /** Behind a proxy no system tells that the port was closed meanwhile. */
    @Test
    void shouldFindAServerThatWasStartedAgainAtOnceWithoutHeartbeats() throws Exception {
        final int port = start(UdpPorts.fresh(new Random()));
        try (UdpProxy proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0)) {
            final TestPipeEnd before = dial(proxy);
            echo(before);
            kill();
            start(port);
            assertThat(before.closedCount()).isZero();

            send(before);

            assertFound(before, proxy, "without a message meanwhile");
        }
    }

    @Test
    void shouldFindAServerThatWasStartedAgainAfterALongWhileAtOnceWithoutHeartbeats() throws Exception {
        final int port = start(UdpPorts.fresh(new Random()));
        try (UdpProxy proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0)) {
            final TestPipeEnd before = dial(proxy);
            echo(before);
            kill();
            proxy.record();
            send(before);
            final long untilNs = System.nanoTime() + DOWN_NS;
            agent.await("down", () -> System.nanoTime() - untilNs >= 0);
            assertThat(before.closedCount()).isZero();

            start(port);

            assertFound(before, proxy, "with a message meanwhile");
            assertThat(proxy.records()).anyMatch(sent -> sent.toServer() && sent.bytes().length == ResetProbe.BYTES);
        }
    }

    private void echo(final TestPipeEnd client) {
        send(client);
        agent.await("echo", () -> client.count() == 1);
    }

    private void kill() throws InterruptedException {
        servers.get(0).toHandle().destroyForcibly();
        assertThat(servers.get(0).waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    private void assertFound(final TestPipeEnd before, final UdpProxy proxy, final String how) throws IOException {
        final long startNs = System.nanoTime();
        agent.await("found", () -> before.closedCount() > 0);
        final long foundNs = System.nanoTime() - startNs;
        echo(dial(proxy));
        final long tookNs = System.nanoTime() - startNs;
        LOG.log(Level.INFO, "{0}: found in {1} ms, connected again in {2} ms", how, foundNs / 1e6, tookNs / 1e6);
        assertThat(before.closeReason()).isEqualTo(CloseReason.IO_ERROR);
        assertThat(before.closeDetail()).contains("connection=unknown to the peer");
        assertThat(tookNs).isLessThan(FOUND_LIMIT_NS);
    }
}
