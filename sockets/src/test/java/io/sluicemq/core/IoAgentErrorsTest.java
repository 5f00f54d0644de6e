package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.ContextOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is thrown in an agent's turn, an Error too, is not the end of its I/O. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class IoAgentErrorsTest {
    private final ContextOptions options = ContextOptions.builder().build();
    private final ContextCore context = new ContextCore(options);
    private final IoAgent agent = new IoAgent(context, "test", false);
    private final AgentThread thread = new AgentThread(agent, options);

    @AfterEach
    void close() {
        thread.startClose();
        thread.awaitClose(System.nanoTime() + 20_000_000_000L);
        context.close(Duration.ZERO);
    }

    private void assertGoesOn() throws InterruptedException {
        final CountDownLatch done = new CountDownLatch(1);
        agent.execute(done::countDown);
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static void fail() {
        throw new InternalError("thrown by a test");
    }

    @Test
    void shouldGoOnAfterAnErrorOfATask() throws InterruptedException {
        agent.execute(IoAgentErrorsTest::fail);

        assertGoesOn();
    }

    @Test
    void shouldGoOnAfterAnErrorOfATimer() throws InterruptedException {
        agent.execute(() -> agent.schedule(agent.nowNs(), IoAgentErrorsTest::fail));

        assertGoesOn();
        assertGoesOn();
    }

    @Test
    void shouldGoOnAfterAnErrorOfAChannelsHandlerWhichIsAskedNoMore() throws Exception {
        final Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        final CountDownLatch asked = new CountDownLatch(1);
        final SelectionKey key = agent.call(() -> agent.register(pipe.source(), SelectionKey.OP_READ, ready -> {
            asked.countDown();
            fail();
        }));

        write(pipe);

        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        assertGoesOn();
        assertThat(key.isValid()).isFalse();
        pipe.source().close();
        pipe.sink().close();
    }

    @Test
    void shouldReadAndKeepDeadlinesInTurnsThatAllFail() throws Exception {
        final Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        final CountDownLatch read = new CountDownLatch(1);
        final CountDownLatch due = new CountDownLatch(1);
        agent.call(() -> FailingDriver.addTo(agent.drivers()));
        agent.call(() -> agent.register(pipe.source(), SelectionKey.OP_READ, ready -> {
            ready.cancel();
            read.countDown();
        }));
        agent.execute(() -> agent.schedule(agent.nowNs() + 20_000_000, due::countDown));

        write(pipe);

        assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(due.await(20, TimeUnit.SECONDS)).isTrue();
        pipe.source().close();
        pipe.sink().close();
    }

    private static void write(final Pipe pipe) throws IOException {
        pipe.sink().write(ByteBuffer.allocate(1));
    }
}
