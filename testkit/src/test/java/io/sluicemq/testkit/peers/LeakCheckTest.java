package io.sluicemq.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeakCheckTest {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void shouldFindThreadAndForgetItWhenItEnds() {
        final LeakCheck check = LeakCheck.start();
        final CountDownLatch end = new CountDownLatch(1);
        final Thread thread = new Thread(() -> awaitLatch(end), "left-behind");
        thread.start();

        assertThatThrownBy(() -> check.verify(SHORT))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("thread left-behind");

        end.countDown();
        check.verify(LIMIT);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldFindDescriptor() throws IOException {
        final LeakCheck check = LeakCheck.start();

        try (ServerSocket server = new ServerSocket(0)) {
            assertThat(server.isBound()).isTrue();
            assertThat(check.leftOver()).singleElement().asString().contains("descriptor socket:");
        }

        check.verify(LIMIT);
    }

    @Test
    void shouldFindDirectBufferUntilItIsCollected() {
        final LeakCheck check = LeakCheck.start();
        Holder holder = new Holder(ByteBuffer.allocateDirect(8 << 20));

        assertThatThrownBy(() -> check.verify(SHORT))
                .hasMessageContaining("direct buffers bytes=")
                .hasMessageContaining(Holder.class.getName());

        assertThat(holder.buffer().capacity()).isPositive();
        holder = null;
        check.verify(LIMIT);
    }

    private record Holder(ByteBuffer buffer) {}

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldFindMappedFileUntilItIsCollected() throws IOException {
        final Path file = folder.resolve("mapped");
        final LeakCheck check = LeakCheck.start();
        ByteBuffer buffer;
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4_096);
        }

        assertThat(check.leftOver()).anyMatch(line -> line.equals("mapped file " + file));
        assertThat(check.leftOver()).anyMatch(line -> line.startsWith("mapped buffers bytes="));

        assertThat(buffer.capacity()).isPositive();
        buffer = null;
        Files.delete(file);
        check.verify(LIMIT);
    }

    private static void awaitLatch(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
