package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class IpcOptionsTest {
    @Test
    void shouldLetInTheOwnerAloneByDefault() {
        final IpcOptions options = IpcOptions.DEFAULTS;

        assertThat(options.permissions()).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(options.backlog()).isEqualTo(100);
        assertThat(options.sendBufferBytes()).isEqualTo(IpcOptions.OS_DEFAULT);
        assertThat(options.receiveBufferBytes()).isEqualTo(IpcOptions.OS_DEFAULT);
    }

    @Test
    void shouldReadWellInALog() {
        assertThat(IpcOptions.DEFAULTS)
                .hasToString(
                        "IpcOptions[permissions=rw-------, backlog=100, sendBufferBytes=-1, receiveBufferBytes=-1]");
        assertThat(ShmOptions.DEFAULTS).hasToString("ShmOptions[ringBytes=1048576, permissions=rw-------]");
    }

    @Test
    void shouldSayWhichValueIsOutOfRange() {
        assertThatThrownBy(() -> IpcOptions.builder().permissions(Set.of()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("permissions=[], limit=at least OWNER_WRITE, without which nobody can connect");
        assertThatThrownBy(() -> IpcOptions.builder()
                        .permissions(PosixFilePermissions.fromString("r--rw-rw-"))
                        .build())
                .hasMessageContaining("permissions=[OWNER_READ, GROUP_READ");
        assertThatThrownBy(() -> IpcOptions.builder().backlog(0).build()).hasMessageContaining("backlog=0, limit=1");
        assertThatThrownBy(() -> IpcOptions.builder().sendBufferBytes(0).build())
                .hasMessage("sendBufferBytes=0, limit=1..2147483647, use -1 to leave it to the operating system");
        assertThatThrownBy(() -> IpcOptions.builder().receiveBufferBytes(-2).build())
                .hasMessageContaining("receiveBufferBytes=-2, limit=1");
    }

    @Test
    void shouldSetWhatWasAskedFor() throws IOException {
        final IpcOptions options = IpcOptions.builder().sendBufferBytes(16_384).build();

        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            final int before = channel.getOption(StandardSocketOptions.SO_SNDBUF);
            options.applyTo(channel);

            assertThat(channel.getOption(StandardSocketOptions.SO_SNDBUF))
                    .isBetween(16_384, 32_768)
                    .isNotEqualTo(before);
        }
    }
}
