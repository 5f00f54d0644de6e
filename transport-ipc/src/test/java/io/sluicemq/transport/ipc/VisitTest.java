package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.Transport;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who come to a bound path and leave without a word. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class VisitTest {
    private final TestAgent agent = new TestAgent();
    private final List<TestPipeEnd> accepted = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        agent.close();
    }

    private SocketChannel connect(final String scheme) throws IOException {
        final Transport transport = "ipc".equals(scheme) ? new IpcTransport() : new ShmTransport();
        final Path path = folder.resolve("orders");
        agent.open(transport).listen(new Endpoint(scheme, path.toString()), remote -> {
            accepted.add(new TestPipeEnd(agent, SocketType.PAIR));
            return accepted.get(accepted.size() - 1);
        });
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    private CloseReason awaitEnd() {
        agent.await("closed", () -> !accepted.isEmpty() && accepted.get(0).closedCount() > 0);
        return accepted.get(0).closeReason();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "shm"})
    void shouldKnowOneWhoLeftBeforeItWasAccepted(final String scheme) throws IOException {
        connect(scheme).close();

        assertThat(awaitEnd()).isEqualTo(CloseReason.ONLY_LOOKED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "shm"})
    void shouldKnowOneWhoLeftWithoutReadingWhatWeSaid(final String scheme) throws IOException {
        final SocketChannel peer = connect(scheme);
        agent.await("accepted", () -> !accepted.isEmpty());
        agent.settle(3);
        peer.close();

        assertThat(awaitEnd()).isEqualTo(CloseReason.ONLY_LOOKED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "shm"})
    void shouldTellOfOneWhoWaitedInSilence(final String scheme) throws IOException {
        final SocketChannel peer = connect(scheme);
        agent.await("accepted", () -> !accepted.isEmpty());
        agent.settle(3);
        agent.advance(1_000_000_000L);
        peer.close();

        assertThat(awaitEnd()).isIn(CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "shm"})
    void shouldTellOfOneWhoSaidSomething(final String scheme) throws IOException {
        try (SocketChannel peer = connect(scheme)) {
            peer.write(ByteBuffer.wrap("G".getBytes(StandardCharsets.US_ASCII)));
        }

        assertThat(awaitEnd()).isIn(CloseReason.HANDSHAKE_FAILED, CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR);
    }
}
