package io.sluicemq.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportDriver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only TCP has: names, interfaces, source addresses, IPv6. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class TcpDriverTest {
    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new TcpTransport());
    private final List<String> remotes = new ArrayList<>();
    private final TestPipeEnd client = new TestPipeEnd(agent, SocketType.PAIR);

    @AfterEach
    void close() {
        agent.close();
    }

    private Endpoint listen(final String endpoint) throws IOException {
        return driver.listen(Endpoint.parse(endpoint), remote -> {
                    remotes.add(remote);
                    return new TestPipeEnd(agent, SocketType.PAIR);
                })
                .endpoint();
    }

    private static String port(final Endpoint endpoint) {
        return endpoint.address().substring(endpoint.address().lastIndexOf(':') + 1);
    }

    @Test
    void shouldBeFoundByItsScheme() {
        final List<String> schemes = ServiceLoader.load(Transport.class).stream()
                .map(provider -> provider.get().scheme())
                .toList();

        assertThat(schemes).contains("tcp");
    }

    @Test
    void shouldResolveANameAndTryItsAddresses() throws IOException {
        final Endpoint bound = listen("tcp://127.0.0.1:*");

        driver.dial(Endpoint.parse("tcp://localhost:" + port(bound)), client);
        agent.await("open", client::isOpen);

        assertThat(client.carrier().remoteAddress()).isEqualTo("tcp://localhost:" + port(bound));
        assertThat(remotes.get(0)).startsWith("tcp://127.0.0.1:");
    }

    @Test
    void shouldSayThatANameDoesNotResolve() {
        driver.dial(Endpoint.parse("tcp://no-such-host.invalid:5555"), client);
        agent.await("told", () -> client.closedCount() > 0);

        assertThat(client.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(client.closeDetail())
                .contains("endpoint=tcp://no-such-host.invalid:5555", "host=no-such-host.invalid");
    }

    @Test
    void shouldAbandonAnAttempt() throws Exception {
        // An address of the block for documentation, RFC 5737, where nobody answers.
        final TransportDriver.Dialing dialing = driver.dial(Endpoint.parse("tcp://192.0.2.1:5555"), client);

        dialing.close();
        dialing.close();
        agent.settle(3);

        assertThat(client.closedCount()).isEqualTo(1);
    }

    @Test
    void shouldReportTheWildcardAsAnAddress() throws IOException {
        final Endpoint bound = listen("tcp://*:*");

        driver.dial(Endpoint.parse("tcp://127.0.0.1:" + port(bound)), client);
        agent.await("open", client::isOpen);

        assertThat(bound.toString()).matches("tcp://0\\.0\\.0\\.0:[1-9]\\d*");
    }

    @Test
    void shouldConnectOverIpv6() throws IOException {
        assumeTrue(
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .anyMatch(address -> "0:0:0:0:0:0:0:1"
                                .equals(address.getHostAddress().split("%", -1)[0])),
                "this machine has no IPv6");
        final Endpoint bound = listen("tcp://[::1]:*");

        driver.dial(bound, client);
        agent.await("open", client::isOpen);

        assertThat(bound.toString()).startsWith("tcp://[::1]:");
    }

    @Test
    void shouldLeaveFromTheSourceAddress() throws IOException {
        final Endpoint bound = listen("tcp://127.0.0.1:*");

        driver.dial(Endpoint.parse("tcp://127.0.0.2;" + bound.address()), client);
        agent.await("open", client::isOpen);

        assertThat(remotes.get(0)).startsWith("tcp://127.0.0.2:");
    }

    @Test
    void shouldNameTheEndpointThatCannotBeBound() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final String taken = "tcp://127.0.0.1:" + other.getLocalPort();

            assertThatThrownBy(() -> listen(taken))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot bind endpoint=" + taken);
        }
    }

    @Test
    void shouldStopAcceptingAndKeepWhatItHas() throws Exception {
        final TransportDriver.BoundEndpoint bound =
                driver.listen(Endpoint.parse("tcp://127.0.0.1:*"), remote -> new TestPipeEnd(agent, SocketType.PAIR));
        driver.dial(bound.endpoint(), client);
        agent.await("open", client::isOpen);
        final TestPipeEnd late = new TestPipeEnd(agent, SocketType.PAIR);

        bound.close();
        bound.close();
        driver.dial(bound.endpoint(), late);
        agent.await("told", () -> late.closedCount() > 0);

        assertThat(late.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(client.closedCount()).isZero();
    }

    @Test
    void shouldTurnAPeerAwayThatTheSocketDoesNotWant() throws IOException {
        final Endpoint bound = driver.listen(Endpoint.parse("tcp://127.0.0.1:*"), remote -> null)
                .endpoint();

        driver.dial(bound, client);
        agent.await("told", () -> client.closedCount() > 0);

        assertThat(client.closeReason()).isIn(CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR);
    }
}
