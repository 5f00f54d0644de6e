package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.SocketType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A name without a slash leads to this user's processes alone, whatever others put in its place. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@EnabledOnOs(OS.LINUX)
final class ShmShortNameTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    /** Listens, then prints how many bytes it was told before the end. */
    private static final String LISTENER = """
            import socket,sys
            s=socket.socket(socket.AF_UNIX)
            s.bind(sys.argv[1])
            s.listen()
            print('listens',flush=True)
            c,_=s.accept()
            n=0
            while True:
             b=c.recv(4096)
             n+=len(b)
             if not b: break
            print('got',n)
            """;

    @TempDir
    private Path folder;

    private final String user = System.getProperty("user.name");
    private Path directory;

    @BeforeEach
    void haveADirectoryOfItsOwn() {
        final String name = "test-" + System.nanoTime();
        System.setProperty("user.name", name);
        directory = Path.of("/dev/shm/sluicemq-" + name);
        Assumptions.assumeTrue(Files.isDirectory(directory.getParent()), "no /dev/shm");
    }

    @AfterEach
    void removeIt() throws IOException {
        System.setProperty("user.name", user);
        for (final String file :
                Files.exists(directory) ? RawShmPeer.files(directory).toArray(new String[0]) : new String[0]) {
            Files.delete(directory.resolve(file));
        }
        Files.deleteIfExists(directory);
    }

    private UserPrincipal somebodyElse() throws IOException {
        final String self = Files.getOwner(folder).getName();
        return folder.getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName("root".equals(self) ? "nobody" : "root");
    }

    @Test
    void shouldAcceptNoOtherListenerAtAShortName() throws IOException {
        final ShmAddress shortName = ShmAddress.parse(Endpoint.parse("shm://orders"));
        final ShmAddress path = ShmAddress.parse(Endpoint.parse("shm://" + folder.resolve("orders")));

        shortName.checkListener(Files.getOwner(folder));
        path.checkListener(somebodyElse());

        assertThatThrownBy(() -> shortName.checkListener(somebodyElse()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("listener=" + somebodyElse() + ", limit=" + Files.getOwner(folder));
        assertThatThrownBy(() -> shortName.checkListener(null)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldTellNothingToAnotherUserWhoListensAtAShortName() throws Exception {
        Assumptions.assumeTrue("root".equals(Files.getOwner(folder).getName()), "only root can be somebody else");
        Assumptions.assumeTrue(Files.isExecutable(PYTHON) && Files.isExecutable(SETPRIV), "no other process");
        Files.createDirectory(directory);
        // As if the name had led elsewhere for a moment: the owner is right, and another user listens.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        final Path socket = directory.resolve("orders");
        final Path output = folder.resolve("output");
        final Process listener = new ProcessBuilder(
                        SETPRIV.toString(),
                        "--reuid=nobody",
                        "--clear-groups",
                        PYTHON.toString(),
                        "-c",
                        LISTENER,
                        socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try (TestAgent agent = new TestAgent()) {
            Await.until(LIMIT, () -> text(output).contains("listens"), "a listener");
            final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PUSH);

            agent.open(new ShmTransport()).dial(Endpoint.parse("shm://orders"), end);

            agent.await("refused", () -> end.closedCount() > 0);
            assertThat(end.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
            assertThat(end.closeDetail())
                    .contains("listener=nobody, limit=root, name a path")
                    .doesNotContain("use tcp");
            assertThat(listener.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(text(output)).contains("got 0");
        } finally {
            listener.destroyForcibly().waitFor();
        }
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldNotAdviseAnotherTransportWhereTheDirectoryIsSomebodyElses() throws IOException {
        Assumptions.assumeTrue("root".equals(Files.getOwner(folder).getName()), "only root can give a directory away");
        Files.createDirectory(directory);
        Files.setOwner(directory, somebodyElse());
        try (TestAgent agent = new TestAgent()) {
            final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PUSH);

            agent.open(new ShmTransport()).dial(Endpoint.parse("shm://orders"), end);

            agent.await("refused", () -> end.closedCount() > 0);
            assertThat(end.closeDetail()).endsWith("limit=a directory of this user, remove it or name a path");
        }
    }
}
