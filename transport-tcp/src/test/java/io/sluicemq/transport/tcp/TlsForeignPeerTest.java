package io.sluicemq.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.peers.PeerAssumptions;
import io.sluicemq.testkit.peers.ZmtpBytes;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS of others: OpenSSL, and the JDK's own sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TlsForeignPeerTest {
    private static final TestCertificates CERTIFICATES = new TestCertificates();
    private static final TlsIdentity SERVER = CERTIFICATES.server();

    @TempDir
    private Path folder;

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new TlsTcpTransport());
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private Path trust;

    @BeforeEach
    void setOptions() {
        trust = CERTIFICATES.trustFile(folder);
        final TlsOptions options =
                TlsOptions.builder().identity(SERVER).trust(trust).build();
        agent.transportOptions(Map.of(TlsOptions.class, options));
    }

    @AfterEach
    void close() {
        processes.forEach(Process::destroyForcibly);
        agent.close();
    }

    /** What a ZMTP peer of type PUSH says that sends one message. */
    private static byte[] pushSays(final String text) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(ZmtpBytes.greeting(0));
        bytes.write(ZmtpBytes.ready("PUSH"));
        bytes.write(ZmtpBytes.frame(0, text.getBytes(StandardCharsets.US_ASCII)));
        return bytes.toByteArray();
    }

    private int listen() throws IOException {
        final String address = driver.listen(Endpoint.parse("tls+tcp://127.0.0.1:0"), new PipeAcceptor() {
                    @Override
                    public PipeEnd accept(final String remoteAddress) {
                        final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PULL);
                        accepted.add(end);
                        return end;
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return agent.complete(TestPipeEnd.OPTIONS).transportOptions(type, defaults);
                    }
                })
                .endpoint()
                .address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private Process openssl(final String... arguments) throws IOException {
        PeerAssumptions.requireOpenssl();
        final List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }

    private void awaitMessage(final TestPipeEnd end) {
        agent.await("message", () -> !end.received().isEmpty());
        assertThat(StandardCharsets.US_ASCII
                        .decode(end.received().get(0).bytes())
                        .toString())
                .isEqualTo("hello");
    }

    @Test
    void shouldServeOpensslsClient() throws IOException {
        final int port = listen();
        final Process client = openssl(
                "s_client",
                "-quiet",
                "-verify_return_error",
                "-verify_hostname",
                "localhost",
                "-CAfile",
                trust.toString(),
                "-connect",
                "127.0.0.1:" + port);

        final OutputStream out = client.getOutputStream();
        out.write(pushSays("hello"));
        out.flush();
        agent.await("accepted", () -> !accepted.isEmpty());

        awaitMessage(accepted.get(0));
        assertThat(client.isAlive()).isTrue();
    }

    @Test
    void shouldConnectToOpensslsServer() throws Exception {
        final Process server = openssl(
                "s_server",
                "-naccept",
                "1",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                TestCertificates.certificateFile(folder, SERVER).toString(),
                "-key",
                TestCertificates.keyFile(folder, SERVER).toString());
        final BufferedReader lines =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.ISO_8859_1));
        String line = lines.readLine();
        while (!line.startsWith("ACCEPT 127.0.0.1:")) {
            line = lines.readLine();
        }
        final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PULL);

        driver.dial(Endpoint.parse("tls+tcp://" + line.substring("ACCEPT ".length())), end);
        server.getOutputStream().write(pushSays("hello"));
        server.getOutputStream().flush();

        awaitMessage(end);
    }

    @Test
    void shouldServeASocketOfTheJdk() throws Exception {
        final int port = listen();
        try (Socket socket = ForeignTls.trusting(CERTIFICATES.authority())
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port)) {
            // It blocks in its handshake, which needs the agent's turns on this thread.
            final CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    ForeignTls.write(socket, pushSays("hello"));
                } catch (final IOException e) {
                    throw new AssertionError(e);
                }
            });
            agent.await("accepted", () -> !accepted.isEmpty());

            awaitMessage(accepted.get(0));
            writing.get();
        }
    }
}
