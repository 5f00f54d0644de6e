package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** QoS 1 that the application never says it has processed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class SubscriberProgressTest {
    private static final int MANY = 10_000;

    private final SubscriberProgress progress = new SubscriberProgress();

    private void deliver(final long index, final long previous) {
        assertThat(progress.onDelivery(index, previous, Qos.AT_LEAST_ONCE))
                .isEqualTo(SubscriberProgress.Decision.HAND_OVER);
    }

    private void deliverMany(final boolean bounded) {
        long previous = 0;
        progress.resume(0);
        for (long index = 1_001; index <= 1_000 + MANY; index++) {
            deliver(index, previous);
            assertThat(progress.onProcessed(index)).isTrue();
            previous = index;
            if (bounded) {
                progress.letGo(100);
            }
        }
    }

    @Test
    void shouldTellAHostNothingOfASessionThatItLost() {
        progress.resume(0);
        deliver(10, 0);

        progress.onSessionLost();
        deliverMany(false);

        assertThat(progress.progress(0)).isEqualTo(new Progress(1_000 + MANY, List.of(), 0));
        assertThat(progress.isHandedOver(10)).isTrue();
        assertThat(progress.onProcessed(10)).isTrue();
        assertThat(progress.isHandedOver(10)).isFalse();
    }

    @Test
    void shouldTellNoMoreThanTheReceiveMaximumBeyondOneThatTheHostLetExpire() {
        progress.resume(0);
        deliver(10, 0);

        deliverMany(true);

        assertThat(progress.progress(0).beyond()).isEmpty();
        assertThat(progress.progress(0).upTo()).isEqualTo(1_000 + MANY);
        assertThat(progress.onProcessed(10)).isTrue();
    }

    @Test
    void shouldSplitManyProcessedMessagesOverRecordsOfACheckpoint() {
        final InboxState state = new InboxState();
        state.owner("desk");
        final ProducerState producer = state.add(new UUID(1, 2));
        producer.progress().recoverProcessed(9, 9);
        for (long index = 11; index < 11 + MANY; index++) {
            producer.progress().recoverProcessed(index, 9);
        }
        final InboxState recovered = new InboxState();
        final List<Integer> lengths = new ArrayList<>();

        state.write((type, buffer, offset, length) -> {
            lengths.add(length);
            recovered.onCheckpoint(1, 1, type, buffer, offset, length);
        });

        assertThat(lengths).allMatch(length -> length < 64 << 10);
        assertThat(recovered.owner()).isEqualTo("desk");
        assertThat(recovered.find(1).processedSoFar()).isEqualTo(producer.processedSoFar());
        assertThat(recovered.find(1).processedSoFar().beyond()).hasSize(MANY);
    }
}
