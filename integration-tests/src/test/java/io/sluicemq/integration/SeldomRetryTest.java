package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.PushSocket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SeldomRetryTest extends SocketTestBase {
    @Test
    void shouldAskAPeerThatAlwaysHangsUpOnlySeldom() throws Exception {
        final AtomicLong longestNs = new AtomicLong();
        final CountDownLatch seldom = new CountDownLatch(1);
        final SocketListener listener = new SocketListener() {
            @Override
            public void onConnectRetry(final String endpoint, final long delayNs) {
                longestNs.accumulateAndGet(delayNs, Math::max);
                if (delayNs >= 5_000_000_000L) {
                    seldom.countDown();
                }
            }
        };
        final SocketOptions options = SocketOptions.builder()
                .reconnect(Duration.ofMillis(5), Duration.ZERO)
                .listener(listener)
                .build();
        final Future<Integer> hangingUp;
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            hangingUp = start(() -> hangUp(server));
            final PushSocket push = context.push(options);

            push.connect("tcp://127.0.0.1:" + server.getLocalPort());

            assertThat(seldom.await(10, TimeUnit.SECONDS))
                    .as("waits %d ns", longestNs.get())
                    .isTrue();
        }
        assertThat(get(hangingUp)).isBetween(5, 10);
    }

    private static int hangUp(final ServerSocket server) {
        int count = 0;
        try {
            while (true) {
                server.accept().close();
                count++;
            }
        } catch (final IOException e) {
            return count;
        }
    }
}
