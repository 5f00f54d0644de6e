package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.peers.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class DeadlineTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void shouldRunWhatWasSetLastAndNothingThatWasCalledOff() {
        try (TestAgent agent = new TestAgent()) {
            final Deadline deadline = new Deadline(agent);
            final List<String> ran = new ArrayList<>();
            deadline.set(agent.nowNs() + SECOND_NS, () -> ran.add("first"));
            deadline.set(agent.nowNs() + 2 * SECOND_NS, () -> ran.add("second"));
            final Deadline off = new Deadline(agent);
            off.set(agent.nowNs() + SECOND_NS, () -> ran.add("called off"));
            off.cancel();

            agent.advance(3 * SECOND_NS);
            agent.turn();

            assertThat(ran).containsExactly("second");
        }
    }

    @Test
    void shouldNotKeepWhatWasCalledOffUntilItsTime() {
        try (TestAgent agent = new TestAgent()) {
            final Deadline deadline = new Deadline(agent);
            final WeakReference<Object> kept = setAndCancel(agent, deadline);

            Await.until(
                    Duration.ofSeconds(20),
                    () -> {
                        System.gc();
                        return kept.get() == null;
                    },
                    "collected");
        }
    }

    private static WeakReference<Object> setAndCancel(final TestAgent agent, final Deadline deadline) {
        final Object connection = new Object();
        deadline.set(
                agent.nowNs() + 1_000 * SECOND_NS, () -> assertThat(connection).isNull());
        deadline.cancel();
        return new WeakReference<>(connection);
    }
}
