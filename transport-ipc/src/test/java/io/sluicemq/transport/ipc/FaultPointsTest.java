package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.MessageKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One side dies for certain at a named place, in a JVM of its own; the other side finds a ring that it understands. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class FaultPointsTest {
    private static final int RING_BYTES = 4096;
    private static final int WRITER_DIES_AT = 4;

    @TempDir
    private Path folder;

    private Path path;
    private ShmFile file;

    @BeforeEach
    void createTheFile() throws IOException {
        path = folder.resolve("ring");
        file = ShmFile.create(path, RING_BYTES, RING_BYTES, ShmFile.OWNER_ONLY);
    }

    @AfterEach
    void unmap() {
        file.unmap();
    }

    private int runPeer(final String role, final String haltAt) throws Exception {
        final Path output = folder.resolve("output");
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED"));
        command.add("-D" + FaultPoints.PROPERTY + "=" + haltAt);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DyingPeer.class.getName(), role));
        command.add(path.toString());
        final Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(output).hasContent("");
        return process.exitValue();
    }

    /** What a reader gets after the death of the writer: the messages, and how many more it must suppose. */
    private static List<String> readToTheEnd(final ShmReader reader, final RingPair told) {
        reader.end(ShmReader.UNKNOWN);
        while (told.done == 0) {
            reader.poll(told, 3);
        }
        assertThat(told.readerBroken).isEmpty();
        return told.received;
    }

    private static List<String> sent(final int messages) {
        return IntStream.range(0, messages)
                .mapToObj(number -> {
                    final UnsafeBuffer message = DyingPeer.message(number, DyingPeer.BODY_BYTES);
                    return RingPair.text(RingPair.TAG, MessageKind.SINGLE, message, 0, message.capacity());
                })
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"before-claim,3,0", "after-claim,3,1", "in-copy,3,1", "before-commit,3,1", "after-commit,4,0"})
    void shouldHandOverWhatAKilledWriterHadCommittedAndCountTheRest(
            final String point, final int committed, final int unknown) throws Exception {
        final RingPair told = new RingPair();
        final ShmReader reader = told.readerOf(file.ring(0));

        final int exitCode = runPeer("write", point + ":" + WRITER_DIES_AT);
        final List<String> received = readToTheEnd(reader, told);

        assertThat(exitCode).isEqualTo(FaultPoints.EXIT_CODE);
        assertThat(received).isEqualTo(sent(committed));
        assertThat(reader.unknownMessages()).isEqualTo(unknown);
    }

    @Test
    void shouldCountALargeMessageOfAKilledWriterAsUnknown() throws Exception {
        final RingPair told = new RingPair();
        final ShmReader reader = told.readerOf(file.ring(0));

        final int exitCode = runPeer("write-large", "large-between-fragments:2");
        final List<String> received = readToTheEnd(reader, told);

        assertThat(exitCode).isEqualTo(FaultPoints.EXIT_CODE);
        assertThat(received).isEqualTo(sent(DyingPeer.MESSAGES));
        assertThat(reader.unknownMessages()).isEqualTo(1);
    }

    @ParameterizedTest
    // Room is given back when a sixteenth of the ring was read: behind the fourth message here.
    @CsvSource({"before-handler:3,10", "after-handler:3,10", "before-release:1,10", "after-release:1,6"})
    void shouldKnowHowManyMessagesAKilledReaderMayNotHaveTaken(final String halt, final long waiting) throws Exception {
        final List<String> broken = new ArrayList<>();
        final ShmWriter writer = new ShmWriter(file.ring(0), 0, false, () -> {}, broken::add);
        for (int i = 0; i < DyingPeer.MESSAGES; i++) {
            writer.offer(null, MessageKind.SINGLE, DyingPeer.message(i, DyingPeer.BODY_BYTES), 0, DyingPeer.BODY_BYTES);
        }

        final int exitCode = runPeer("read", halt);

        assertThat(exitCode).isEqualTo(FaultPoints.EXIT_CODE);
        assertThat(writer.waiting()).isEqualTo(waiting);
        assertThat(broken).isEmpty();
    }

    @Test
    void shouldNotDieWithoutAPoint() throws Exception {
        final RingPair told = new RingPair();
        final ShmReader reader = told.readerOf(file.ring(0));

        final int exitCode = runPeer("write-large", "");
        final List<String> received = readToTheEnd(reader, told);

        assertThat(exitCode).isZero();
        assertThat(received).hasSize(DyingPeer.MESSAGES + 1);
        assertThat(reader.unknownMessages()).isZero();
        assertThat(Files.size(path)).isEqualTo(5L * RING_BYTES);
    }
}
