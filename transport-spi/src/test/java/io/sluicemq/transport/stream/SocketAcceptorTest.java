package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class SocketAcceptorTest {
    private static final long WAIT_MS = 20_000;

    @Test
    void shouldGoOnListeningAfterAnErrorWithOnePeer() throws IOException {
        final List<SocketChannel> admitted = new ArrayList<>();
        final int[] asked = {0};
        try (Selector selector = Selector.open();
                ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            server.configureBlocking(false);
            final FakeContext context = new FakeContext();
            context.selector(selector);
            final SocketAcceptor acceptor = new SocketAcceptor(context, server, "tcp://test", peer -> {
                if (asked[0]++ == 0) {
                    throw new InternalError("thrown by a test");
                }
                return admitted.add(peer);
            });
            try (SocketChannel first = SocketChannel.open(server.getLocalAddress());
                    SocketChannel second = SocketChannel.open(server.getLocalAddress())) {
                assertThat(first.isConnected() && second.isConnected()).isTrue();
                while (admitted.isEmpty()) {
                    assertThat(selector.select(WAIT_MS)).isPositive();
                    for (final SelectionKey key : selector.selectedKeys()) {
                        acceptor.onReady(key);
                    }
                    selector.selectedKeys().clear();
                }
                assertThat(asked[0]).isEqualTo(2);
                admitted.get(0).close();
            }
        }
    }
}
