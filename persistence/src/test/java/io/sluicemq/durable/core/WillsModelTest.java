package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random lives of a host and its witness, which dies at any step, against what anybody would expect. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class WillsModelTest {
    private static final int RUNS = Boolean.getBoolean("sluicemq.long") ? 3_000 : 100;
    private static final int STEPS = 300;
    private static final long DELAY_MS = 3_000;

    /** One record of the witness's journal. */
    private record Entry(int type, UnsafeBuffer body) {}

    private static final class Run implements Wills.Store {
        private final Random random;
        private final List<Entry> journal = new ArrayList<>();
        private final List<Long> delivered = new ArrayList<>();
        private final WireOutput output = new WireOutput();
        private InboxState state = new InboxState();
        private Wills wills = new Wills(state, this);
        private ProducerState host;
        private long nowMs = 1_000_000;

        // What anybody would expect.
        private boolean connected;
        private boolean expected;

        /** When it is due; known only while the will is expected and the host is gone. */
        private long dueMs;

        /** When a host that lives would have come after a restart; its will's time begins in the first turn after that. */
        private long seenByMs;

        private boolean unseen;

        /** Whether the witness has written down all that it knows. */
        private boolean settled = true;

        Run(final Random random) {
            this.random = random;
            output.begin(InboxRecords.OWNER).string("desk");
            append(InboxRecords.OWNER);
            host = state.add(new UUID(1, 1));
            InboxRecords.encodeProducer(output, 1, host.id());
            append(InboxRecords.PRODUCER);
            final BookEntry entry = new BookEntry("gone", 1, false, Qos.EXACTLY_ONCE, 0, true);
            state.subscriptions().put(entry);
            InboxRecords.encodeSubscription(output, entry);
            append(InboxRecords.SUBSCRIPTION);
        }

        private void append(final int type) {
            journal.add(new Entry(type, bytes(output.buffer(), output.length())));
        }

        private static UnsafeBuffer bytes(final DirectBuffer buffer, final int length) {
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[length]);
            bytes.putBytes(0, buffer, 0, length);
            return bytes;
        }

        @Override
        public boolean write(final ProducerState producer) {
            InboxRecords.encodeWill(output, producer);
            append(InboxRecords.WILL);
            return true;
        }

        @Override
        public boolean store(
                final ProducerState producer, final long index, final DirectBuffer buffer, final int length) {
            journal.add(new Entry(InboxRecords.willMessageType(1), bytes(buffer, length)));
            delivered.add(index);
            producer.onStored(index, journal.size());
            assertThat(connected).as("no will of a host that is there").isFalse();
            assertThat(expected).as("only a will that is expected").isTrue();
            assertThat(nowMs).as("not too early").isGreaterThanOrEqualTo(dueMs);
            expected = false;
            return true;
        }

        @Override
        public boolean handOver(final ProducerState producer, final DirectBuffer buffer, final int length) {
            throw new AssertionError("no will of QoS 0 here");
        }

        void step() {
            switch (random.nextInt(8)) {
                case 0 -> {
                    wills.onWelcome(
                            host, new Will("gone", 2, false, DELAY_MS / 1000, 0, new UnsafeBuffer(new byte[1])));
                    connected = true;
                    unseen = false;
                    expected = true;
                    settled = false;
                }
                case 1 -> lose();
                case 2 -> {
                    if (connected) {
                        wills.onGoodbye(host);
                        connected = false;
                        expected = false;
                        settled = false;
                    }
                }
                case 3 -> die();
                case 4 -> nowMs += random.nextInt((int) (DELAY_MS + Wills.RETURN_MS));
                default -> {
                    run();
                    settled = true;
                    assertThat(expected && !connected && nowMs >= dueMs)
                            .as("delivered when it is due")
                            .isFalse();
                }
            }
        }

        private void lose() {
            if (connected) {
                wills.onLost(host, nowMs);
                connected = false;
                dueMs = nowMs + DELAY_MS;
                settled = false;
            }
        }

        /** Only after a turn: between two of them the journal may say either, the old or the new. */
        private void die() {
            if (!settled) {
                run();
            }
            final boolean wasConnected = connected;
            state = new InboxState();
            for (int i = 0; i < journal.size(); i++) {
                final Entry entry = journal.get(i);
                state.onRecord(i + 1, 1, entry.type, entry.body, 0, entry.body.capacity());
            }
            host = state.find(1);
            wills = new Wills(state, this);
            wills.recover();
            wills.onConnecting(nowMs);
            settled = false;
            seenByMs = nowMs + Wills.RETURN_MS;
            if (wasConnected) {
                connected = false;
                unseen = true;
                dueMs = Long.MAX_VALUE;
            }
            dueMs = Math.max(dueMs, seenByMs);
        }

        private void run() {
            if (unseen && nowMs >= seenByMs) {
                unseen = false;
                dueMs = nowMs + DELAY_MS;
            }
            wills.run(nowMs);
        }
    }

    @Test
    void shouldDeliverEachWillThatIsDueOnceAndNoOther() {
        int delivered = 0;
        for (int i = 0; i < RUNS; i++) {
            final long seed = ThreadLocalRandom.current().nextLong();
            final Run run = new Run(new Random(seed));
            try {
                for (int step = 0; step < STEPS; step++) {
                    run.step();
                }
                assertThat(run.delivered).doesNotHaveDuplicates().isSorted();
                assertThat(run.host.unprocessed()).isEqualTo(run.delivered.size());
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError("seed=" + seed, e);
            }
            delivered += run.delivered.size();
        }
        assertThat(delivered).isGreaterThan(RUNS);
    }
}
