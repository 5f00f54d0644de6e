package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.Endpoint;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class UnixListenerTest {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> ALL = PosixFilePermissions.fromString("rw-rw-rw-");
    private static final int BACKLOG = 10;

    @TempDir
    private Path folder;

    private static UnixListener bind(final Path path) throws IOException {
        return UnixListener.bind(new UnixPath(path), OWNER, BACKLOG);
    }

    private static UnixListener bindFresh(final Set<PosixFilePermission> permissions) throws IOException {
        return UnixListener.bind(UnixPath.parse(Endpoint.parse("ipc://*")), permissions, BACKLOG);
    }

    private static boolean isAccepting(final Path path) {
        try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return peer.isConnected();
        } catch (final IOException e) {
            return false;
        }
    }

    private static ServerSocketChannel bindPlainly(final Path path, final int backlog) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path), backlog);
    }

    private static Path leaveStale(final Path path) throws IOException {
        bindPlainly(path, 1).close();
        return path;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void shouldLeaveNothingButTheSocketAndRemoveItAtClose() throws IOException {
        final Path path = folder.resolve("orders");
        final UnixListener listener = bind(path);
        final boolean accepting = isAccepting(path);
        final List<Path> whileOpen = files();

        listener.close();
        listener.close();

        assertThat(accepting).isTrue();
        assertThat(whileOpen).containsExactly(path);
        assertThat(files()).isEmpty();
        assertThat(listener.channel().isOpen()).isFalse();
    }

    @Test
    void shouldSetThePermissionsAskedFor() throws IOException {
        try (UnixListener own = bind(folder.resolve("own"));
                UnixListener open = UnixListener.bind(new UnixPath(folder.resolve("open")), ALL, BACKLOG)) {
            assertThat(Files.getPosixFilePermissions(own.path())).isEqualTo(OWNER);
            assertThat(Files.getPosixFilePermissions(open.path())).isEqualTo(ALL);
        }
    }

    @Test
    void shouldMakeAFreshPathThatOnlyItsOwnerCanReach() throws IOException {
        final Path directory;
        try (UnixListener first = bindFresh(OWNER);
                UnixListener second = bindFresh(OWNER)) {
            directory = first.path().getParent();

            assertThat(first.path()).isNotEqualTo(second.path());
            assertThat(isAccepting(first.path())).isTrue();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void shouldRemoveItsDirectoryWhenItsFileIsGoneAlready() throws IOException {
        final UnixListener listener = bindFresh(OWNER);
        final Path directory = listener.path().getParent();
        Files.delete(listener.path());

        listener.close();

        assertThat(directory).doesNotExist();
        assertThat(listener.channel().isOpen()).isFalse();
    }

    @Test
    void shouldCloseWhenItsDirectoryIsGoneAlready() throws IOException {
        final UnixListener listener = bindFresh(OWNER);
        Files.delete(listener.path());
        Files.delete(listener.path().getParent());

        listener.close();

        assertThat(listener.channel().isOpen()).isFalse();
    }

    @Test
    void shouldLetThoseThroughToAFreshPathWhoMayConnect() throws IOException {
        try (UnixListener listener = bindFresh(ALL)) {
            final Path directory = listener.path().getParent();

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx--x--x");
        }
    }

    @Test
    void shouldTakeOverAStaleSocket() throws IOException {
        final Path path = leaveStale(folder.resolve("orders"));
        try (UnixListener listener = bind(path)) {
            assertThat(listener.path()).isEqualTo(path);
            assertThat(isAccepting(path)).isTrue();
            assertThat(files()).containsExactly(path);
        }
    }

    @Test
    void shouldTakeOverPastALockFileOfADeadProcess() throws IOException {
        final Path path = leaveStale(folder.resolve("orders"));
        Files.createFile(TakeoverLock.file(path));
        try (UnixListener listener = bind(path)) {
            assertThat(isAccepting(listener.path())).isTrue();
            assertThat(files()).containsExactly(path);
        }
    }

    @Test
    void shouldNotStealFromALiveListener() throws IOException {
        final Path path = folder.resolve("orders");
        try (ServerSocketChannel live = bindPlainly(path, BACKLOG)) {
            assertThatThrownBy(() -> bind(path))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "path=" + path + ", limit=one listener, another one accepts there: choose another path");
            assertThat(live.isOpen()).isTrue();
            assertThat(isAccepting(path)).isTrue();
            assertThat(files()).containsExactly(path);
        }
    }

    @Test
    void shouldNotStealFromALiveListenerWhoseBacklogIsFull() throws IOException {
        final Path path = folder.resolve("orders");
        try (ServerSocketChannel live = bindPlainly(path, 1)) {
            final List<SocketChannel> waiting = new ArrayList<>();
            while (connectNow(path, waiting)) {
                assertThat(waiting).hasSizeLessThan(10);
            }

            assertThatThrownBy(() -> bind(path)).hasMessageContaining("another one accepts there");
            assertThat(live.accept()).isNotNull();
            for (final SocketChannel peer : waiting) {
                peer.close();
            }
        }
    }

    private static boolean connectNow(final Path path, final List<SocketChannel> connected) throws IOException {
        final SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX);
        connected.add(peer);
        peer.configureBlocking(false);
        try {
            return peer.connect(UnixDomainSocketAddress.of(path));
        } catch (final IOException e) {
            return false;
        }
    }

    @Test
    void shouldRefuseAPathOfAnotherKindOfFile() throws IOException {
        final Path file = Files.writeString(folder.resolve("file"), "precious");
        final Path directory = Files.createDirectory(folder.resolve("directory"));
        final Path link = Files.createSymbolicLink(folder.resolve("link"), leaveStale(folder.resolve("stale")));

        for (final Path path : List.of(file, directory, link)) {
            assertThatThrownBy(() -> bind(path))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("path=" + path)
                    .hasMessageContaining("another kind of file is there");
        }

        assertThat(file).hasContent("precious");
        assertThat(files()).hasSize(4);
    }

    @Test
    void shouldSayThatTheDirectoryIsMissing() {
        assertThatThrownBy(() -> bind(folder.resolve("none/orders")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("limit=a directory that exists");
    }

    @Test
    void shouldBindToAPathThatLeavesNoRoomBesideIt() throws IOException {
        final int room = 103 - folder.toString().length() - 4;
        final Path deep = Files.createDirectory(folder.resolve("d".repeat(room)));
        final Path path = deep.resolve("s1");
        assertThat(UnixPath.fits(path)).isTrue();

        try (UnixListener listener = bind(path);
                Stream<Path> beside = Files.list(deep)) {
            assertThat(isAccepting(listener.path())).isTrue();
            assertThat(beside).containsExactly(path);
        }
    }

    @Test
    void shouldBindToARelativePath() throws IOException {
        final Path relative = Path.of("").toAbsolutePath().relativize(folder.resolve("orders"));
        try (UnixListener listener = bind(relative)) {
            assertThat(listener.path()).isEqualTo(relative);
            assertThat(isAccepting(folder.resolve("orders"))).isTrue();
        }
    }

    @Test
    void shouldNotRemoveTheFileOfSomebodyElse() throws IOException {
        final Path path = folder.resolve("orders");
        final UnixListener listener = bind(path);
        Files.delete(path);
        try (ServerSocketChannel thief = bindPlainly(path, BACKLOG)) {
            listener.close();

            assertThat(isAccepting(path)).isTrue();
            assertThat(thief.isOpen()).isTrue();
        }
    }

    @Test
    void shouldLetOneOfSeveralThreadsTakeOver() throws Exception {
        final int threads = 4;
        final ExecutorService pool = Executors.newFixedThreadPool(threads);
        final CyclicBarrier start = new CyclicBarrier(threads);
        try {
            for (int round = 0; round < 50; round++) {
                final Path path = leaveStale(folder.resolve("round" + round));
                final List<Future<UnixListener>> attempts = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    attempts.add(pool.submit(() -> {
                        start.await();
                        return bindIfPossible(path);
                    }));
                }
                final List<UnixListener> winners = new ArrayList<>();
                for (final Future<UnixListener> attempt : attempts) {
                    if (attempt.get() != null) {
                        winners.add(attempt.get());
                    }
                }

                assertThat(winners).hasSize(1);
                assertThat(isAccepting(path)).isTrue();
                winners.get(0).close();
                assertThat(files()).isEmpty();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static UnixListener bindIfPossible(final Path path) {
        try {
            return bind(path);
        } catch (final IOException e) {
            assertThat(e).hasMessageMatching(".*(another one accepts there|another is just doing so|others take it).*");
            return null;
        }
    }
}
