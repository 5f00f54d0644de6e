package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client of a server whose QUIC, or the client's own in its eyes, breaks the rules of QUIC. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // the client's side is looked at
final class QuicServerErrorTest {
    private static final TlsOptions ANYBODY =
            TlsOptions.builder().insecureAcceptAnyCertificate().build();

    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new QuicTransport());

    /** Of the server, one for each client that came. */
    private final Queue<QuicChannel> connections = new ConcurrentLinkedQueue<>();

    private long counts;

    @AfterEach
    void close() {
        agent.close();
    }

    /** On the server's thread: greeting and READY in answer to those of the client. */
    private void onStream(final QuicStreamChannel stream) {
        if (stream.type() == QuicStreamType.BIDIRECTIONAL) {
            stream.writeAndFlush(Unpooled.wrappedBuffer(QuicWireTest.GREETING, QuicWireTest.ready(false, 1 << 20)));
            connections.add(stream.parent());
        }
    }

    private TestPipeEnd open(final int port) {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        final TestPipeEnd client = new TestPipeEnd(
                agent,
                HandshakeConfig.builder(SocketType.PAIR).countsId(++counts).build(),
                new PipeOptions(
                        base.maxMessageBytes(),
                        base.maxFrames(),
                        0,
                        base.handshakeTimeoutNs(),
                        base.heartbeat(),
                        Map.of(TlsOptions.class, ANYBODY)));
        driver.dial(Endpoint.parse("quic://127.0.0.1:" + port), client);
        agent.await("open", client::isOpen);
        return client;
    }

    /** Not for a refusal, behind which a socket waits for long until it dials again. */
    @Test
    void shouldTakeAnErrorOfTheServersQuicForALossAndConnectAnew() throws Exception {
        try (RawQuicServer server = new RawQuicServer(new TestCertificates().server(), this::onStream)) {
            final TestPipeEnd client = open(server.port());

            connections
                    .remove()
                    .close(
                            false,
                            QuicWireTest.FLOW_CONTROL_ERROR,
                            Unpooled.copiedBuffer("too much on a stream", StandardCharsets.US_ASCII));
            agent.await("closed", () -> client.closedCount() == 1);
            final TestPipeEnd next = open(server.port());
            agent.settle(20);

            assertThat(client.closeReason()).as(client.closeDetail()).isEqualTo(CloseReason.IO_ERROR);
            assertThat(client.closeDetail()).contains("quicError=3, limit=").contains("too much on a stream");
            assertThat(next.closedCount()).isZero();
        }
    }
}
