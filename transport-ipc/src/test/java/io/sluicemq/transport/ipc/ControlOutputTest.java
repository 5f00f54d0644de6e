package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ControlOutputTest {
    private static final int MORE_THAN_A_SOCKET_TAKES = 100_000;

    @TempDir
    private Path folder;

    private SocketChannel here;
    private SocketChannel there;
    private ControlOutput output;
    private int blocked;

    @BeforeEach
    void connect() throws IOException {
        final UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            here = SocketChannel.open(address);
            there = listener.accept();
        }
        here.configureBlocking(false);
        output = new ControlOutput(here, () -> blocked++);
    }

    @AfterEach
    void close() throws IOException {
        here.close();
        there.close();
    }

    private void signalUntilNothingMoreIsTaken() {
        for (int i = 0; i < MORE_THAN_A_SOCKET_TAKES; i++) {
            output.signal(i % 2 == 0 ? ControlFrame.WAKE : ControlFrame.ROOM);
        }
    }

    @Test
    void shouldKeepOneSignalOfEachKindForAPeerThatDoesNotRead() throws IOException {
        signalUntilNothingMoreIsTaken();

        assertThat(output.isBlocked()).isTrue();
        assertThat(blocked).isEqualTo(1);
        there.configureBlocking(false);
        final ByteBuffer read = ByteBuffer.allocate(MORE_THAN_A_SOCKET_TAKES);
        while (there.read(read) > 0) {
            // All that the socket held.
        }
        assertThat(output.flush()).isTrue();
        assertThat(there.read(read)).isEqualTo(2);
    }

    @Test
    void shouldSendASignalThatComesWhenTheOneBeforeIsOutAndMoreWaitsBehindIt() throws IOException {
        there.configureBlocking(false);
        final byte[] body = new byte[1 << 20];
        for (final int type : new int[] {ControlFrame.WAKE, ControlFrame.ROOM}) {
            final long frames = 2L * (ControlFrame.HEADER_BYTES + body.length);
            output.put(ControlFrame.SUBSCRIBE, body);
            output.signal(type);
            output.put(ControlFrame.SUBSCRIBE, body);

            long read = 0;
            int signals = 0;
            boolean again = false;
            while (read < frames + signals || output.isBlocked()) {
                output.onWritable();
                final ByteBuffer some = ByteBuffer.allocate(1 << 16);
                read += Math.max(0, there.read(some));
                for (int i = 0; i < some.position(); i++) {
                    signals += some.get(i) == type ? 1 : 0;
                }
                if (signals == 1 && !again) {
                    again = true;
                    output.signal(type);
                    output.signal(type);
                }
            }

            assertThat(signals).isEqualTo(2);
        }
    }

    @Test
    void shouldNotWaitForASocketWhosePeerIsGone() throws IOException {
        signalUntilNothingMoreIsTaken();
        there.close();

        assertThatThrownBy(output::flush).isInstanceOf(IOException.class);

        assertThat(output.isBlocked()).isFalse();
        output.signal(ControlFrame.WAKE);
        assertThat(output.isBlocked()).isFalse();
    }
}
