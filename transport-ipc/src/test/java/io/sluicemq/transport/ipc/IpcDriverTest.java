package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only ipc has: paths, permissions, the peer's user. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class IpcDriverTest {
    private final TestAgent agent = new TestAgent();
    private final TransportDriver driver = agent.open(new IpcTransport());
    private final List<String> remotes = new ArrayList<>();
    private final List<TestPipeEnd> accepted = new ArrayList<>();
    private final TestPipeEnd client = new TestPipeEnd(agent, SocketType.PAIR);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        agent.close();
    }

    private TransportDriver.BoundEndpoint listen(final Object path) throws IOException {
        return driver.listen(Endpoint.parse("ipc://" + path), remote -> {
            remotes.add(remote);
            accepted.add(new TestPipeEnd(agent, SocketType.PAIR));
            return accepted.get(accepted.size() - 1);
        });
    }

    private void dialAndAwaitOpen(final Endpoint endpoint) {
        driver.dial(endpoint, client);
        agent.await("open", () -> client.isOpen() && accepted.stream().allMatch(TestPipeEnd::isOpen));
    }

    private void awaitClosed(final TestPipeEnd end) {
        agent.await("closed", () -> end.closedCount() > 0);
    }

    private static ServerSocketChannel bindRaw(final Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path), 1);
    }

    @Test
    void shouldBeFoundByItsScheme() {
        final List<String> schemes = ServiceLoader.load(Transport.class).stream()
                .map(provider -> provider.get().scheme())
                .toList();

        assertThat(schemes).contains("ipc");
    }

    @Test
    void shouldNameThePathOnBothSides() throws IOException {
        final String path = "ipc://" + folder.resolve("orders");
        final Endpoint bound = listen(folder.resolve("orders")).endpoint();

        dialAndAwaitOpen(bound);

        assertThat(bound).hasToString(path);
        assertThat(client.carrier().remoteAddress()).isEqualTo(path);
        assertThat(remotes).containsExactly(path);
    }

    @Test
    void shouldTellTheUserAndGroupOfThePeer() throws IOException {
        final Path own = Files.createFile(folder.resolve("own"));
        final String user = Files.getOwner(own).getName();
        final String group = Files.getAttribute(own, "posix:group").toString();

        dialAndAwaitOpen(listen("*").endpoint());

        for (final TestPipeEnd end : List.of(client, accepted.get(0))) {
            assertThat(end.peer().attributes())
                    .containsEntry(IpcTransport.USER_ATTRIBUTE, user)
                    .containsEntry(IpcTransport.GROUP_ATTRIBUTE, group)
                    .hasSize(2);
        }
    }

    @Test
    void shouldTellAPeerThatItsUserIsNotWanted() throws IOException {
        final PeerCheck check = peer ->
                "somebody".equals(peer.attributes().get(IpcTransport.USER_ATTRIBUTE)) ? null : "user not on the list";
        final HandshakeConfig picky =
                HandshakeConfig.builder(SocketType.PAIR).peerCheck(check).build();
        final Endpoint bound = driver.listen(
                        Endpoint.parse("ipc://*"), remote -> new TestPipeEnd(agent, picky, TestPipeEnd.OPTIONS))
                .endpoint();

        driver.dial(bound, client);
        awaitClosed(client);

        assertThat(client.closeReason()).isEqualTo(CloseReason.REFUSED);
        assertThat(client.closeDetail()).contains("user not on the list");
        assertThat(client.openCount()).isZero();
    }

    @Test
    void shouldBindWithThePermissionsOfItsOptions() throws IOException {
        final IpcOptions options = IpcOptions.builder()
                .permissions(PosixFilePermissions.fromString("rw-rw----"))
                .build();
        final PipeAcceptor acceptor = new PipeAcceptor() {
            @Override
            public PipeEnd accept(final String remoteAddress) {
                return null;
            }

            @Override
            public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                return type.cast(options);
            }
        };

        driver.listen(Endpoint.parse("ipc://" + folder.resolve("open")), acceptor);
        listen(folder.resolve("own"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("open"))))
                .isEqualTo("rw-rw----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("own"))))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldSayThatNobodyListensAtAStaleSocket() throws IOException {
        final Path path = folder.resolve("stale");
        bindRaw(path).close();

        driver.dial(Endpoint.parse("ipc://" + path), client);

        assertThat(client.closedCount()).isEqualTo(1);
        assertThat(client.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(client.closeDetail()).contains("endpoint=ipc://" + path, "limit=a path where somebody listens");
    }

    private List<TransportDriver.Dialing> dialMoreThanTheBacklogTakes(final Path path, final List<TestPipeEnd> ends) {
        final List<TransportDriver.Dialing> attempts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ends.add(new TestPipeEnd(agent, SocketType.PAIR));
            attempts.add(driver.dial(Endpoint.parse("ipc://" + path), ends.get(i)));
        }
        return attempts;
    }

    @Test
    void shouldWaitForRoomInTheBacklog() throws IOException {
        final Path path = folder.resolve("busy");
        try (ServerSocketChannel server = bindRaw(path)) {
            server.configureBlocking(false);
            final List<TestPipeEnd> ends = new ArrayList<>();
            final List<SocketChannel> served = new ArrayList<>();

            dialMoreThanTheBacklogTakes(path, ends);
            agent.settle(3);
            final int failed = ends.stream().mapToInt(TestPipeEnd::closedCount).sum();
            agent.await("all served", () -> accept(server, served) == ends.size());

            assertThat(failed).isZero();
            assertThat(ends).allSatisfy(end -> assertThat(end.closedCount()).isZero());
            for (final SocketChannel peer : served) {
                peer.close();
            }
        }
    }

    private static int accept(final ServerSocketChannel server, final List<SocketChannel> served) {
        try {
            final SocketChannel peer = server.accept();
            if (peer != null) {
                served.add(peer);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return served.size();
    }

    @Test
    void shouldGiveUpWhenTheBacklogStaysFull() throws Exception {
        final Path path = folder.resolve("busy");
        try (ServerSocketChannel server = bindRaw(path)) {
            final List<TestPipeEnd> ends = new ArrayList<>();
            final List<TransportDriver.Dialing> attempts = dialMoreThanTheBacklogTakes(path, ends);

            attempts.get(4).close();
            awaitClosed(ends.get(5));

            assertThat(server.isOpen()).isTrue();
            assertThat(ends.get(4).closeReason()).isEqualTo(CloseReason.CLOSED_LOCALLY);
            assertThat(ends.get(5).closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
            assertThat(ends.get(5).closeDetail()).contains("endpoint=ipc://" + path, "limit=a listener with room");
            assertThat(ends.get(0).closedCount()).isZero();
        }
    }

    @Test
    void shouldNameTheEndpointThatCannotBeBound() throws IOException {
        final Path path = folder.resolve("orders");
        final TransportDriver.BoundEndpoint bound = listen(path);

        assertThatThrownBy(() -> listen(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot bind endpoint=ipc://" + path + ": path=" + path)
                .hasMessageContaining("another one accepts there");
        driver.dial(bound.endpoint(), client);
        agent.await("open", client::isOpen);
    }

    @Test
    void shouldTakeOverWhatAKilledProcessLeft() throws IOException {
        final Path path = folder.resolve("orders");
        bindRaw(path).close();

        dialAndAwaitOpen(listen(path).endpoint());

        assertThat(accepted).hasSize(1);
    }

    @Test
    void shouldStopAcceptingAndKeepWhatItHas() throws Exception {
        final Path path = folder.resolve("orders");
        final TransportDriver.BoundEndpoint bound = listen(path);
        dialAndAwaitOpen(bound.endpoint());
        final TestPipeEnd late = new TestPipeEnd(agent, SocketType.PAIR);

        bound.close();
        bound.close();
        driver.dial(bound.endpoint(), late);

        assertThat(late.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(path).doesNotExist();
        assertThat(client.closedCount()).isZero();
    }

    @Test
    void shouldRemoveItsFilesWhenTheDriverIsClosed() throws IOException {
        final Path path = folder.resolve("orders");
        listen(path);
        final Path fresh = Path.of(listen("*").endpoint().address());

        driver.close();

        assertThat(path).doesNotExist();
        assertThat(fresh.getParent()).doesNotExist();
    }

    @Test
    void shouldNameTheSchemeOfAPeerThatComesForSharedMemory() throws IOException {
        final Endpoint bound = listen("*").endpoint();
        final TransportDriver shm = agent.open(new ShmTransport());

        shm.dial(new Endpoint("shm", bound.address()), client);
        awaitClosed(client);
        awaitClosed(accepted.get(0));

        assertThat(accepted.get(0).closeReason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        assertThat(accepted.get(0).closeDetail())
                .contains("firstOctet=83", "the peer uses shm://", "use the same scheme on both sides");
        assertThat(client.closeDetail()).contains("protocol=ZMTP, limit=shared memory, use ipc:// at both ends");
    }

    @Test
    void shouldTurnAPeerAwayThatTheSocketDoesNotWant() throws IOException {
        final Endpoint bound =
                driver.listen(Endpoint.parse("ipc://*"), remote -> null).endpoint();

        driver.dial(bound, client);
        awaitClosed(client);

        assertThat(client.closeReason()).isIn(CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR);
    }
}
