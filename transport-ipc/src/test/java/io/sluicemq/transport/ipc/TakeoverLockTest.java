package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class TakeoverLockTest {
    private static final String OWN = "sluicemq-lock 01234567-89ab-cdef-0123-456789abcdef";

    @TempDir
    private Path folder;

    private Path path;
    private Path lock;
    private UserPrincipal self;

    @BeforeEach
    void findNames() throws IOException {
        path = folder.resolve("orders");
        lock = TakeoverLock.file(path);
        self = Files.getOwner(folder);
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    private void bindIsRefused(final String text) {
        assertThatThrownBy(() -> UnixListener.bind(new UnixPath(path), PosixFilePermissions.fromString("rw-------"), 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(text);
    }

    private void acquireIsRefused() {
        assertThatThrownBy(() -> TakeoverLock.acquire(path, self))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lock=" + lock)
                .hasMessageContaining("another file is there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", OWN})
    void shouldRemoveAFileThatAHolderLeft(final String content) throws IOException {
        Files.writeString(lock, content);

        TakeoverLock.acquire(path, self).close();

        assertThat(lock).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"precious", OWN + "\n", "01234567-89ab-cdef-0123-456789abcdef"})
    void shouldLeaveAFileThatHoldsSomethingElse(final String content) throws IOException {
        Files.writeString(lock, content);

        acquireIsRefused();

        assertThat(lock).hasContent(content);
    }

    @Test
    void shouldLeaveAFileThatHasAnotherName() throws IOException {
        final Path other = Files.createFile(folder.resolve("other"));
        Files.createLink(lock, other);

        acquireIsRefused();

        assertThat(lock).isEmptyFile();
        assertThat(other).isEmptyFile();
    }

    @Test
    void shouldLeaveWhatIsNotARegularFile() throws IOException {
        final Path target = Files.createFile(folder.resolve("target"));

        for (final Path link : List.of(target, folder.resolve("none"))) {
            Files.createSymbolicLink(lock, link);
            acquireIsRefused();
            assertThat(lock).isSymbolicLink();
            Files.delete(lock);
        }
        Files.createDirectory(lock);
        acquireIsRefused();

        assertThat(lock).isDirectory();
        assertThat(target).isEmptyFile();
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void shouldNameTheOtherUserWhoHasTheFile() throws IOException {
        Files.createFile(lock);
        final UserPrincipal another =
                folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("2147480000");

        assertThatThrownBy(() -> TakeoverLock.acquire(path, another))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lock=" + lock + ", owner=" + self.getName() + ", limit=a file of this user");
        assertThat(lock).isEmptyFile();
    }

    @Test
    void shouldBeFreeAgainAfterARefusal() throws IOException {
        Files.writeString(lock, "precious");
        acquireIsRefused();
        Files.delete(lock);

        TakeoverLock.acquire(path, self).close();

        assertThat(lock).doesNotExist();
    }

    @Test
    void shouldLeaveALockFileOfSomebodyElseBesideAnotherKindOfFile() throws IOException {
        Files.createDirectory(path);
        Files.createFile(lock);

        bindIsRefused("another kind of file is there");

        assertThat(lock).isEmptyFile();
    }

    @Test
    void shouldLeaveALockFileOfSomebodyElseBesideALiveListener() throws IOException {
        Files.createFile(lock);
        try (ServerSocketChannel live = listen()) {

            bindIsRefused("another one accepts there");

            assertThat(live.isOpen()).isTrue();
            assertThat(lock).isEmptyFile();
        }
    }

    @Test
    void shouldLeaveALockFileOfSomebodyElseBesideAStaleSocket() throws IOException {
        listen().close();
        Files.writeString(lock, "precious");

        bindIsRefused("lock=" + lock);

        assertThat(lock).hasContent("precious");
        assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void shouldHaveANameThatNoOtherProgramUses() throws IOException {
        listen().close();
        final Path other = Files.createFile(folder.resolve("orders.lock"));
        final Path hidden = Files.createFile(folder.resolve(".orders.lock"));

        UnixListener.bind(new UnixPath(path), PosixFilePermissions.fromString("rw-------"), 1)
                .close();

        assertThat(lock).hasFileName(".orders.sluicemq-lock");
        assertThat(other).isEmptyFile();
        assertThat(hidden).isEmptyFile();
    }

    @Test
    void shouldSweepOnlyItsOwnFileBesideABoundSocket() throws IOException {
        try (ServerSocketChannel live = listen()) {
            Files.writeString(lock, "precious");
            TakeoverLock.removeStale(path);
            assertThat(lock).hasContent("precious");

            Files.writeString(lock, OWN);
            TakeoverLock.removeStale(path);

            assertThat(live.isOpen()).isTrue();
            assertThat(lock).doesNotExist();
        }
    }
}
