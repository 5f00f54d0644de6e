package io.sluicemq.testkit.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class LinkModelTest {
    private static final long MS = 1_000_000;

    private final LinkModel link = new LinkModel(42);

    @Test
    void shouldPassAllAtOnceWhenClear() {
        assertThat(link.arrivalNs(5, 1_000)).isEqualTo(5);
        assertThat(link.arrivalNs(5, 1_000)).isEqualTo(5);
    }

    @Test
    void shouldDelayEach() {
        link.conditions(LinkConditions.CLEAR.delayedBy(Duration.ofMillis(10)));

        assertThat(link.arrivalNs(3 * MS, 1_000)).isEqualTo(13 * MS);
    }

    @Test
    void shouldLoseItsShare() {
        link.conditions(LinkConditions.CLEAR.losing(0.1));

        int lost = 0;
        for (int i = 0; i < 10_000; i++) {
            lost += link.arrivalNs(0, 100) == LinkModel.LOST ? 1 : 0;
        }

        assertThat(lost).isBetween(800, 1_200);
    }

    @Test
    void shouldDoTheSameWithTheSameSeed() {
        final LinkModel twin = new LinkModel(42);
        final LinkConditions bad = LinkConditions.CLEAR.losing(0.3).reordering(0.3, Duration.ofMillis(5));
        link.conditions(bad);
        twin.conditions(bad);

        for (int i = 0; i < 1_000; i++) {
            assertThat(link.arrivalNs(i, 100)).isEqualTo(twin.arrivalNs(i, 100));
        }
    }

    @Test
    void shouldHoldSomeBack() {
        link.conditions(LinkConditions.CLEAR.reordering(0.5, Duration.ofMillis(5)));

        int held = 0;
        for (int i = 0; i < 1_000; i++) {
            final long arrivalNs = link.arrivalNs(0, 100);
            assertThat(arrivalNs).isIn(0L, 5 * MS);
            held += arrivalNs == 0 ? 0 : 1;
        }

        assertThat(held).isBetween(400, 600);
    }

    @Test
    void shouldCarryItsRateAndLoseWhatFindsNoRoom() {
        link.conditions(LinkConditions.CLEAR.carrying(1_000_000, 3_000));

        assertThat(link.arrivalNs(0, 1_000)).isEqualTo(MS);
        assertThat(link.arrivalNs(0, 1_000)).isEqualTo(2 * MS);
        assertThat(link.arrivalNs(0, 1_000)).isEqualTo(3 * MS);
        assertThat(link.arrivalNs(0, 1_000)).isEqualTo(LinkModel.LOST);
        assertThat(link.arrivalNs(2 * MS, 1_000)).isEqualTo(4 * MS);
    }

    @Test
    void shouldFallSilentAfterSoMany() {
        link.conditions(LinkConditions.CLEAR.thenSilentAfter(2));

        assertThat(link.arrivalNs(1, 100)).isEqualTo(1);
        assertThat(link.arrivalNs(2, 100)).isEqualTo(2);
        assertThat(link.arrivalNs(3, 100)).isEqualTo(LinkModel.LOST);
    }

    @Test
    void shouldRefuseAShareThatIsNone() {
        assertThatThrownBy(() -> LinkConditions.CLEAR.losing(1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loss=1.5");
        assertThatThrownBy(() -> LinkConditions.CLEAR.carrying(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
