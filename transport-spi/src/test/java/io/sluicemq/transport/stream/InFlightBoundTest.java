package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class InFlightBoundTest {
    private static final int MESSAGE_BYTES = 1_000;

    private final InFlightBound bound = new InFlightBound();

    private void send(final long messages) {
        for (long i = 1; i <= messages; i++) {
            bound.onFlush(i, i * MESSAGE_BYTES);
        }
    }

    @Test
    void shouldHoldEverythingForUnderWayUpToTheLimit() {
        send(InFlightBound.MAX_BYTES / MESSAGE_BYTES);

        assertThat(bound.arrived()).isZero();
    }

    @Test
    void shouldHoldNoMoreThanTheLimitAndAStepForUnderWay() {
        final long messages = 10 * InFlightBound.MAX_BYTES / MESSAGE_BYTES;
        send(messages);

        final long underWay = messages - bound.arrived();
        assertThat(underWay * MESSAGE_BYTES).isBetween(InFlightBound.MAX_BYTES, InFlightBound.MAX_BYTES * 9 / 8);
    }

    @Test
    void shouldAskOnlyForWhatIsNotKnown() {
        assertThat(bound.pingContext(0)).isZero();
        assertThat(bound.pingContext(5)).isEqualTo(5);
        bound.onPong(5);
        assertThat(bound.pingContext(5)).isZero();
        assertThat(bound.arrived()).isEqualTo(5);
    }

    @Test
    void shouldIgnorePongsThatNobodyAskedFor() {
        bound.pingContext(5);
        bound.onPong(6);
        bound.onPong(-1);

        assertThat(bound.arrived()).isZero();
    }
}
