package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ProducerStateTest {
    private final ProducerState state = new ProducerState(1, new UUID(1, 2));

    private long exactlyOnceUpTo() {
        return state.processedSoFar().exactlyOnceUpTo();
    }

    @Test
    void shouldSayUpToWhereAllOfQos2IsProcessed() {
        assertThat(exactlyOnceUpTo()).isZero();
        state.onStored(5, 105);
        state.onStored(7, 107);
        state.onStored(9, 109);

        assertThat(exactlyOnceUpTo()).isEqualTo(4);
        assertThat(state.onProcessed(Qos.EXACTLY_ONCE, 7)).isTrue();
        assertThat(exactlyOnceUpTo()).isEqualTo(4);
        state.onProcessed(Qos.EXACTLY_ONCE, 5);
        assertThat(exactlyOnceUpTo()).isEqualTo(8);
        state.onProcessed(Qos.EXACTLY_ONCE, 9);
        assertThat(exactlyOnceUpTo()).isEqualTo(9);
        assertThat(state.resume().processed().exactlyOnceUpTo()).isEqualTo(9);
        assertThat(state.processed()).as("the host is to be told").isEqualTo(3);
    }

    @Test
    void shouldForgetWhatIsHeldAndNotWhatIsKnownOfDuplicatesAtACleanStart() {
        state.onStored(5, 105);
        state.onStored(7, 107);

        state.onCleanStart();

        assertThat(state.inboxSize()).isZero();
        assertThat(state.oldestInboxIndex()).isEqualTo(ProducerState.NONE);
        assertThat(exactlyOnceUpTo()).isEqualTo(7);
        assertThat(state.progress().onDelivery(7, 0, Qos.EXACTLY_ONCE))
                .isEqualTo(SubscriberProgress.Decision.DUPLICATE);
        state.onStored(9, 109);
        assertThat(state.oldestInboxIndex()).isEqualTo(109);
    }
}
