package io.sluicemq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class SocketTypeTest {
    /** RFC 28, 29, 30, 31: each legal pair once. */
    private static final Set<Set<String>> LEGAL = Set.of(
            Set.of("PAIR"),
            Set.of("PUB", "SUB"),
            Set.of("PUB", "XSUB"),
            Set.of("XPUB", "SUB"),
            Set.of("XPUB", "XSUB"),
            Set.of("REQ", "REP"),
            Set.of("REQ", "ROUTER"),
            Set.of("REP", "DEALER"),
            Set.of("DEALER"),
            Set.of("DEALER", "ROUTER"),
            Set.of("ROUTER"),
            Set.of("PULL", "PUSH"));

    @ParameterizedTest
    @EnumSource
    void shouldAcceptLegalPeersOnly(final SocketType type) {
        for (final SocketType peer : SocketType.values()) {
            final Set<String> pair = Set.copyOf(List.of(type.wireName(), peer.wireName()));

            assertThat(type.accepts(peer)).as("%s", pair).isEqualTo(LEGAL.contains(pair));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindTypeByWhatIsOnTheWire(final SocketType type) {
        assertThat(SocketType.ofWireName(type.wireName())).isSameAs(type);
        assertThat(SocketType.ofWireNumber(type.wireNumber())).isSameAs(type);
    }

    @Test
    void shouldKnowNumbersOfZmtp20() {
        assertThat(SocketType.PAIR.wireNumber()).isZero();
        assertThat(SocketType.PUSH.wireNumber()).isEqualTo(8); // RFC 15
        assertThat(SocketType.XSUB.wireNumber()).isEqualTo(10); // libzmq
    }

    @Test
    void shouldFindNoTypeByUnknownNameOrNumber() {
        assertThat(SocketType.ofWireName("push")).isNull();
        assertThat(SocketType.ofWireName(null)).isNull();
        assertThat(SocketType.ofWireNumber(-1)).isNull();
        assertThat(SocketType.ofWireNumber(11)).isNull();
    }
}
