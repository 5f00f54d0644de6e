package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that wait for room, beside others on which something goes on all the time. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class RoomWaitTest {
    private final ProxiedPair pair = new ProxiedPair(1);
    private int tries;
    private int needed = Integer.MAX_VALUE;
    private final RoomWait wait = new RoomWait((QuicDriver) pair.driver, () -> ++tries >= needed);

    RoomWaitTest() throws IOException {}

    @AfterEach
    void close() {
        pair.close();
    }

    /** A round trip of another connection for each. */
    private void others(final int messages) {
        final ProxiedPair.Row row = new ProxiedPair.Row(pair.connect(), pair.accepted.get(0), 100);
        for (int i = 0; i < messages; i++) {
            row.send();
            row.flush();
            pair.agent.await("message", () -> {
                row.look(System.nanoTime());
                return row.isComplete();
            });
        }
    }

    @Test
    void shouldNotTryAgainForEachEventOfOthers() {
        final long startNs = System.nanoTime();
        wait.begin();

        others(300);

        // By its timer alone, which may be somewhat early.
        assertThat((long) tries)
                .isLessThanOrEqualTo(1 + (System.nanoTime() - startNs) / TimeUnit.MILLISECONDS.toNanos(50));
    }

    @Test
    void shouldTryAgainWhenSomethingOfItsOwnComes() {
        final QuicDriver driver = (QuicDriver) pair.driver;
        wait.begin();
        driver.enter();
        wait.onHeard();
        wait.onHeard();
        assertThat(tries).isZero();

        driver.leave();

        assertThat(tries).isEqualTo(1);
    }

    @Test
    void shouldTryAgainAfterAWhileThoughNothingComes() {
        needed = 3;
        wait.begin();

        pair.agent.await("room", () -> !wait.isWaiting());

        assertThat(tries).isEqualTo(3);
    }
}
