package io.sluicemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class SocketOptionsTest {
    private static void assertRefused(
            final UnaryOperator<SocketOptions.Builder> change, final String nameAndValue, final String limit) {
        assertThatThrownBy(() -> change.apply(SocketOptions.builder()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s)\\Q" + nameAndValue + ", limit=" + limit + "\\E.*, .*");
    }

    @Test
    void shouldNameValueLimitAndRemedyOfEachWrongOption() {
        assertRefused(b -> b.sendHighWaterMark(-1), "sendHighWaterMark=-1", "0");
        assertRefused(b -> b.receiveHighWaterMark(-7), "receiveHighWaterMark=-7", "0");
        assertRefused(b -> b.maxMessageBytes(-2), "maxMessageBytes=-2", "-1");
        assertRefused(b -> b.maxFrames(0), "maxFrames=0", "1");
        assertRefused(b -> b.ringBytes(5000), "ringBytes=5000", "4096..1073741824");
        assertRefused(b -> b.maxLargeBytes(-1), "maxLargeBytes=-1", "0");
        assertRefused(b -> b.reconnect(Duration.ofNanos(10), Duration.ofNanos(5)), "reconnectCapNs=5", "10");
        assertRefused(b -> b.reconnect(Duration.ofNanos(-1), Duration.ZERO), "reconnectInterval=PT-0.000000001S", "0");
        assertRefused(
                b -> b.heartbeat(Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO), "heartbeatTimeoutNs=0", "1");
        assertRefused(
                b -> b.heartbeat(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(65_501)),
                "heartbeatTtlNs=65501000000",
                "65500000000");
        assertRefused(b -> b.routingId(new byte[256]), "routingId=256 bytes", "1..255");
        assertRefused(b -> b.routingId(new byte[0]), "routingId=0 bytes", "1..255");
        assertRefused(b -> b.routingId(new byte[] {0, 1}), "routingId=2 bytes", "1..255");
        assertRefused(b -> b.property("name", "value"), "property=name", "255");
        assertRefused(b -> b.property("x-received-counts", "1"), "property=x-received-counts", "names");
        assertRefused(b -> b.sendTimeout(Duration.ofNanos(-1)), "sendTimeout=PT-0.000000001S", "0");
        assertRefused(b -> b.linger(null), "linger=null", "0");
    }

    @Test
    void shouldTakeWhatIsJustAtTheLimit() {
        final Duration second = Duration.ofSeconds(1);

        final SocketOptions options = SocketOptions.builder()
                .heartbeat(second, second, Duration.ofMillis(65_500))
                .routingId(new byte[] {1})
                .build();

        assertThat(options.toBuilder().build().routingId()).containsExactly(1);
        assertThat(SocketOptions.DEFAULTS.toBuilder().build().routingId()).isEmpty();
    }

    @Test
    void shouldReadWellInALogAndGiveNoPropertyAway() {
        final SocketOptions options = SocketOptions.builder()
                .sendTimeout(Duration.ofMillis(250))
                .property("X-Token", "hush")
                .build();

        assertThat(options.toString())
                .startsWith("SocketOptions[sendHighWaterMark=1000, ")
                .contains(", sendTimeout=PT0.25S, receiveTimeout=forever, linger=PT5S, ")
                .contains(", properties=[X-Token], transports=[]]")
                .doesNotContain("hush");
    }

    @Test
    void shouldShowTheOptionsOfEachType() {
        assertThat(ContextOptions.builder().ioAgents(2).build())
                .hasToString("ContextOptions[ioAgents=2, invoked=false, maxIdleBufferBytes=268435456, transports=[]]");
        assertThat(PublisherOptions.builder()
                        .manual(true)
                        .welcomeMessage(Message.of("hello"))
                        .build())
                .hasToString("PublisherOptions[noDrop=false, invertMatching=false, verbose=false, verboser=false,"
                        + " manual=true, welcomeFrames=1]");
        assertThat(SubscriberOptions.DEFAULTS).hasToString("SubscriberOptions[invertMatching=false]");
        assertThat(DealerOptions.DEFAULTS).hasToString("DealerOptions[probe=false]");
        assertThat(ReqOptions.DEFAULTS)
                .hasToString("ReqOptions[relaxed=false, correlate=false, probe=false, idempotent=false]");
        assertThat(RouterOptions.DEFAULTS).hasToString("RouterOptions[mandatory=false, handover=false, probe=false]");
    }

    @Test
    void shouldNotChangeWithTheBuilderOrTheCaller() {
        final byte[] id = {1, 2};
        final SocketOptions.Builder builder =
                SocketOptions.builder().routingId(id).ringBytes(4096);

        final SocketOptions options = builder.build();
        builder.ringBytes(8192);
        id[0] = 9;

        assertThat(options.ringOptions().ringBytes()).isEqualTo(4096);
        assertThat(options.routingId()).containsExactly(1, 2);
    }
}
