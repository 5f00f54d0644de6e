package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ReconnectDelayTest {
    @Test
    void shouldDoubleUpToTheCap() {
        final ReconnectDelay delay = new ReconnectDelay(100, 350);

        final List<Long> waits = List.of(delay.next(0), delay.next(0), delay.next(0), delay.next(0));

        assertThat(waits).containsExactly(100L, 200L, 350L, 350L);
    }

    @Test
    void shouldStayTheSameWithoutACap() {
        final ReconnectDelay delay = new ReconnectDelay(100, 0);

        assertThat(List.of(delay.next(0), delay.next(0))).containsExactly(100L, 100L);
    }

    @Test
    void shouldAddUpToAsMuchAgain() {
        final ReconnectDelay delay = new ReconnectDelay(100, 0);

        assertThat(List.of(delay.next(0.5), delay.next(1))).containsExactly(150L, 200L);
    }

    @Test
    void shouldStartAgainAfterASuccess() {
        final ReconnectDelay delay = new ReconnectDelay(100, 1_000);
        delay.next(0);
        delay.next(0);

        delay.reset();

        assertThat(delay.next(0)).isEqualTo(100);
    }

    @Test
    void shouldBeDisabledByAnIntervalOfZero() {
        assertThat(new ReconnectDelay(0, 0).isEnabled()).isFalse();
        assertThat(new ReconnectDelay(1, 0).isEnabled()).isTrue();
    }
}
