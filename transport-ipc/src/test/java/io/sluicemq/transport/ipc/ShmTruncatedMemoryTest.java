package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.SharedCarrier;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer truncates the file that both have mapped. Whoever touches it gets an error, which the JVM throws at once or at one of the
 * next steps, so a test meets it anywhere; the connection ends, and others go on.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@EnabledOnOs(OS.LINUX)
final class ShmTruncatedMemoryTest {
    @TempDir
    private Path folder;

    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[100]);

    private void joinAndTruncate(final TestAgent agent, final RawShmPeer peer) throws IOException {
        peer.send(RawShmPeer.HANDSHAKE);
        agent.await("the name of a ring", peer::hasRing);
        final String ring = RawShmPeer.files(folder).stream()
                .filter(name -> name.endsWith(".ring"))
                .findFirst()
                .orElseThrow();
        try (FileChannel file = FileChannel.open(folder.resolve(ring), StandardOpenOption.WRITE)) {
            peer.send(RawShmPeer.joined(1000, 1000));
            agent.await("open", () -> accepted.get(0).isOpen());
            file.truncate(0);
        }
    }

    /** On threads of their own, where the error may come as late as it likes. */
    private void useUntilOver(final TestAgent agent, final TestPipeEnd bad) throws InterruptedException {
        final PolledRing ring = ((SharedCarrier) bad.carrier()).incoming().get(0);
        final long limitNs = System.nanoTime() + TestAgent.AWAIT_LIMIT_NS;
        while ((bad.closedCount() == 0 || !ring.isClosed() || !ring.isEmpty()) && System.nanoTime() - limitNs < 0) {
            final Thread user = new Thread(() -> {
                for (int i = 0; i < 10; i++) {
                    bad.send(MessageKind.SINGLE, message, 100);
                    agent.turn();
                }
            });
            user.setUncaughtExceptionHandler((thread, error) -> errors.add(error));
            user.start();
            user.join();
        }
    }

    /** As the agent's loop does, which goes on after an error: one that struck in the middle of a clean-up leaves its rest to the next turns. */
    private void await(final TestAgent agent, final String what, final BooleanSupplier condition) {
        for (int errorCount = 0; ; errorCount++) {
            try {
                agent.await(what, condition);
                return;
            } catch (final InternalError e) {
                errors.add(e);
                assertThat(errorCount).as("errors while waiting for: %s", what).isLessThan(10);
            }
        }
    }

    @Test
    void shouldEndConnectionWithoutTouchOfItsMemory() throws IOException {
        final Path socket = folder.resolve("socket");
        try (TestAgent agent = new TestAgent()) {
            agent.open(new ShmTransport()).listen(Endpoint.parse("shm://" + socket), remote -> {
                final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PULL);
                end.stopPolling();
                accepted.add(end);
                return end;
            });
            try (RawShmPeer peer = RawShmPeer.connect(socket)) {
                agent.await("accepted", () -> accepted.size() == 1);
                joinAndTruncate(agent, peer);
                final TestPipeEnd bad = accepted.get(0);
                final PolledRing ring =
                        ((SharedCarrier) bad.carrier()).incoming().get(0);

                // Nobody polls or sends: only the look at the file can tell.
                agent.await("the end", () -> bad.closedCount() == 1);

                assertThat(bad.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
                assertThat(bad.closeDetail()).contains("the peer truncated the memory");
                assertThat(bad.send(MessageKind.SINGLE, message, 100)).isFalse();
                assertThat(ring.poll((tag, kind, buffer, offset, length) -> fail("handed over, length=%d", length), 10))
                        .isZero();
                assertThat(ring.isClosed()).isTrue();
                assertThat(ring.isEmpty()).isTrue();
            }
        }
    }

    @Test
    void shouldEndAtOnceWhenTheDriverIsClosed() throws IOException {
        final Path socket = folder.resolve("socket");
        try (TestAgent agent = new TestAgent()) {
            final TransportDriver driver = agent.open(new ShmTransport());
            driver.listen(Endpoint.parse("shm://" + socket), remote -> {
                final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PULL);
                end.stopPolling();
                accepted.add(end);
                return end;
            });
            try (RawShmPeer peer = RawShmPeer.connect(socket)) {
                agent.await("accepted", () -> accepted.size() == 1);
                joinAndTruncate(agent, peer);
                final TestPipeEnd bad = accepted.get(0);
                final PolledRing ring =
                        ((SharedCarrier) bad.carrier()).incoming().get(0);

                driver.close();

                assertThat(bad.closedCount()).isEqualTo(1);
                assertThat(ring.isClosed()).isTrue();
                assertThat(ring.poll((tag, kind, buffer, offset, length) -> fail("length=%d", length), 10))
                        .isZero();
                assertThat(ring.isEmpty()).isTrue();
            }
        }
    }

    @Test
    void shouldWatchTheFileAlsoInAnInterruptedThread() throws IOException {
        final Path path = folder.resolve("ring");
        final ShmFile file = ShmFile.create(path, 4096, 4096, ShmFile.OWNER_ONLY);
        try {
            Thread.currentThread().interrupt();
            assertThat(file.isTruncated()).isFalse();
            assertThat(Thread.interrupted()).isTrue();
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(100);
            }
            assertThat(file.isTruncated()).isTrue();
            file.stopWatching();
            assertThat(file.isTruncated()).isFalse();
        } finally {
            Thread.interrupted();
            file.unmap();
        }
    }

    @Test
    void shouldEndThatConnectionAndServeOthers() throws IOException, InterruptedException {
        final Path socket = folder.resolve("socket");
        final Endpoint endpoint = Endpoint.parse("shm://" + socket);
        try (TestAgent agent = new TestAgent()) {
            final TransportDriver driver = agent.open(new ShmTransport());
            driver.listen(endpoint, remote -> {
                final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PULL);
                accepted.add(end);
                return end;
            });
            try (RawShmPeer peer = RawShmPeer.connect(socket)) {
                agent.await("accepted", () -> accepted.size() == 1);
                joinAndTruncate(agent, peer);
                final TestPipeEnd bad = accepted.get(0);
                useUntilOver(agent, bad);

                assertThat(errors).hasOnlyElementsOfType(InternalError.class);
                assertThat(bad.closedCount()).isEqualTo(1);
                assertThat(bad.closeReason()).isIn(CloseReason.IO_ERROR, CloseReason.PROTOCOL_ERROR);
            }

            final TestPipeEnd good = new TestPipeEnd(agent, SocketType.PUSH);
            driver.dial(endpoint, good);
            await(agent, "open", good::isOpen);
            assertThat(good.send(MessageKind.SINGLE, message, 100)).isTrue();
            await(agent, "served", () -> accepted.get(1).count() == 1);
        }
    }
}
