package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.SocketType;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of datagrams when there is no room, and when the one who takes them ends the connection. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class DatagramInTest {
    private final TestAgent agent = new TestAgent();
    private final TestPipeEnd end = new TestPipeEnd(agent, SocketType.SUB);
    private final DatagramIn in = new DatagramIn(end);

    @AfterEach
    void close() {
        agent.close();
    }

    private void receive(final long number) {
        final ByteBuffer frames = ByteBuffer.allocateDirect(3).put(new byte[] {0, 1, (byte) number});
        assertThat(in.onFrames(number, frames.flip())).isNull();
    }

    @Test
    void shouldHandOverOnceWhatIsTakenByACallbackThatEndsTheConnection() {
        end.room(0);
        receive(0);
        assertThat(in.holds()).isTrue();

        end.room(2);
        end.onEach(in::close);
        in.resume();

        assertThat(end.count()).isEqualTo(1);
        assertThat(end.dropped(Dropped.NO_ROOM)).isZero();
    }

    @Test
    void shouldCountWhatComesWhileACallbackEndsTheConnection() {
        end.room(0);
        receive(0);

        end.room(2);
        end.onEach(in::close);
        receive(1);

        assertThat(end.count()).isEqualTo(1);
        assertThat(end.dropped(Dropped.NO_ROOM)).isEqualTo(1);
    }
}
