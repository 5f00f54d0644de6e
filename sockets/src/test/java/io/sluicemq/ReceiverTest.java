package io.sluicemq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ReceiverTest {
    private static final Duration SHORT = Duration.ofMillis(10);

    @Test
    void shouldTellAClosedSocketFromATimeThatIsOver() throws InterruptedException {
        try (Context context = Context.create()) {
            final PullSocket pull = context.pull();
            final Receiver receiver = pull;

            final Message late = receiver.receiveMessage(SHORT);
            final boolean closedWhenLate = receiver.isClosed();
            pull.close();
            final Message refused = receiver.receiveMessage(SHORT);

            assertThat(late).isNull();
            assertThat(closedWhenLate).isFalse();
            assertThat(refused).isNull();
            assertThat(receiver.isClosed()).isTrue();
        }
    }
}
