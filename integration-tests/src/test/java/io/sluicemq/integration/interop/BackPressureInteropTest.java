package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.testkit.peers.BulkLoad;
import io.sluicemq.testkit.peers.PeerOption;
import io.sluicemq.testkit.peers.PeerSocket;
import io.sluicemq.testkit.peers.PeerSocketType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One side does not read for a time: the other feels it, memory stays bounded, and nothing is lost. */
@Timeout(60)
class BackPressureInteropTest extends InteropTestBase {

    private static final int HIGH_WATER_MARK = 10;
    private static final int FRAME_BYTES = 64 << 10;

    /** How long a full queue must stay full to count as such. */
    private static final Duration FULL = Duration.ofMillis(300);

    /** Beyond all queues and kernel buffers of both sides together. */
    private static final int MAX_MESSAGES = 2_000;

    private static final BulkLoad LOAD = BulkLoad.of(MAX_MESSAGES, FRAME_BYTES);

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldFeelPeerThatDoesNotReadAndLoseNothing(final String peer) throws InterruptedException {
        try (PeerSocket pull = open(peer, PeerSocketType.PULL).option(PeerOption.RECEIVE_HWM, HIGH_WATER_MARK);
                PushSocket push = context.push(
                        options().sendHighWaterMark(HIGH_WATER_MARK).build())) {
            push.connect(pull.bind(THEIR_ANY_PORT));
            awaitPeers(push, 1);

            int sent = 0;
            SendResult last = SendResult.SENT;
            while (last == SendResult.SENT && sent < MAX_MESSAGES) {
                last = push.send(Message.of(LOAD.message(sent).toArray(byte[][]::new)), FULL);
                sent += last == SendResult.SENT ? 1 : 0;
            }

            assertThat(last).isEqualTo(SendResult.BACK_PRESSURED);
            final long received =
                    pull.receiveBulk(BulkLoad.of(sent, FRAME_BYTES), LIMIT).await();
            assertThat(received).isEqualTo(sent);
            push.send("room again");
            assertThat(pull.receiveText(LIMIT)).containsExactly("room again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldHoldPeerBackWhileWeDoNotReadAndLoseNothing(final String peer) throws InterruptedException {
        try (PullSocket pull = context.pull(
                        options().receiveHighWaterMark(HIGH_WATER_MARK).build());
                PeerSocket push = open(peer, PeerSocketType.PUSH).option(PeerOption.SEND_HWM, HIGH_WATER_MARK)) {
            push.connect(pull.bind(ANY_PORT));
            awaitPeers(pull, 1);

            int sent = 0;
            boolean going = true;
            while (going && sent < MAX_MESSAGES) {
                going = push.send(FULL, LOAD.message(sent).toArray(byte[][]::new));
                sent += going ? 1 : 0;
            }

            assertThat(going).as("the peer still has room").isFalse();
            OurSocket.of(pull).receiveBulk(BulkLoad.of(sent, FRAME_BYTES));
            assertThat(push.sendText(LIMIT, "room again")).isTrue();
            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("room again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldDropAndCountForSubscriberThatDoesNotRead(final String peer) throws InterruptedException {
        try (PeerSocket sub = open(peer, PeerSocketType.SUB).option(PeerOption.RECEIVE_HWM, HIGH_WATER_MARK);
                PubSocket pub =
                        context.pub(options().sendHighWaterMark(HIGH_WATER_MARK).build(), PublisherOptions.DEFAULTS)) {
            sub.subscribe(new byte[0]);
            sub.connect(pub.bind(ANY_PORT));
            assertThat(awaitSubscriber(pub, sub, "")).isTrue();

            for (int i = 0; i < MAX_MESSAGES; i++) {
                assertThat(OurSocket.of(pub).send(LOAD.message(i))).isEqualTo(SendResult.SENT);
            }
            long received = 0;
            List<byte[]> message = sub.receive(LIMIT);
            while (!message.isEmpty()) {
                received++;
                message = sub.receive(FULL);
            }

            assertThat(received).isPositive();
            assertThat(received + pub.stats().dropped(DropCause.HIGH_WATER_MARK))
                    .isEqualTo(MAX_MESSAGES);
        }
    }
}
