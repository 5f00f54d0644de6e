package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.ContextOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that takes long holds up others of its kind only. */
@Timeout(60)
final class ContextThreadsTest {
    private static final int MANY = 100;
    private static final long LIMIT_S = 20;

    private final ContextCore context =
            new ContextCore(ContextOptions.builder().invoked(true).build());
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void close() {
        end.countDown();
        context.close(Duration.ZERO);
    }

    @Test
    void shouldDoHandshakesWhileNamesTakeLongToResolve() throws InterruptedException {
        holdUp(context.blocking());

        assertThat(runs(context.handshakes())).isTrue();
    }

    @Test
    void shouldResolveNamesWhileHandshakesTakeLong() throws InterruptedException {
        holdUp(context.handshakes());

        assertThat(runs(context.blocking())).isTrue();
    }

    private void holdUp(final Executor executor) {
        for (int i = 0; i < MANY; i++) {
            executor.execute(() -> {
                try {
                    end.await();
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private static boolean runs(final Executor executor) throws InterruptedException {
        final CountDownLatch ran = new CountDownLatch(1);
        executor.execute(ran::countDown);
        return ran.await(LIMIT_S, TimeUnit.SECONDS);
    }
}
