package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.sluicemq.testkit.TestAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class LoopBuffersTest {
    private final TestAgent agent = new TestAgent();
    private final AgentLoop loop = new AgentLoop(agent, () -> {});
    private final LoopBuffers buffers = loop.buffers();

    @AfterEach
    void close() {
        agent.close();
    }

    @Test
    void shouldUseABufferAgain() {
        loop.enter();
        buffers.directBuffer(1_350).release();
        final long idleBefore = buffers.idleBytes();

        final ByteBuf again = buffers.directBuffer(1_400);

        assertThat(idleBefore).isEqualTo(2_048);
        assertThat(buffers.idleBytes()).isZero();
        assertThat(again.capacity()).isEqualTo(1_400);
        assertThat(again.writerIndex()).isZero();
        again.release();
    }

    @Test
    void shouldKeepWhatWasWrittenWhenABufferGrows() {
        loop.enter();
        final ByteBuf bytes = buffers.directBuffer(8);

        for (int i = 0; i < 100_000; i++) {
            bytes.writeInt(i);
        }

        for (int i = 0; i < 100_000; i++) {
            assertThat(bytes.readInt()).isEqualTo(i);
        }
        bytes.release();
    }

    @Test
    void shouldKeepNoMoreThanItsBound() {
        loop.enter();
        final List<ByteBuf> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(buffers.directBuffer(65_536));
        }

        all.forEach(ByteBuf::release);

        assertThat(buffers.idleBytes()).isEqualTo(LoopBuffers.MAX_IDLE_BYTES);
    }

    @Test
    void shouldKeepNothingOfAnotherThreadAndNothingAfterItsEnd() throws InterruptedException {
        loop.enter();
        final ByteBuf early = buffers.directBuffer(100);
        final ByteBuf late = buffers.directBuffer(100);

        final Thread other = new Thread(early::release);
        other.start();
        other.join();
        final long idleOfOther = buffers.idleBytes();
        buffers.close();
        late.release();

        assertThat(idleOfOther).isZero();
        assertThat(buffers.idleBytes()).isZero();
    }
}
