package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.durable.ReplayOptions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class ReplayProgressTest {
    private final WireOutput output = new WireOutput();
    private final Delivery delivery = new Delivery();

    private Delivery message(final long index, final long epochNs) {
        Delivery.begin(output, 1, index, 0, 0, epochNs).u8(0).string("a").u32(0);
        return delivery.wrap(new WireInput().wrap(output.buffer(), 0, output.length()));
    }

    private static ReplayOptions.Builder options() {
        return ReplayOptions.builder().creditMessages(4);
    }

    @Test
    void shouldAskForWhatComesBehindTheLastMessageOnTheNextConnection() {
        final ReplayProgress progress =
                new ReplayProgress(options().fromIndex(10).toIndex(90).build());

        final Replay first = progress.begin(1);
        progress.onMessage(message(11, 1));
        progress.onMessage(message(20, 2));
        final Replay second = progress.begin(2);

        assertThat(first).isEqualTo(new Replay(1, false, 10, 90, 4, "#"));
        assertThat(second).isEqualTo(new Replay(2, false, 21, 90, 4, "#"));
        assertThat(progress.nextIndex()).isEqualTo(21);
    }

    @Test
    void shouldPassOverWhatItHasWhenItGoesOnByTime() {
        final ReplayProgress progress =
                new ReplayProgress(options().fromTime(Instant.ofEpochSecond(1)).build());
        final long timeNs = 5_000_000_000L;
        progress.begin(1);
        progress.onMessage(message(1, timeNs));
        progress.onMessage(message(2, timeNs));

        final Replay second = progress.begin(2);

        assertThat(second.byTime()).isTrue();
        assertThat(second.from()).isEqualTo(timeNs);
        assertThat(progress.onMessage(message(1, timeNs))).isFalse();
        assertThat(progress.onMessage(message(2, timeNs))).isFalse();
        assertThat(progress.onMessage(message(3, timeNs))).isTrue();
        assertThat(progress.nextIndex()).isEqualTo(4);
    }

    @Test
    void shouldGiveCreditBackWhenHalfOfItIsTaken() {
        final ReplayProgress progress = new ReplayProgress(options().build());
        progress.begin(1);

        progress.onMessage(message(1, 1));
        final int early = progress.creditDue();
        progress.onMessage(message(2, 1));
        final int due = progress.creditDue();
        progress.onCreditSent();

        assertThat(early).isZero();
        assertThat(due).isEqualTo(2);
        assertThat(progress.creditDue()).isZero();
    }

    @Test
    void shouldRefuseMoreThanWasAskedFor() {
        final ReplayProgress progress = new ReplayProgress(options().build());
        progress.begin(1);
        for (int i = 1; i <= 4; i++) {
            progress.onMessage(message(i, 1));
        }

        assertThatThrownBy(() -> progress.onMessage(message(5, 1)))
                .isInstanceOf(WireException.class)
                .hasMessage("messages=5, limit=4 that were asked for");
    }

    @Test
    void shouldRefuseWhatGoesBackOrLiesOutside() {
        final ReplayProgress progress =
                new ReplayProgress(options().fromIndex(10).toIndex(90).build());
        progress.begin(1);
        progress.onMessage(message(20, 1));

        for (final long index : new long[] {20, 19, 91, 9, -1}) {
            assertThatThrownBy(() -> progress.onMessage(message(index, 1)))
                    .as("index %d", index)
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("limit=");
        }
        assertThat(progress.nextIndex()).isEqualTo(21);
    }
}
