package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.journal.TestJournals.Records;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Random operations, closes and crashes: the journal is what a list in memory would be. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class ModelTest {
    private static final int OPERATIONS = TestJournals.LONG ? 4000 : 400;

    @TempDir
    private Path folder;

    private final List<String> texts = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final Map<String, Long> positions = new TreeMap<>();
    /** What the owner keeps by its records: how often each letter came first. */
    private final Map<String, Integer> state = new TreeMap<>();

    private long nowNs = 1_000_000_000_000L;
    private int directories;
    private int checkpoints;

    private JournalOptions options() {
        return TestJournals.small()
                .epochNsClock(() -> nowNs)
                .checkpoint(sink -> {
                    checkpoints++;
                    state.forEach((letter, count) -> {
                        final String line = letter + "=" + count + "-" + "#".repeat(3000);
                        sink.add(1, TestJournals.bytes(line), 0, line.length());
                    });
                })
                .build();
    }

    @Test
    void shouldBeWhatAListInMemoryIs() {
        final Random random = new Random(Seed.next("model"));
        Path directory = folder.resolve("journal" + directories++);
        Journal journal = Journal.open(directory, options(), TestJournals.UNFORCED);
        checkRecovered(journal);
        try {
            for (int operation = 0; operation < OPERATIONS; operation++) {
                nowNs += random.nextInt(3) * 1000L;
                switch (random.nextInt(16)) {
                    case 0 -> {
                        final boolean crash = random.nextBoolean();
                        if (!crash) {
                            journal.close();
                        }
                        final Path next = folder.resolve("journal" + directories++);
                        TestJournals.copy(directory, next);
                        journal.close();
                        TestJournals.delete(directory);
                        directory = next;
                        journal = Journal.open(directory, options(), TestJournals.UNFORCED);
                        checkRecovered(journal);
                    }
                    case 1 -> journal.sync();
                    case 2 -> {
                        final String name = "name" + random.nextInt(4);
                        if (random.nextInt(4) == 0) {
                            journal.forget(name);
                            positions.remove(name);
                        } else if (!indexes.isEmpty()) {
                            final long index = indexes.get(random.nextInt(indexes.size()));
                            journal.acknowledge(name, index);
                            positions.put(name, index);
                        }
                    }
                    case 3, 4 -> checkSeeks(journal, random);
                    default -> append(journal, random);
                }
            }
            assertThat(checkpoints).isPositive();
        } finally {
            journal.close();
        }
    }

    private void append(final Journal journal, final Random random) {
        final JournalBatch batch = journal.newBatch();
        final int records = random.nextInt(30);
        for (int i = 0; i <= records; i++) {
            final String letter = String.valueOf((char) ('a' + random.nextInt(20)));
            final String text =
                    letter + texts.size() + Long.toHexString(random.nextLong()).repeat(random.nextInt(80));
            batch.add(i, TestJournals.bytes(text), 0, text.length());
            texts.add(text);
        }
        final long first = journal.append(batch);
        assertThat(first).isGreaterThan(indexes.isEmpty() ? 0 : indexes.get(indexes.size() - 1));
        for (int i = 0; i <= records; i++) {
            indexes.add(first + i);
            times.add(nowNs);
            state.merge(texts.get(texts.size() - 1 - records + i).substring(0, 1), 1, Integer::sum);
        }
    }

    private void checkRecovered(final Journal journal) {
        final Map<String, Integer> recovered = new TreeMap<>();
        journal.recover(new RecordHandler() {
            @Override
            public void onRecord(
                    final long index,
                    final long epochNs,
                    final int type,
                    final DirectBuffer buffer,
                    final int offset,
                    final int length) {
                recovered.merge(buffer.getStringWithoutLengthUtf8(offset, 1), 1, Integer::sum);
            }

            @Override
            public void onCheckpoint(
                    final long index,
                    final long epochNs,
                    final int type,
                    final DirectBuffer buffer,
                    final int offset,
                    final int length) {
                final String line = TestJournals.text(buffer, offset, length);
                recovered.put(line.substring(0, 1), Integer.parseInt(line.substring(2, line.indexOf('-'))));
            }
        });
        assertThat(recovered).isEqualTo(state);
        assertThat(journal.report().clean()).as("%s", journal.report()).isTrue();
        for (int i = 0; i < 4; i++) {
            final String name = "name" + i;
            assertThat(journal.position(name)).isEqualTo(positions.getOrDefault(name, Journal.NO_INDEX));
        }
    }

    private void checkSeeks(final Journal journal, final Random random) {
        if (texts.isEmpty()) {
            return;
        }
        try (JournalReader reader = journal.reader()) {
            for (int seek = 0; seek < 4; seek++) {
                final int from = random.nextInt(texts.size());
                int expected = from;
                if (random.nextBoolean()) {
                    reader.seek(indexes.get(from));
                } else {
                    reader.seekTime(times.get(from));
                    while (expected > 0 && times.get(expected - 1).equals(times.get(from))) {
                        expected--;
                    }
                }
                final int count = Math.min(random.nextInt(100) + 1, texts.size() - expected);
                final Records read = new Records();
                int polled = 0;
                while (polled < count) {
                    polled += reader.poll(read, count - polled);
                }
                assertThat(read.texts).isEqualTo(texts.subList(expected, expected + count));
                assertThat(read.indexes).isEqualTo(indexes.subList(expected, expected + count));
            }
            reader.seekEnd();
            assertThat(TestJournals.read(reader).texts).isEmpty();
            reader.seekStart();
            assertThat(TestJournals.read(reader).texts).isEqualTo(texts);
        }
    }
}
