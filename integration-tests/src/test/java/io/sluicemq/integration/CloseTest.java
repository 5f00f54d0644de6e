package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.RawZmtpListener;
import io.sluicemq.testkit.peers.RawZmtpPeer;
import io.sluicemq.transport.tcp.TcpOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CloseTest extends SocketTestBase {
    private static final Duration SHORT = Duration.ofMillis(100);

    private static long millisSince(final long startNs) {
        return (System.nanoTime() - startNs) / 1_000_000;
    }

    @OverAllTransports
    void shouldDeliverTheTail(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        final int count = 1_000;
        for (int i = 0; i < count; i++) {
            push.send("n" + i);
        }

        final long left = push.close(LIMIT);

        assertThat(left).isZero();
        for (int i = 0; i < count; i++) {
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }
        assertThat(push.stats().dropped()).isEmpty();
    }

    @OverQuickTransports
    void shouldDeliverATailFarLargerThanTheKernelsBuffers(final Medium medium) throws Exception {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull(marks(10, 10));
        join(medium, pull, push);
        final int count = 40;
        for (int i = 0; i < count; i++) {
            assertThat(push.send(Message.of("n" + i).add(new byte[1 << 20]))).isEqualTo(SendResult.SENT);
        }
        final Future<Long> closing = start(() -> push.close(LIMIT));

        for (int i = 0; i < count; i++) {
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }

        assertThat(get(closing)).isZero();
    }

    @OverAllTransports
    void shouldDeliverTheTailOfABoundSocket(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, push, pull);
        for (int i = 0; i < 100; i++) {
            push.send("n" + i);
        }

        push.close();

        for (int i = 0; i < 100; i++) {
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }
    }

    @OverAllTransports
    void shouldWaitForAPeerThatComesWhileItLingers(final Medium medium) throws Exception {
        final String endpoint = medium.freshResolved();
        final PushSocket push = context.push(SocketOptions.builder()
                .reconnect(Duration.ofMillis(10), Duration.ZERO)
                .build());
        push.connect(endpoint);
        push.send("a");
        push.send("b");
        final Future<Long> closing = start(() -> push.close(LIMIT));
        final PullSocket pull = context.pull();
        assertThat(pull.awaitPeers(1, MOMENT)).isFalse();

        pull.bind(endpoint);

        assertThat(receiveText(pull)).isEqualTo("a");
        assertThat(receiveText(pull)).isEqualTo("b");
        assertThat(get(closing)).isZero();
    }

    @OverAllTransports
    void shouldReturnInTimeWhenNobodyIsThere(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        push.connect(medium.freshResolved());
        for (int i = 0; i < 7; i++) {
            push.send("n" + i);
        }

        final long startNs = System.nanoTime();
        final long left = push.close(SHORT);

        assertThat(millisSince(startNs)).isBetween(90L, 1_000L);
        assertThat(left).isEqualTo(7);
        assertThat(push.stats().dropped(DropCause.LINGER_EXPIRED)).isEqualTo(7);
    }

    @Test
    void shouldSayWhatAPeerThatDoesNotReadLeftBehind() throws InterruptedException {
        try (RawZmtpListener listener = RawZmtpListener.open(8 << 10)) {
            final PushSocket push = context.push();
            push.connect(listener.endpoint());
            try (RawZmtpPeer peer = listener.accept(LIMIT)) {
                peer.handshake("PULL");
                awaitPeers(push, 1);
                for (int i = 0; i < 20; i++) {
                    push.send(new byte[1 << 20]);
                }

                final long startNs = System.nanoTime();
                final long left = push.close(SHORT);

                assertThat(millisSince(startNs)).isBetween(90L, 1_000L);
                assertThat(left).isBetween(5L, 20L);
                assertThat(push.stats().dropped(DropCause.LINGER_EXPIRED)).isEqualTo(left);
                assertThat(push.stats().messagesSent() + left).isEqualTo(20);
            }
        }
    }

    @Test
    void shouldEndAsSoonAsTheLastBytesHaveLeft() throws Exception {
        final SocketOptions options = SocketOptions.builder()
                .transport(TcpOptions.builder().sendBufferBytes(8 << 10).build())
                .build();
        for (int count = 20; count <= 200; count += 20) {
            try (RawZmtpListener listener = RawZmtpListener.open(8 << 10)) {
                final PushSocket push = context.push(options);
                push.connect(listener.endpoint());
                try (RawZmtpPeer peer = listener.accept(LIMIT)) {
                    peer.handshake("PULL");
                    awaitPeers(push, 1);
                    for (int i = 0; i < count; i++) {
                        push.send(new byte[1_000]);
                    }
                    final Future<Long> closing = start(() -> push.close(Duration.ofSeconds(30)));
                    assertThat(context.push().awaitPeers(1, MOMENT)).isFalse();
                    for (int i = 0; i < count; i++) {
                        peer.receiveFrame();
                    }
                    peer.expectClosed(Duration.ofSeconds(2));
                    peer.shutdownOutput();

                    assertThat(get(closing)).as("left of %d", count).isZero();
                }
            }
        }
    }

    @OverAllTransports
    void shouldNotLingerWithoutMessages(final Medium medium) throws InterruptedException {
        final PushSocket unanswered = context.push();
        unanswered.connect(medium.freshResolved());
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, push, pull);

        final long startNs = System.nanoTime();
        unanswered.close(LIMIT);
        push.close(LIMIT);
        pull.close(LIMIT);

        assertThat(millisSince(startNs)).isLessThan(1_000);
    }

    @OverAllTransports
    void shouldDropAtOnceWithALingerOfZero(final Medium medium) throws InterruptedException {
        final PushSocket push =
                context.push(SocketOptions.builder().linger(Duration.ZERO).build());
        push.connect(medium.freshResolved());
        push.send("a");

        final long startNs = System.nanoTime();
        push.close();

        assertThat(millisSince(startNs)).isLessThan(500);
        assertThat(push.stats().dropped(DropCause.LINGER_EXPIRED)).isEqualTo(1);
    }

    @OverAllTransports
    void shouldWakeWaitingSendersAndReceivers(final Medium medium) throws Exception {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        pull.bind(medium.fresh());
        final List<Future<SendResult>> sending = new ArrayList<>();
        final List<Future<Integer>> receiving = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sending.add(start(() -> push.send("never")));
            receiving.add(start(() -> pull.receive(new Message(), 1)));
        }
        final Future<Boolean> awaiting = start(() -> pull.awaitPeers(1, LIMIT));
        assertThat(push.awaitPeers(1, MOMENT)).isFalse();

        push.close();
        pull.close();

        for (int i = 0; i < 3; i++) {
            assertThat(get(sending.get(i))).isEqualTo(SendResult.CLOSED);
            assertThat(get(receiving.get(i))).isEqualTo(Receiver.CLOSED);
        }
        assertThat(get(awaiting)).isFalse();
    }

    @OverAllTransports
    void shouldRefuseEverythingAfterClose(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        push.close();
        pull.close();

        assertThat(push.isClosed()).isTrue();
        assertThat(push.send("x")).isEqualTo(SendResult.CLOSED);
        assertThat(push.trySend(Message.of("x"))).isEqualTo(SendResult.CLOSED);
        assertThat(pull.receive(new Message(), 1)).isEqualTo(Receiver.CLOSED);
        assertThat(pull.receiveMessage()).isNull();
        assertThat(pull.awaitPeers(1, LIMIT)).isFalse();
        assertThat(push.peers()).isEmpty();
        assertThat(push.close(LIMIT)).isZero();
    }

    @OverAllTransports
    void shouldNotMindACloseWhileOthersSendAndReceive(final Medium medium) throws Exception {
        for (int round = 0; round < 10; round++) {
            final PushSocket push = context.push(marks(5, 5));
            final PullSocket pull = context.pull(marks(5, 5));
            join(medium, pull, push);
            final Future<SendResult> sending = start(() -> {
                SendResult result = push.send("x");
                while (result == SendResult.SENT) {
                    result = push.send("x");
                }
                return result;
            });
            final Future<Integer> receiving = start(() -> {
                int received = pull.receive(new Message(), 1);
                while (received > 0) {
                    received = pull.receive((buffer, offset, length, more) -> {}, 3);
                }
                return received;
            });
            assertThat(push.awaitPeers(2, Duration.ofMillis(5))).isFalse();

            if (round % 2 == 0) {
                push.close(SHORT);
                pull.close(SHORT);
            } else {
                pull.close(SHORT);
                push.close(SHORT);
            }

            assertThat(get(sending)).isEqualTo(SendResult.CLOSED);
            assertThat(get(receiving)).isEqualTo(Receiver.CLOSED);
        }
    }

    @OverAllTransports
    void shouldCloseAContextWithOpenSocketsAndWaitingThreads(final Medium medium) throws Exception {
        final Context own = Medium.context();
        final PushSocket push = own.push();
        final PullSocket pull = own.pull();
        join(medium, pull, push);
        final PushSocket lonely = own.push();
        final Future<SendResult> sending = start(() -> lonely.send("never"));
        final Future<Integer> receiving = start(() -> pull.receive(new Message(), 1));
        assertThat(lonely.awaitPeers(1, MOMENT)).isFalse();

        final long startNs = System.nanoTime();
        final long left = own.close(LIMIT);

        assertThat(millisSince(startNs)).isLessThan(1_500);
        assertThat(left).isZero();
        assertThat(get(sending)).isEqualTo(SendResult.CLOSED);
        assertThat(get(receiving)).isEqualTo(Receiver.CLOSED);
        assertThat(own.close(LIMIT)).isZero();
        assertThatThrownBy(own::push).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed context");
        assertThatThrownBy(() -> push.bind(medium.fresh())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> push.connect(medium.freshResolved())).isInstanceOf(IllegalStateException.class);
        assertThat(push.stats().messagesSent()).isZero();
    }

    @OverAllTransports
    void shouldCloseAContextInTimeAndSayWhatWasLeft(final Medium medium) throws InterruptedException {
        final Context own = Medium.context();
        for (int i = 0; i < 3; i++) {
            final PushSocket push = own.push();
            push.connect(medium.freshResolved());
            push.send("a");
            push.send("b");
        }

        final long startNs = System.nanoTime();
        final long left = own.close(SHORT);

        assertThat(millisSince(startNs)).isBetween(90L, 1_500L);
        assertThat(left).isEqualTo(6);
    }

    @OverAllTransports
    void shouldCloseWithTheInterruptFlagSetAndKeepIt(final Medium medium) throws InterruptedException {
        final Context own = Medium.context();
        final PushSocket push = own.push();
        final PullSocket pull = own.pull();
        join(medium, pull, push);
        push.send("a");
        Thread.currentThread().interrupt();

        push.close();
        own.close();
        final boolean flag = Thread.interrupted();

        assertThat(flag).isTrue();
        assertThat(push.isClosed()).isTrue();
    }
}
