package io.sluicemq.core;

import static io.sluicemq.core.TestBytes.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class RoutingIdsTest {
    @Test
    void shouldMakeAnonymousIdsAsLibzmqDoes() {
        final RoutingIds ids = new RoutingIds(0x0102ffff);
        final byte[] bytes = new byte[12];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);

        ids.writeNext(buffer, 1);
        ids.writeNext(buffer, 6);

        assertThat(bytes).containsExactly(0, 0, 1, 2, 0xff, 0xff, 0, 1, 3, 0, 0, 0);
    }

    @Test
    void shouldAcceptOnlyIdsThatAPeerMayAnnounce() {
        assertThat(RoutingIds.isValid(buffer("a"), 0, 1)).isTrue();
        assertThat(RoutingIds.isValid(buffer("a".repeat(255)), 0, 255)).isTrue();
        assertThat(RoutingIds.isValid(buffer("a".repeat(256)), 0, 256)).isFalse();
        assertThat(RoutingIds.isValid(buffer(""), 0, 0)).isFalse();
        assertThat(RoutingIds.isValid(buffer("\u0000a"), 0, 2)).isFalse();
    }

    @Test
    void shouldSayWhatIsWrongWithAnId() {
        assertThatCode(() -> RoutingIds.check(new byte[] {1})).doesNotThrowAnyException();
        assertThatThrownBy(() -> RoutingIds.check(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("routingId.length=0, limit=1..255 bytes, "
                        + "choose an id of that length or leave it unset for an anonymous one");
        assertThatThrownBy(() -> RoutingIds.check(new byte[] {0, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("routingId[0]=0, limit=1..255");
    }
}
