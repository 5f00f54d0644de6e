package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many who begin a connection, show that they are at their address, and say nothing more. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class QuicCrowdTest {
    private static final int ATTEMPTS = QuicPort.MAX_UNFINISHED + 76;
    private static final long BEYOND_THE_HANDSHAKE_NS = 31_000_000_000L;
    private static final int ID_BYTES = 16;
    private static final int RETRY = 0xF0;
    private static final int TAG_BYTES = 16;

    /** Some 60 KB are told to users; 30 to 40 were measured. */
    private static final long HANDSHAKE_BYTES = 96 * 1024;

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private final Random random = new Random(1);
    private Endpoint endpoint;

    @BeforeEach
    void listen() throws IOException {
        final TlsOptions tls = TestCertificates.bothSides();
        agent.transportOptions(Map.of(TlsOptions.class, tls));
        endpoint = driver.listen(Endpoint.parse("quic://127.0.0.1:0"), new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        accepted.add(new TestPipeEnd(agent, SocketType.PAIR));
                        return accepted.get(accepted.size() - 1);
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type == TlsOptions.class ? type.cast(tls) : defaults;
                    }
                })
                .endpoint();
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private TestPipeEnd dial() {
        final TestPipeEnd client = new TestPipeEnd(agent, SocketType.PAIR);
        driver.dial(endpoint, client);
        return client;
    }

    private byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The answer to a Retry, or null for anything else. */
    private ByteBuffer answerTo(final ByteBuffer datagram) {
        if ((datagram.get() & RETRY) != RETRY) {
            return null;
        }
        datagram.position(1 + Integer.BYTES);
        datagram.position(datagram.position() + 1 + datagram.get(datagram.position()));
        final byte[] itsId = new byte[datagram.get()];
        datagram.get(itsId);
        final byte[] token = new byte[datagram.remaining() - TAG_BYTES];
        datagram.get(token);
        return RawInitial.of(itsId, bytes(ID_BYTES), token);
    }

    /** One more who comes, and sends back what it is asked for; returns whether it was asked. */
    private boolean come(final DatagramChannel from, final ByteBuffer buffer) throws IOException {
        boolean asked = false;
        from.write(RawInitial.of(bytes(ID_BYTES), bytes(ID_BYTES), new byte[0]));
        agent.turn();
        while (from.read(buffer.clear()) > 0) {
            final ByteBuffer answer = answerTo(buffer.flip());
            if (answer != null) {
                asked = true;
                from.write(answer);
                agent.turn();
            }
        }
        return asked;
    }

    @Test
    void shouldKeepABoundOfHandshakesUnderWayAndServeAgainBehindThem() throws IOException {
        final TestPipeEnd good = dial();
        agent.await("open", () -> good.isOpen() && accepted.get(0).isOpen());
        final long residentBefore = Resident.bytes();
        int asked = 0;
        try (DatagramChannel crowd = DatagramChannel.open()) {
            final String address = endpoint.address();
            final int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            crowd.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            crowd.configureBlocking(false);
            final ByteBuffer buffer = ByteBuffer.allocate(2_048);
            for (int i = 0; i < ATTEMPTS; i++) {
                asked += come(crowd, buffer) ? 1 : 0;
            }
            final TestPipeEnd tooLate = dial();
            agent.settle(30);
            final long resident = Resident.bytes();
            System.getLogger(QuicCrowdTest.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "resident bytes before={0}, with {1} unfinished handshakes={2}",
                            residentBefore,
                            QuicPort.MAX_UNFINISHED,
                            resident);
            assertThat(resident - residentBefore).isLessThan(QuicPort.MAX_UNFINISHED * HANDSHAKE_BYTES);

            assertThat(asked).isEqualTo(ATTEMPTS - QuicPort.MAX_UNVERIFIED);
            assertThat(accepted).hasSize(1 + QuicPort.MAX_UNFINISHED);
            assertThat(tooLate.openCount()).isZero();
            assertThat(good.closedCount()).isZero();
        }

        agent.advance(BEYOND_THE_HANDSHAKE_NS);
        agent.await(
                "all gone but one",
                () -> accepted.stream().skip(1).limit(QuicPort.MAX_UNFINISHED).allMatch(end -> end.closedCount() == 1));
        final TestPipeEnd next = dial();
        agent.await("open", next::isOpen);
    }
}
