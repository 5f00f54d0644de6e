package io.sluicemq.stat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StatReaderTest {
    @TempDir
    private Path temporary;

    @Test
    void shouldListNothingWhereNothingRuns() throws IOException {
        assertThat(StatReader.list(temporary)).isEmpty();
    }

    @Test
    void shouldSayWhyAFileCannotBeRead() throws IOException {
        final Path missing = temporary.resolve("missing");
        final Path empty = Files.createFile(temporary.resolve("empty"));
        final Path text = Files.write(temporary.resolve("text"), new byte[8192]);

        assertThatThrownBy(() -> StatReader.open(missing)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> StatReader.open(empty))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("=0, limit=4096 or more, the file is cut short");
        assertThatThrownBy(() -> StatReader.open(text))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("name a statistics file");
    }

    @Test
    void shouldReportAFileThatIsCutShortAtAnyLength() throws IOException {
        final byte[] whole = sample();
        final Path cut = temporary.resolve("cut");
        for (final int length :
                new int[] {0, 7, 4095, 4096, 5000, StatLayout.METADATA_OFFSET + 100, StatLayout.PEERS_OFFSET}) {
            Files.write(cut, Arrays.copyOf(whole, length));

            assertThatThrownBy(() -> StatReader.open(cut))
                    .as("length=%d", length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the file is cut short");
        }
    }

    @Test
    void shouldNeverFailOtherThanByAnIoException() throws IOException {
        final byte[] whole = sample();
        final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
        System.err.println("StatReaderTest seed=" + seed);
        final Random random = new Random(seed);
        final Path damaged = Files.write(temporary.resolve("damaged"), whole);
        final int[] starts = {0, StatLayout.VALUES_OFFSET, StatLayout.METADATA_OFFSET, StatLayout.PEERS_OFFSET};
        int read = 0;
        try (RandomAccessFile file = new RandomAccessFile(damaged.toFile(), "rw")) {
            for (int i = 0; i < 2_000; i++) {
                final int at = starts[random.nextInt(4)] + random.nextInt(1500);
                file.seek(at);
                file.write(random.nextInt(256));
                try {
                    StatReader.open(damaged);
                    read++;
                } catch (final IOException e) {
                    assertThat(e).as("seed=%d", seed).hasMessageContaining("limit=");
                }
                file.seek(at);
                file.write(whole[at]);
            }
        }

        assertThat(read).as("seed=%d", seed).isPositive();
    }

    @Test
    void shouldGiveUpOnAChangeThatNeverEnds() throws IOException {
        final byte[] bytes = sample();
        bytes[StatLayout.COUNTERS_VERSION_OFFSET] ^= 1;
        bytes[StatLayout.COUNTERS_VERSION_OFFSET + 3] ^= 1;
        final Path stuck = Files.write(temporary.resolve("stuck"), bytes);

        assertThatThrownBy(() -> StatReader.open(stuck))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the process died in the middle of a change");
    }

    @Test
    void shouldNeverShowTornText() throws Exception {
        try (StatFile file = StatFile.create(temporary)) {
            final AtomicBoolean done = new AtomicBoolean();
            final ExecutorService writer = Executors.newSingleThreadExecutor();
            try {
                final SocketCounters socket = file.openSocket(1, "PUSH", List.of("0"));
                final Future<?> writing = writer.submit(() -> {
                    for (long id = 0; !done.get(); id++) {
                        // The record is used again and again, with other text of another length.
                        final String text = text(id);
                        try (PeerRecord peer = file.openPeer(id, id)) {
                            peer.describe("T" + id % 10, text);
                        }
                        if (id % 100 == 0) {
                            socket.endpoints(List.of(text));
                        }
                    }
                });
                for (int i = 0; i < 1_000; i++) {
                    final StatSnapshot snapshot = StatReader.open(file.path().orElseThrow());
                    snapshot.peers().forEach(StatReaderTest::assertWhole);
                    final String endpoint =
                            snapshot.sockets().get(0).endpoints().get(0);
                    assertThat(endpoint).isEqualTo(endpoint.substring(0, 1).repeat(endpoint.length()));
                }
                done.set(true);
                writing.get();
            } finally {
                done.set(true);
                writer.shutdownNow();
                assertThat(writer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void shouldLoseNoAddOfSeveralThreads() throws Exception {
        try (StatFile file = StatFile.create(temporary)) {
            final SocketCounters socket = file.openSocket(1, "PUSH", List.of());
            final ExecutorService threads = Executors.newFixedThreadPool(4);
            final List<Future<?>> adding = LongStream.range(0, 4)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        for (int n = 0; n < 50_000; n++) {
                            socket.addMessagesSent(3);
                        }
                    }))
                    .toList();
            for (final Future<?> future : adding) {
                future.get();
            }
            threads.shutdownNow();

            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(StatReader.open(file.path().orElseThrow())
                            .sockets()
                            .get(0)
                            .messagesSent())
                    .isEqualTo(600_000);
        }
    }

    private static String text(final long id) {
        return Long.toString(id % 10).repeat(20 + (int) (id % 150));
    }

    /** A fresh record is not yet described; else the text must be that of the id. */
    private static void assertWhole(final PeerStat peer) {
        final long id = peer.socketId();
        assertThat(peer.pipeId()).isEqualTo(id);
        if (!peer.socketType().isEmpty()) {
            assertThat(peer.socketType()).isEqualTo("T" + id % 10);
            assertThat(peer.endpoint()).isEqualTo(text(id));
        }
    }

    private byte[] sample() throws IOException {
        try (StatFile file = StatFile.create(temporary)) {
            file.openSocket(1, "PUSH", List.of("tcp://127.0.0.1:5555")).addMessagesSent(5);
            file.openPeer(1, 1).describe("PULL", "tcp://127.0.0.1:1234");
            return Files.readAllBytes(file.path().orElseThrow());
        }
    }
}
