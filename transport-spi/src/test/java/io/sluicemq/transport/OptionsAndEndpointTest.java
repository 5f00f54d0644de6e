package io.sluicemq.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class OptionsAndEndpointTest {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, 2048, 4097, 5000, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldRefuseRingSizesThatAreNoPowerOfTwoInRange(final int ringBytes) {
        assertThatThrownBy(() -> new RingOptions(ringBytes, 0, 0, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ringBytes=" + ringBytes + ", limit=4096..1073741824, use a power of two");
    }

    @Test
    void shouldRefuseNegativeLimits() {
        assertThatThrownBy(() -> new RingOptions(4096, -1, 0, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("maxLargeBytes=-1, limit=0, use ");
        assertThatThrownBy(() -> new RingOptions(4096, 0, -5, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("maxMessages=-5, limit=0, use ");
    }

    @Test
    void shouldParseAnEndpoint() {
        final Endpoint endpoint = Endpoint.parse("TCP://[::1]:5555");

        assertThat(endpoint.scheme()).isEqualTo("tcp");
        assertThat(endpoint.address()).isEqualTo("[::1]:5555");
        assertThat(endpoint).hasToString("tcp://[::1]:5555");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "tcp", "tcp:/x", "://x", "tcp://", "name"})
    void shouldShowTheGrammarWhenAnEndpointIsWrong(final String text) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("endpoint=" + text + ", limit=")
                .hasMessageContaining("use scheme://address");
    }
}
