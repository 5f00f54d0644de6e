package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PeerInfo;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.CloseReason;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callbacks and sleep may do to an I/O agent. */
@Timeout(60)
class IdleAgentTest extends SocketTestBase {
    @Test
    void shouldMeasureTheHandshakeFromWhenItBeganAlsoAfterASleep() throws InterruptedException {
        final Queue<String> failures = new ConcurrentLinkedQueue<>();
        final SocketListener listener = new SocketListener() {
            @Override
            public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
                failures.add(reason + " " + detail);
            }
        };
        final PullSocket pull = context.pull(SocketOptions.builder()
                .handshakeTimeout(Duration.ofMillis(200))
                .listener(listener)
                .build());
        final String endpoint = pull.bind("tcp://127.0.0.1:0");
        try (Context other = Medium.context()) {
            for (int i = 0; i < 3; i++) {
                // Longer than the timeout, so that a clock that stood still would use it up.
                LockSupport.parkNanos(400_000_000L);
                final PushSocket push = other.push();
                push.connect(endpoint);
                awaitPeers(push, 1);
            }
        }

        assertThat(failures).isEmpty();
    }

    @Test
    void shouldOutliveACallbackThatSetsTheInterruptFlag() throws InterruptedException {
        final CountDownLatch called = new CountDownLatch(1);
        final SocketListener listener = new SocketListener() {
            @Override
            public void onConnected(final PeerInfo peer) {
                Thread.currentThread().interrupt();
                called.countDown();
            }
        };
        final PullSocket pull =
                context.pull(SocketOptions.builder().listener(listener).build());
        final PushSocket push = context.push();
        push.connect(pull.bind("tcp://127.0.0.1:0"));
        assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
        LockSupport.parkNanos(20_000_000L);

        assertThat(push.send(Message.of("still"), LIMIT)).isEqualTo(SendResult.SENT);

        assertThat(receiveText(pull)).isEqualTo("still");
        assertThat(pull.bind("tcp://127.0.0.1:0")).startsWith("tcp://");
    }

    @Test
    void shouldRefuseToBlockInACallbackOfAnInvokedContext() {
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        final AtomicReference<PushSocket> socket = new AtomicReference<>();
        final SocketListener listener = new SocketListener() {
            @Override
            public void onListening(final String endpoint) {
                try {
                    socket.get().send(Message.of("nobody"), Duration.ofSeconds(30));
                } catch (final IllegalStateException | InterruptedException e) {
                    thrown.set(e);
                }
            }
        };
        try (Context invoked =
                Context.create(Medium.contextOptions().invoked(true).build())) {
            socket.set(invoked.push(SocketOptions.builder().listener(listener).build()));

            socket.get().bind("tcp://127.0.0.1:0");

            assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("limit=");
            invoked.close(Duration.ZERO);
            assertThat(invoked.invoke()).isZero();
        }
    }

    @Test
    void shouldRefuseATtlBelowTheInterval() {
        assertThatThrownBy(() -> SocketOptions.builder()
                        .heartbeat(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(1))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heartbeatTtlNs=1000000000")
                .hasMessageContaining("limit=2000000000");
    }

    @Test
    void shouldFindEachMessageAtOnceAlsoWhereTheRingWraps() throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push =
                context.push(SocketOptions.builder().ringBytes(4096).build());
        push.connect(pull.bind(Medium.INPROC.fresh()));
        awaitPeers(push, 1);
        final Message message = new Message();
        final byte[] body = new byte[300];

        for (int i = 0; i < 1_000; i++) {
            assertThat(push.trySend(Message.of(body))).isEqualTo(SendResult.SENT);
            assertThat(pull.tryReceive(message)).as("message %d", i).isTrue();
        }
    }

    @Test
    void shouldRefuseToGlueTwoMessagesTogether() throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        push.connect(pull.bind(Medium.INPROC.fresh()));
        awaitPeers(push, 1);
        push.send("one");
        push.send("two");
        final Message message = new Message();

        assertThatThrownBy(() -> pull.tryReceive(message, 10))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("messages=2, limit=1");

        assertThat(message.frameCount()).isEqualTo(1);
        assertThat(message.text()).isEqualTo("one");
    }
}
