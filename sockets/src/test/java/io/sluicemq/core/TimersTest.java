package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class TimersTest {
    private final Timers timers = new Timers();
    private final List<String> ran = new ArrayList<>();

    private void add(final long deadlineNs, final String name) {
        timers.add(deadlineNs, () -> ran.add(name));
    }

    @Test
    void shouldRunWhatIsDueByTimeAndThenInOrderOfAdding() {
        add(20, "b");
        add(10, "a");
        add(20, "c");
        add(30, "d");

        final int early = timers.run(9);
        final int due = timers.run(20);

        assertThat(early).isZero();
        assertThat(due).isEqualTo(3);
        assertThat(ran).containsExactly("a", "b", "c");
    }

    @Test
    void shouldRunATaskThatATaskAddsInTheSameTurnIfItIsDue() {
        timers.add(10, () -> {
            add(10, "now");
            add(11, "later");
        });

        final int count = timers.run(10);

        assertThat(count).isEqualTo(2);
        assertThat(ran).containsExactly("now");
    }

    @Test
    void shouldKeepOrderWhenTheClockWraps() {
        add(Long.MIN_VALUE + 5, "after");
        add(Long.MAX_VALUE - 5, "before");

        final int before = timers.run(Long.MAX_VALUE);
        final int after = timers.run(Long.MIN_VALUE + 5);

        assertThat(List.of(before, after)).containsExactly(1, 1);
        assertThat(ran).containsExactly("before", "after");
    }

    @Test
    void shouldRoundTheWaitUpToMilliseconds() {
        final long none = timers.millisToNext(0);
        add(1_000_001, "a");

        assertThat(none).isEqualTo(Long.MAX_VALUE);
        assertThat(timers.millisToNext(0)).isEqualTo(2);
        assertThat(timers.millisToNext(1)).isEqualTo(1);
        assertThat(timers.millisToNext(1_000_000)).isEqualTo(1);
        assertThat(timers.millisToNext(1_000_001)).isZero();
        assertThat(timers.millisToNext(9_000_000)).isZero();
    }

    @Test
    void shouldNotRunAFailedTaskAgain() {
        timers.add(1, () -> {
            throw new IllegalStateException("for the test");
        });
        add(2, "next");

        assertThat(catchThrowable(() -> timers.run(5))).isInstanceOf(IllegalStateException.class);
        timers.run(5);

        assertThat(ran).containsExactly("next");
    }
}
