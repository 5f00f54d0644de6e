package io.sluicemq.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AwaitTest {

    @Test
    void shouldReturnOnceConditionHolds() {
        final AtomicInteger asked = new AtomicInteger();

        Await.until(Duration.ofSeconds(20), () -> asked.incrementAndGet() == 300, "asked 300 times");

        assertThat(asked).hasValue(300);
    }

    @Test
    void shouldSayWhatDidNotHoldInTime() {
        assertThatThrownBy(() -> Await.until(Duration.ofMillis(20), () -> false, "pigs fly"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("pigs fly");
    }

    @Test
    void shouldEndWhenInterruptedAndKeepTheFlag() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Await.until(Duration.ofSeconds(20), () -> false, "pigs fly"))
                .hasMessageContaining("interrupted");

        assertThat(Thread.interrupted()).isTrue();
    }
}
