package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.journal.FrameCursor.Found;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The files are those of a Chronicle Queue, and nothing else of Chronicle shows. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class ChronicleTest {
    private static final Path SOURCES = Path.of("src", "main", "java");

    @TempDir
    private Path folder;

    @Test
    void shouldWriteWhatChroniclesOwnTailerReads() throws IOException {
        try (Journal journal = Journal.open(folder, TestJournals.small().build())) {
            for (int i = 0; i < 10_000; i++) {
                TestJournals.append(journal, i + "c".repeat(i % 300));
            }
        }
        final List<Integer> frames = new ArrayList<>();
        final JournalDirectory directory = JournalDirectory.existing(folder);
        for (final Segment segment : directory.segments()) {
            try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
                final FrameCursor cursor = new FrameCursor();
                cursor.wrap(map, directory.key());
                while (cursor.next() == Found.FRAME) {
                    frames.add(FrameLayout.length(cursor.buffer(), cursor.frame()));
                }
            }
        }

        final List<Integer> excerpts = new ArrayList<>();
        try (SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(
                                directory.sessions().get(0))
                        .rollCycle(RollCycles.FIVE_MINUTELY)
                        .blockSize(TestJournals.SEGMENT_BYTES)
                        .readOnly(true)
                        .build();
                ExcerptTailer tailer = queue.createTailer()) {
            while (true) {
                try (DocumentContext excerpt = tailer.readingDocument()) {
                    if (!excerpt.isPresent()) {
                        break;
                    }
                    excerpts.add((int) excerpt.wire().bytes().readRemaining());
                }
            }
        }

        assertThat(excerpts).isEqualTo(frames).hasSizeGreaterThan(10_000);
    }

    @Test
    void shouldNameItsFilesAsChronicleDoes() {
        assertThat(Names.segment(1)).isEqualTo("19700101-0005V.cq4");
        assertThat(Names.ahead(1)).isEqualTo("19700101-0005V.precreated");
        for (final int number : new int[] {1, 11, 12, 288, 100_000, 400_000_000}) {
            assertThat(Names.parse(Path.of(Names.segment(number)), Names.SUFFIX))
                    .isEqualTo(number);
            assertThat(Names.parse(Path.of(Names.ahead(number)), Names.AHEAD_SUFFIX))
                    .isEqualTo(number);
        }
        for (final String name : List.of("metadata.cq4t", "x.cq4", "19700101-0003V.cq4", "19700101-0000V.cq4")) {
            assertThat(Names.parse(Path.of(name), Names.SUFFIX)).as(name).isEqualTo(-1);
        }
    }

    @Test
    void shouldSeeChronicleInOnePackageOnly() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (final Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                if (Files.readString(file).contains("net.openhft")) {
                    assertThat(file).hasParent(SOURCES.resolve(Path.of("io", "sluicemq", "journal", "chronicle")));
                }
            }
        }
    }

    @Test
    void shouldNotHaveWhatReportsToChroniclesMakers() {
        assertThatThrownBy(() -> Class.forName("net.openhft.chronicle.analytics.Analytics"))
                .isInstanceOf(ClassNotFoundException.class);
    }
}
