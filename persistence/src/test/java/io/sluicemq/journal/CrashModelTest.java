package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.journal.TestJournals.Records;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random appends, acknowledgements, syncs and clocks that jump, then a close, a kill or a loss of power, again and again. A model in
 * memory has each state that the journal was in. What comes back is one of them: the last one, or after a loss of power none before the
 * last sync; and what a named reader needs is there.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class CrashModelTest {
    private static final int LIVES = TestJournals.LONG ? 400 : 12;
    private static final int MAX_OPERATIONS = 60;
    private static final int MAX_BATCH = 30;
    private static final int MAX_BODY_BYTES = 8_000;
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

    @TempDir
    private Path folder;

    private final Random random = new Random(Seed.next("crash model"));
    private final List<String> texts = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final List<State> states = new ArrayList<>();
    private Map<String, Long> positions = new TreeMap<>();
    private int synced;
    private int names;
    private long nowNs = 1_000_000L * HOUR_NS;
    private Journal journal;
    private PageDisk disk;
    private Path directory;
    private int powerCuts;
    private int deleted;

    /** After an operation; records up to the floor may have been deleted, by what was acknowledged then or before. */
    private record State(int records, Map<String, Long> positions, long floor) {}

    private void open(final Path at) throws IOException {
        directory = at;
        disk = new PageDisk(directory, true);
        journal = Journal.open(
                directory,
                TestJournals.small()
                        .retainBytes(random.nextInt(2) * 2L * TestJournals.SEGMENT_BYTES)
                        .epochNsClock(() -> nowNs)
                        .build(),
                disk);
    }

    private void remember() {
        final long all = indexes.isEmpty() ? Journal.NO_INDEX : indexes.get(indexes.size() - 1);
        final long lowest =
                positions.values().stream().mapToLong(Long::longValue).min().orElse(all);
        states.add(new State(texts.size(), new TreeMap<>(positions), Math.max(floor(), lowest)));
    }

    private long floor() {
        return states.isEmpty()
                ? Journal.NO_INDEX
                : states.get(states.size() - 1).floor();
    }

    @Test
    void shouldComeBackInAStateThatItWasIn() throws IOException {
        open(folder.resolve("life0"));
        remember();
        for (int life = 1; life <= LIVES; life++) {
            for (int operation = random.nextInt(MAX_OPERATIONS); operation > 0; operation--) {
                operate();
            }
            final Path next = folder.resolve("life" + life);
            final int how = random.nextInt(3);
            final int lowest = how == 0 ? synced : states.size() - 1;
            switch (how) {
                case 0 -> disk.cut(directory, next, random);
                case 1 -> TestJournals.copy(directory, next);
                default -> journal.close();
            }
            powerCuts += how == 0 ? 1 : 0;
            if (how == 2) {
                TestJournals.copy(directory, next);
            }
            journal.close();
            TestJournals.delete(directory);
            open(next);
            compare(lowest);
        }
        journal.close();
        System.out.println("crash model: lives=" + LIVES + " powerCuts=" + powerCuts + " records=" + texts.size()
                + " deleted=" + deleted);
    }

    private void operate() {
        nowNs += random.nextInt(20) == 0 ? -HOUR_NS : random.nextInt(3) * 1000L;
        switch (random.nextInt(12)) {
            case 0 -> {
                journal.sync();
                synced = states.size() - 1;
            }
            case 1, 2 -> acknowledge();
            case 3 -> forget();
            case 4 -> readOn();
            default -> append();
        }
    }

    private void append() {
        final JournalBatch batch = journal.newBatch();
        for (int i = random.nextInt(MAX_BATCH); i >= 0; i--) {
            final String text = texts.size() + "-" + "x".repeat(random.nextInt(MAX_BODY_BYTES));
            if (batch.add(1, TestJournals.bytes(text), 0, text.length())) {
                texts.add(text);
            }
        }
        final long first = journal.append(batch);
        assertThat(first).isGreaterThan(floor());
        for (int i = 0; i < batch.count(); i++) {
            indexes.add(first + i);
        }
        remember();
    }

    private String anyName() {
        final List<String> known = new ArrayList<>(positions.keySet());
        return known.get(random.nextInt(known.size()));
    }

    /** By a new name or a known one, never back, and not beyond what may be gone. */
    private void acknowledge() {
        final String name = positions.isEmpty() || random.nextInt(5) == 0 ? "name" + names++ : anyName();
        final long from = Math.max(floor(), positions.getOrDefault(name, Journal.NO_INDEX));
        final List<Long> later = indexes.stream().filter(index -> index > from).toList();
        final long index = later.isEmpty() ? from : later.get(random.nextInt(later.size()));
        assertThat(journal.acknowledge(name, index)).isPositive();
        positions.put(name, index);
        remember();
    }

    private void forget() {
        if (positions.size() > 1) {
            final String name = anyName();
            assertThat(journal.forget(name)).isPositive();
            positions.remove(name);
            remember();
        }
    }

    private void readOn() {
        if (!positions.isEmpty()) {
            final long position = journal.position(anyName());
            try (JournalReader reader = journal.reader()) {
                reader.seek(position + 1);
                final Records read = TestJournals.read(reader);
                assertThat(read.skipped).isEmpty();
                assertThat(read.indexes.equals(indexes.stream()
                                .filter(index -> index > position)
                                .toList()))
                        .as("all behind %d", position)
                        .isTrue();
            }
        }
    }

    private void compare(final int lowest) {
        final Records read = TestJournals.recover(journal);
        final int left = read.indexes.isEmpty() ? 0 : indexes.indexOf(read.indexes.get(read.indexes.size() - 1)) + 1;
        final int first = left - read.indexes.size();
        assertThat(read.skipped).as("%s", journal.report()).isEmpty();
        assertThat(read.texts.equals(texts.subList(first, left)) && read.indexes.equals(indexes.subList(first, left)))
                .as("records %d to %d, %s", first, left, journal.report())
                .isTrue();
        assertThat(read.times).isSorted();
        assertThat(journal.report().syncedDamaged()).as("%s", journal.report()).isFalse();
        int state = states.size() - 1;
        while (state >= lowest && !isNow(states.get(state), read.indexes.isEmpty() ? -1 : left)) {
            state--;
        }
        assertThat(state)
                .as("records=%d, states=%d, %s", left, states.size(), journal.report())
                .isGreaterThanOrEqualTo(lowest);
        states.subList(state + 1, states.size()).clear();
        final State now = states.get(state);
        texts.subList(now.records(), texts.size()).clear();
        indexes.subList(now.records(), indexes.size()).clear();
        positions = new TreeMap<>(now.positions());
        assertThat(first == 0 || indexes.get(first - 1) <= floor())
                .as("first=%d, floor=%d", first, floor())
                .isTrue();
        deleted = Math.max(deleted, first);
        synced = states.size() - 1;
    }

    /** With no record left, all that there were may have been deleted. */
    private boolean isNow(final State state, final int left) {
        final boolean records = left < 0
                ? state.records() == 0 || indexes.get(state.records() - 1) <= state.floor()
                : state.records() == left;
        return records && names(state).equals(state.positions());
    }

    private Map<String, Long> names(final State state) {
        final Map<String, Long> found = new TreeMap<>();
        for (int i = 0; i < names; i++) {
            final long position = journal.position("name" + i);
            if (position != Journal.NO_INDEX || state.positions().containsKey("name" + i)) {
                found.put("name" + i, position);
            }
        }
        return found;
    }
}
