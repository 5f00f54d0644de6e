package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.transport.Endpoint;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ShmLeftoversTest {
    /** Other processes' numbers mean nothing here. */
    private static final String STAGING_OF_OTHERS = ".sluicemq-1-999999999-1";

    @TempDir
    private Path folder;

    private static String namespace() throws IOException {
        final Path link = Path.of("/proc/self/ns/pid");
        return Files.isSymbolicLink(link)
                ? Files.readSymbolicLink(link).toString().replaceAll("[^0-9]", "")
                : "";
    }

    private Path leaveStaging(final String name) throws IOException {
        final Path staging = Files.createDirectory(folder.resolve(name));
        leaveSocket(staging.resolve("s"));
        return staging;
    }

    private static void leaveSocket(final Path path) throws IOException {
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(path));
        }
    }

    @Test
    void shouldRemoveWhatKilledProcessesLeftBesideItsSocketAndNothingElse() throws IOException {
        leaveSocket(folder.resolve("socket"));
        Files.createFile(folder.resolve(".socket.sluicemq-lock"));
        Files.createFile(folder.resolve("socket.0123456789abcdef.ring"));
        leaveStaging(".sluicemq-" + namespace() + "-999999999-1");
        final Path old = leaveStaging(".sluicemq-1-1-1");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
        leaveStaging(STAGING_OF_OTHERS);
        leaveSocket(folder.resolve("other"));
        Files.createFile(folder.resolve(".other.sluicemq-lock"));
        Files.createFile(folder.resolve("other.0123456789abcdef.ring"));
        Files.createFile(folder.resolve("socket.notes"));
        try (TestAgent agent = new TestAgent()) {

            agent.open(new ShmTransport()).listen(Endpoint.parse("shm://" + folder.resolve("socket")), remote -> null);

            assertThat(RawShmPeer.files(folder))
                    .containsExactlyInAnyOrder(
                            "socket",
                            STAGING_OF_OTHERS,
                            "other",
                            ".other.sluicemq-lock",
                            "other.0123456789abcdef.ring",
                            "socket.notes");
        }
        assertThat(folder.resolve("socket")).doesNotExist();
    }
}
