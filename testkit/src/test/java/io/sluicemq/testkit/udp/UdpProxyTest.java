package io.sluicemq.testkit.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class UdpProxyTest {
    private static final int LIMIT_MS = 10_000;

    private DatagramSocket server;
    private DatagramSocket client;
    private UdpProxy proxy;

    @BeforeEach
    void open() throws IOException {
        server = socket();
        client = socket();
        proxy = new UdpProxy((InetSocketAddress) server.getLocalSocketAddress(), 1);
    }

    private static DatagramSocket socket() throws IOException {
        final DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setSoTimeout(LIMIT_MS);
        return socket;
    }

    @AfterEach
    void close() {
        proxy.close();
        server.close();
        client.close();
    }

    private static void send(final DatagramSocket from, final SocketAddress to, final String text) throws IOException {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        from.send(new DatagramPacket(bytes, bytes.length, to));
    }

    private static DatagramPacket receive(final DatagramSocket at) throws IOException {
        final DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
        at.receive(packet);
        return packet;
    }

    private static String text(final DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldPassDatagramsBothWays() throws IOException {
        send(client, proxy.address(), "question");
        final DatagramPacket question = receive(server);
        send(server, question.getSocketAddress(), "answer");
        final DatagramPacket answer = receive(client);

        assertThat(text(question)).isEqualTo("question");
        assertThat(text(answer)).isEqualTo("answer");
        assertThat(answer.getSocketAddress()).isEqualTo(proxy.address());
    }

    @Test
    void shouldKeepClientsApart() throws IOException {
        try (DatagramSocket other = socket()) {
            send(client, proxy.address(), "one");
            final DatagramPacket one = receive(server);
            send(other, proxy.address(), "two");
            final DatagramPacket two = receive(server);
            send(server, two.getSocketAddress(), "to two");
            send(server, one.getSocketAddress(), "to one");

            assertThat(text(receive(client))).isEqualTo("to one");
            assertThat(text(receive(other))).isEqualTo("to two");
        }
    }

    @Test
    void shouldMoveClientsToAnotherAddress() throws IOException {
        send(client, proxy.address(), "before");
        final SocketAddress before = receive(server).getSocketAddress();

        proxy.rebind();
        send(client, proxy.address(), "after");
        final DatagramPacket after = receive(server);
        send(server, after.getSocketAddress(), "found");

        assertThat(after.getSocketAddress()).isNotEqualTo(before);
        assertThat(text(receive(client))).isEqualTo("found");
    }

    @Test
    void shouldDelay() throws IOException {
        proxy.toServer(LinkConditions.CLEAR.delayedBy(Duration.ofMillis(50)));
        final long startNs = System.nanoTime();

        send(client, proxy.address(), "late");
        receive(server);

        assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(49_000_000L);
    }

    @Test
    void shouldLoseAllWhenSilentAndRecordIt() throws IOException {
        proxy.record();
        proxy.toServer(LinkConditions.SILENT);
        send(client, proxy.address(), "lost");
        Await.until(Duration.ofMillis(LIMIT_MS), () -> proxy.lost() == 1, "lost");
        proxy.toServer(LinkConditions.CLEAR);
        send(client, proxy.address(), "found");

        assertThat(text(receive(server))).isEqualTo("found");
        assertThat(proxy.passed()).isEqualTo(1);
        assertThat(proxy.records()).hasSize(2);
        assertThat(proxy.records().get(0).passed()).isFalse();
        assertThat(proxy.records().get(0).toServer()).isTrue();
        assertThat(proxy.records().get(1).bytes()).isEqualTo("found".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldGoOnWhenNobodyIsAtTheServersPort() throws IOException {
        final SocketAddress at = server.getLocalSocketAddress();
        server.close();
        send(client, proxy.address(), "to nobody");
        Await.until(Duration.ofMillis(LIMIT_MS), () -> proxy.passed() == 1, "sent to nobody");
        server = new DatagramSocket(at);
        server.setSoTimeout(200);

        String found = null;
        for (int i = 0; i < 50 && !"to somebody".equals(found); i++) {
            send(client, proxy.address(), "to somebody");
            try {
                found = text(receive(server));
            } catch (final SocketTimeoutException e) {
                // The system told the proxy of the first one now, if that was not late itself; the next one passes.
                found = null;
            }
        }

        assertThat(found).isEqualTo("to somebody");
    }
}
