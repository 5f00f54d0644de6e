package io.sluicemq.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class TcpOptionsTest {
    @Test
    void shouldReadWellInALog() {
        assertThat(TcpOptions.builder().backlog(7).build().toString())
                .startsWith("TcpOptions[sendBufferBytes=-1, ")
                .contains(", keepAlive=OS, ", ", backlog=7, ")
                .endsWith(", reuseAddress=true]");
    }

    @Test
    void shouldLeaveEverythingToTheSystemByDefault() {
        final TcpOptions options = TcpOptions.DEFAULTS;

        assertThat(options.sendBufferBytes()).isEqualTo(TcpOptions.OS_DEFAULT);
        assertThat(options.receiveBufferBytes()).isEqualTo(TcpOptions.OS_DEFAULT);
        assertThat(options.keepAlive()).isEqualTo(TcpOptions.KeepAlive.OS);
        assertThat(options.backlog()).isEqualTo(100);
        assertThat(options.connectTimeoutNs()).isZero();
        assertThat(options.reuseAddress()).isTrue();
    }

    @Test
    void shouldSayWhichValueIsOutOfRange() {
        assertThatThrownBy(() -> TcpOptions.builder().sendBufferBytes(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sendBufferBytes=0, limit=1..2147483647, use -1 to leave it to the operating system");
        assertThatThrownBy(() -> TcpOptions.builder().typeOfService(256).build())
                .hasMessageContaining("typeOfService=256, limit=0..255");
        assertThatThrownBy(() -> TcpOptions.builder().backlog(0).build()).hasMessageContaining("backlog=0, limit=1");
        assertThatThrownBy(() -> TcpOptions.builder().connectTimeoutNs(-1).build())
                .hasMessageContaining("connectTimeoutNs=-1, limit=0");
    }

    @Test
    void shouldSetWhatWasAskedFor() throws IOException {
        final TcpOptions options = TcpOptions.builder()
                .keepAlive(TcpOptions.KeepAlive.ON)
                .keepAliveIdleSeconds(7)
                .keepAliveIntervalSeconds(3)
                .keepAliveCount(4)
                .typeOfService(0x10)
                .build();

        try (SocketChannel channel = SocketChannel.open()) {
            options.applyTo(channel);

            assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
            assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
            assertThat(channel.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(0x10);
            if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPIDLE))
                        .isEqualTo(7);
                assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL))
                        .isEqualTo(3);
                assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT))
                        .isEqualTo(4);
            }
        }
    }
}
