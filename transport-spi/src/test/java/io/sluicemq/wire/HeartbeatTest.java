package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.wire.Heartbeat.Action;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class HeartbeatTest {
    private static final long MS = 1_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {0, -5_000_000_000L, Long.MAX_VALUE - 50_000_000L})
    void shouldPingEveryIntervalAndTimeOutWhenNothingComes(final long startNs) {
        final Heartbeat heartbeat = new Heartbeat(100 * MS, 150 * MS, 0, startNs);

        assertThat(heartbeat.nextDeadlineNs()).isEqualTo(startNs + 100 * MS);
        assertThat(heartbeat.poll(startNs + 99 * MS)).isEqualTo(Action.NONE);
        assertThat(heartbeat.poll(startNs + 100 * MS)).isEqualTo(Action.SEND_PING);
        assertThat(heartbeat.poll(startNs + 100 * MS)).isEqualTo(Action.NONE);
        assertThat(heartbeat.nextDeadlineNs()).isEqualTo(startNs + 200 * MS);
        assertThat(heartbeat.poll(startNs + 200 * MS)).isEqualTo(Action.SEND_PING);
        assertThat(heartbeat.nextDeadlineNs()).isEqualTo(startNs + 250 * MS);
        assertThat(heartbeat.poll(startNs + 249 * MS)).isEqualTo(Action.NONE);
        assertThat(heartbeat.poll(startNs + 250 * MS)).isEqualTo(Action.TIMED_OUT);
        assertThat(heartbeat.poll(startNs + 251 * MS)).isEqualTo(Action.TIMED_OUT);
    }

    @Test
    void shouldTakeAnyBytesAsAnswer() {
        final Heartbeat heartbeat = new Heartbeat(100 * MS, 0, 0, 0);
        heartbeat.poll(100 * MS);

        heartbeat.onBytesReceived(150 * MS);

        assertThat(heartbeat.poll(200 * MS)).isEqualTo(Action.SEND_PING);
        assertThat(heartbeat.poll(299 * MS)).isEqualTo(Action.NONE);
        assertThat(heartbeat.poll(300 * MS)).isEqualTo(Action.TIMED_OUT);
    }

    @Test
    void shouldHonourTimeToLiveOfPeerWithoutPingingItself() {
        final Heartbeat heartbeat = new Heartbeat(0, 0, 0, 0);
        assertThat(heartbeat.nextDeadlineNs()).isEqualTo(Heartbeat.NO_DEADLINE);

        heartbeat.onPing(3, 1_000 * MS);

        assertThat(heartbeat.nextDeadlineNs()).isEqualTo(1_300 * MS);
        assertThat(heartbeat.poll(1_299 * MS)).isEqualTo(Action.NONE);
        heartbeat.onBytesReceived(1_299 * MS);
        assertThat(heartbeat.poll(1_598 * MS)).isEqualTo(Action.NONE);
        assertThat(heartbeat.poll(1_599 * MS)).isEqualTo(Action.TIMED_OUT);
    }

    @Test
    void shouldForgetTimeToLiveWhenPeerTakesItBack() {
        final Heartbeat heartbeat = new Heartbeat(0, 0, 0, 0);
        heartbeat.onPing(3, 0);

        heartbeat.onPing(0, 100 * MS);

        assertThat(heartbeat.poll(10_000 * MS)).isEqualTo(Action.NONE);
        assertThat(heartbeat.nextDeadlineNs()).isEqualTo(Heartbeat.NO_DEADLINE);
    }

    @Test
    void shouldNotTimeOutPeerThatIsNotRead() {
        final Heartbeat heartbeat = new Heartbeat(100 * MS, 0, 0, 0);
        heartbeat.onPing(2, 0);
        heartbeat.onReadingPaused(true, 50 * MS);

        assertThat(heartbeat.poll(100 * MS)).isEqualTo(Action.SEND_PING);
        assertThat(heartbeat.nextDeadlineNs()).isEqualTo(200 * MS);
        assertThat(heartbeat.poll(5_000 * MS)).isEqualTo(Action.SEND_PING);
        heartbeat.onReadingPaused(false, 5_000 * MS);

        assertThat(heartbeat.poll(5_099 * MS)).isEqualTo(Action.NONE);
        assertThat(heartbeat.poll(5_100 * MS)).isEqualTo(Action.TIMED_OUT);
    }

    @Test
    void shouldGiveFullTimeOnlyOncePerPause() {
        final Heartbeat heartbeat = new Heartbeat(100 * MS, 0, 0, 0);
        heartbeat.poll(100 * MS);

        heartbeat.onReadingPaused(false, 190 * MS);

        assertThat(heartbeat.poll(200 * MS)).isEqualTo(Action.TIMED_OUT);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "100000000, 1",
        "100000001, 2",
        "65500000000, 655",
        "65600000000, 655",
        "9000000000000, 655"
    })
    void shouldAdvertiseTimeToLiveThatLibzmqUnderstands(final long ttlNs, final int expectedDeciseconds) {
        final Heartbeat heartbeat = new Heartbeat(0, 0, ttlNs, 0);

        assertThat(heartbeat.ttlDeciseconds()).isEqualTo(expectedDeciseconds);
    }

    @Test
    void shouldRefuseWrongDurations() {
        assertThatThrownBy(() -> new Heartbeat(-1, 0, 0, 0)).hasMessageContaining("intervalNs=-1, limit=0..");
        assertThatThrownBy(() -> new Heartbeat(0, Long.MAX_VALUE, 0, 0)).hasMessageContaining("timeoutNs=");
        assertThatThrownBy(() -> new Heartbeat(10, 0, 9, 0)).hasMessageContaining("ttlNs=9, limit=10");
    }
}
