package io.sluicemq.core;

import static io.sluicemq.core.TestBytes.buffer;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One writer, two readers, a bounded number of writes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TablesConcurrencyTest {
    private static final int ROUNDS = 50_000;

    @Test
    void shouldShowReadersOneConsistentSnapshotOfTheTrie() throws Exception {
        final SubscriptionTrie trie = new SubscriptionTrie(Long.MAX_VALUE);
        final DirectBuffer topic = buffer("abcdef");
        trie.add(topic, 0, 1, 100);
        trie.add(topic, 0, 2, 5);

        // The subscriber moves between "ab" and "abcd", the new prefix first: every snapshot has it exactly once.
        final long checks = runAgainstReaders(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        final int to = (i & 1) == 0 ? 4 : 2;
                        trie.add(topic, 0, to, 5);
                        trie.remove(topic, 0, 6 - to, 5);
                        trie.add(buffer("abc" + (char) ('A' + i % 26)), 0, 4, 6);
                        trie.remove(buffer("abc" + (char) ('A' + (i + 13) % 26)), 0, 4, 6);
                    }
                },
                () -> {
                    final Matches matches = new Matches();
                    trie.match(topic, 0, 6, matches);
                    return matches.count() == 2 && matches.contains(5) && matches.contains(100);
                });

        assertThat(checks).isPositive();
    }

    @Test
    void shouldNeverMissARoutingIdThatStaysOrIsHandedOver() throws Exception {
        final RoutingTable<String> table = new RoutingTable<>();
        final DirectBuffer staying = buffer("staying");
        table.putIfAbsent(staying, 0, 7, "first");

        final long checks = runAgainstReaders(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        final DirectBuffer other = buffer("peer" + i);
                        table.putIfAbsent(other, 0, other.capacity(), "other");
                        table.replace(staying, 0, 7, (i & 1) == 0 ? "second" : "first");
                        if (i >= 500) {
                            final DirectBuffer old = buffer("peer" + (i - 500));
                            table.remove(old, 0, old.capacity(), "other");
                        }
                    }
                },
                () -> {
                    final String peer = table.get(staying, 0, 7);
                    return "first".equals(peer) || "second".equals(peer);
                });

        assertThat(checks).isPositive();
        assertThat(table.size()).isEqualTo(501);
    }

    private interface Check {
        boolean holds();
    }

    /** Number of checks that ran while the writer wrote; fails on the first that does not hold. */
    private static long runAgainstReaders(final Runnable writer, final Check check) throws Exception {
        final AtomicBoolean done = new AtomicBoolean();
        final ExecutorService readers = Executors.newFixedThreadPool(2);
        try {
            final List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                results.add(readers.submit(() -> {
                    long checks = 0;
                    do {
                        assertThat(check.holds()).isTrue();
                        checks++;
                    } while (!done.get());
                    return checks;
                }));
            }
            writer.run();
            done.set(true);
            long checks = 0;
            for (final Future<Long> result : results) {
                checks += result.get();
            }
            return checks;
        } finally {
            done.set(true);
            readers.shutdownNow();
            assertThat(readers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
