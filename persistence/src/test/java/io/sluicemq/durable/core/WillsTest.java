package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of wills, step by step, with a store that takes all. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class WillsTest {
    private static final long DELAY_MS = 5_000;
    private static final long NOW = 1_000_000;

    private final InboxState state = new InboxState();
    private final List<String> delivered = new ArrayList<>();
    private final List<Long> written = new ArrayList<>();
    private boolean full;
    private final Wills wills = new Wills(state, new Store());
    private ProducerState host;

    private final class Store implements Wills.Store {
        private long inboxIndex;

        @Override
        public boolean write(final ProducerState producer) {
            written.add(producer.will() == null ? 0 : producer.will().deliverAtEpochMs());
            return !full;
        }

        @Override
        public boolean store(
                final ProducerState producer, final long index, final DirectBuffer buffer, final int length) {
            if (full) {
                return false;
            }
            delivered.add(text(index, buffer, length));
            producer.onStored(index, ++inboxIndex);
            return true;
        }

        @Override
        public boolean handOver(final ProducerState producer, final DirectBuffer buffer, final int length) {
            delivered.add(text(0, buffer, length));
            return true;
        }

        private String text(final long index, final DirectBuffer buffer, final int length) {
            final DeliveredView view = new DeliveredView().wrap(1, false, buffer, 0, length);
            final StringBuilder ids = new StringBuilder();
            for (int i = 0; i < view.subscriptionIds(); i++) {
                ids.append(' ').append(view.subscriptionId(i));
            }
            return "#" + (index == 0 ? 0 : index - ProducerState.NO_WILL) + " " + view.topic() + "=" + view.text()
                    + " qos" + Qos.of(view.qos()) + (view.isRetained() ? " retained" : "")
                    + (view.expiresAtEpochMs() == 0 ? "" : " until " + view.expiresAtEpochMs()) + ids;
        }
    }

    @BeforeEach
    void knowAHost() {
        host = state.add(new UUID(1, 2));
        subscribe("gone/#", 2, 0);
    }

    private void subscribe(final String filter, final int options, final int id) {
        state.subscriptions()
                .put(new BookEntry(filter, state.subscriptions().nextRevision(), false, options, id, true));
    }

    private static Will will(final int qos, final String text) {
        return new Will(
                "gone/host", qos, true, DELAY_MS / 1000, 7, new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldDeliverOnceWhenTheHostIsNotBackInTime() {
        wills.onWelcome(host, will(2, "a"));
        wills.onLost(host, NOW);
        wills.run(NOW + DELAY_MS - 1);
        assertThat(delivered).isEmpty();
        assertThat(wills.idleMs(NOW + DELAY_MS - 1)).isEqualTo(1);

        wills.run(NOW + DELAY_MS);
        wills.run(NOW + 2 * DELAY_MS);

        assertThat(delivered).containsExactly("#1 gone/host=a qos2 until " + (NOW + DELAY_MS + 7_000));
        assertThat(host.will()).isNull();
        assertThat(host.qosOfWaiting(ProducerState.NO_WILL + 1)).isEqualTo(Qos.EXACTLY_ONCE);
        assertThat(host.onProcessed(2, ProducerState.NO_WILL + 1)).isTrue();
        assertThat(host.processed()).isZero();
        assertThat(wills.delivered()).isOne();
    }

    @Test
    void shouldNotDeliverWhenTheHostIsBackOrSaidGoodbye() {
        wills.onWelcome(host, will(2, "a"));
        wills.onLost(host, NOW);
        wills.onWelcome(host, will(2, "b"));
        wills.run(NOW + DELAY_MS);
        assertThat(delivered).isEmpty();

        wills.onGoodbye(host);
        wills.onLost(host, NOW);
        wills.run(NOW + 2 * DELAY_MS);

        assertThat(delivered).isEmpty();
        assertThat(host.will()).isNull();
    }

    @Test
    void shouldDeliverTheWillOfEachLifeUnderItsOwnNumber() {
        for (int life = 1; life <= 3; life++) {
            wills.onWelcome(host, will(1, "life" + life));
            wills.onLost(host, NOW);
            // Lost again before it was back: the time does not begin anew.
            wills.onLost(host, NOW + DELAY_MS - 1);
            wills.run(NOW + DELAY_MS);
        }

        assertThat(delivered).hasSize(3);
        assertThat(delivered.get(2)).startsWith("#3 gone/host=life3 qos1");
    }

    @Test
    void shouldHandOverQos0OnlyWhenItIsWrittenThatItWas() {
        wills.onWelcome(host, will(0, "a"));
        wills.onLost(host, NOW);
        wills.run(NOW);
        written.clear();

        wills.run(NOW + DELAY_MS);
        assertThat(written).isEmpty();
        wills.run(NOW + DELAY_MS);
        assertThat(written).containsExactly(0L);
        assertThat(delivered).isEmpty();
        wills.run(NOW + DELAY_MS);
        wills.run(NOW + DELAY_MS);

        assertThat(delivered).hasSize(1);
        assertThat(delivered.get(0)).startsWith("#0 gone/host=a qos0");
    }

    @Test
    void shouldTakeTheHighestQosAndAllNumbersOfTheSubscriptionsThatMatch() {
        final int retainAsPublished = 8;
        subscribe("gone/#", 0, 3);
        subscribe("gone/+", 1 | retainAsPublished, 4);
        subscribe("$share/g/gone/+", 2, 5);
        subscribe("other", 2, 6);
        wills.onWelcome(host, will(2, "a"));

        wills.onLost(host, NOW);
        wills.run(NOW + DELAY_MS);

        assertThat(delivered)
                .containsExactly("#1 gone/host=a qos1 retained until " + (NOW + DELAY_MS + 7_000) + " 3 4");
    }

    @Test
    void shouldForgetAWillThatNobodyWants() {
        state.subscriptions().put(new BookEntry("gone/#", 2, true, 0, 0, true));
        wills.onWelcome(host, will(2, "a"));

        wills.onLost(host, NOW);
        wills.run(NOW + DELAY_MS);
        wills.run(NOW + DELAY_MS);

        assertThat(delivered).isEmpty();
        assertThat(host.will()).isNull();
        assertThat(written).endsWith(0L);
    }

    @Test
    void shouldMissNobodyAfterARestartBeforeItWasLookedFor() {
        host.recoverWill(new WitnessedWill(will(2, "ran"), NOW - 1), ProducerState.NO_WILL);
        wills.recover();

        wills.run(NOW);
        wills.onConnecting(NOW);
        wills.run(NOW + Wills.RETURN_MS - 1);
        assertThat(wills.idleMs(NOW)).isPositive();
        wills.onWelcome(host, will(2, "lives"));
        wills.run(NOW + 10 * Wills.RETURN_MS);

        assertThat(delivered).isEmpty();
        assertThat(host.will().isRunning()).isFalse();
    }

    @Test
    void shouldGiveAHostTimeAfterARestartAndKeepATimeThatRuns() {
        final ProducerState other = state.add(new UUID(3, 4));
        host.recoverWill(WitnessedWill.of(will(2, "lived")), ProducerState.NO_WILL);
        other.recoverWill(new WitnessedWill(will(2, "ran"), NOW - 1), ProducerState.NO_WILL + 4);

        wills.recover();
        wills.onConnecting(NOW);
        wills.run(NOW + Wills.RETURN_MS - 1);
        assertThat(delivered).isEmpty();
        wills.run(NOW + Wills.RETURN_MS);
        assertThat(delivered).hasSize(1);
        assertThat(delivered.get(0)).startsWith("#5 gone/host=ran");
        wills.run(NOW + Wills.RETURN_MS + DELAY_MS);

        assertThat(delivered.get(1)).startsWith("#1 gone/host=lived");
    }

    @Test
    void shouldKeepWillsInCheckpoints() {
        wills.onWelcome(host, will(2, "first"));
        wills.onLost(host, NOW);
        wills.run(NOW + DELAY_MS);
        wills.onWelcome(host, will(2, "second"));
        wills.onLost(host, NOW);
        final InboxState recovered = new InboxState();
        recovered.owner("desk");

        state.write((type, buffer, offset, length) -> recovered.onRecord(1, 1, type, buffer, offset, length));

        final ProducerState same = recovered.find(1);
        assertThat(same.will()).isEqualTo(host.will());
        assertThat(same.lastWill()).isEqualTo(ProducerState.NO_WILL + 1);
        assertThat(same.qosOfWaiting(ProducerState.NO_WILL + 1)).isEqualTo(Qos.EXACTLY_ONCE);
    }

    @Test
    void shouldTryAgainWhenThereIsNoRoom() {
        wills.onWelcome(host, will(2, "a"));
        wills.onLost(host, NOW);
        full = true;
        wills.run(NOW + DELAY_MS);
        assertThat(wills.delivered()).isZero();

        full = false;
        wills.run(NOW + DELAY_MS);

        assertThat(delivered).hasSize(1);
        assertThat(wills.delivered()).isOne();
    }

    @Test
    void shouldKeepABoundedNumberOfBytes() {
        final Will large = new Will("gone/x", 2, false, 1, 0, new UnsafeBuffer(new byte[Will.MAX_PAYLOAD_BYTES]));
        int kept = 0;
        for (int i = 0; i < 400; i++) {
            final ProducerState each = state.add(new UUID(9, i));
            wills.onWelcome(each, large);
            kept += each.will() == null ? 0 : 1;
        }

        assertThat(kept).isBetween(200, 256);
    }
}
