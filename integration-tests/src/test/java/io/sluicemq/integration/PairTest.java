package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.SendResult;
import io.sluicemq.testkit.peers.Await;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PairTest extends SocketTestBase {

    @OverAllTransports
    void shouldTalkBothWays(final Medium medium) throws InterruptedException {
        final PairSocket bound = context.pair();
        final PairSocket connected = context.pair();
        join(medium, bound, connected);

        for (int i = 0; i < 100; i++) {
            bound.send("to " + i);
            connected.send(Message.of("fro", "" + i));
        }

        for (int i = 0; i < 100; i++) {
            assertThat(receiveText(connected)).isEqualTo("to " + i);
            assertThat(receiveFrames(bound)).containsExactly("fro", "" + i);
        }
    }

    @OverAllTransports
    void shouldTurnASecondPeerAway(final Medium medium) throws InterruptedException {
        final PairSocket bound = context.pair();
        final PairSocket first = context.pair();
        final String endpoint = join(medium, bound, first);

        final PairSocket second = context.pair();
        second.connect(endpoint);
        second.trySend(Message.of("intruder"));

        first.send("first");
        assertThat(receiveText(bound)).isEqualTo("first");
        assertSilent(bound);
        bound.send("only for the first");
        assertThat(receiveText(first)).isEqualTo("only for the first");
        assertSilent(second);
        assertThat(bound.peers()).hasSize(1);
        Await.until(
                LIMIT,
                () -> second.peers().stream().noneMatch(peer -> peer.connected()),
                "the second is not connected");
    }

    @OverAllTransports
    void shouldTakeANewPeerWhenTheOldOneIsGone(final Medium medium) throws InterruptedException {
        final PairSocket bound = context.pair();
        final PairSocket first = context.pair();
        final String endpoint = join(medium, bound, first);
        first.close();
        Await.until(LIMIT, () -> bound.peers().isEmpty(), "the first is gone");
        assertThat(bound.trySend(Message.of("nobody"))).isEqualTo(SendResult.NOT_CONNECTED);

        final PairSocket second = context.pair();
        second.connect(endpoint);
        second.send("hello");

        assertThat(receiveText(bound)).isEqualTo("hello");
        bound.send("welcome");
        assertThat(receiveText(second)).isEqualTo("welcome");
    }

    @OverAllTransports
    void shouldQueueForAPeerThatIsStillBeingConnectedTo(final Medium medium) throws InterruptedException {
        final String endpoint = medium.freshResolved();
        final PairSocket connected = context.pair();
        connected.connect(endpoint);
        assertThat(connected.send("early")).isEqualTo(SendResult.SENT);

        final PairSocket bound = context.pair();
        bound.bind(endpoint);

        assertThat(receiveText(bound)).isEqualTo("early");
    }
}
