package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.Socket;
import io.sluicemq.SubSocket;
import io.sluicemq.XPubSocket;
import io.sluicemq.XSubSocket;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No message is lost without being counted, once, by the side that had it last. */
@Timeout(60)
class AccountTest extends SocketTestBase {
    private static final FrameHandler IGNORE = (buffer, offset, length, more) -> {};

    private static long dropped(final Socket socket) {
        return socket.stats().dropped().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static void awaitSent(final Socket socket, final long count) {
        Await.until(
                LIMIT,
                () -> socket.stats().messagesSent() == count,
                "sent=" + socket.stats().messagesSent());
    }

    @OverAllTransports
    void shouldCountWhatTheApplicationDidNotTakeBeforeItsSocketWasClosed(final Medium medium)
            throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        for (int i = 0; i < 100; i++) {
            push.send("n" + i);
        }
        for (int i = 0; i < 10; i++) {
            receiveText(pull);
        }
        push.close(LIMIT);

        pull.close();

        assertThat(pull.stats().messagesReceived()).isEqualTo(10);
        assertThat(pull.stats().dropped(DropCause.NOT_RECEIVED)).isEqualTo(90);
        assertThat(push.stats().dropped()).isEmpty();
        awaitSent(push, 100);
    }

    @OverAllTransports
    void shouldCountLargeMessagesThatWereNotTaken(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        for (int i = 0; i < 5; i++) {
            push.send(Message.of("head").add(new byte[150_000]));
        }
        push.close(LIMIT);

        pull.close();

        assertThat(pull.stats().dropped(DropCause.NOT_RECEIVED)).isEqualTo(5);
    }

    @OverAllTransports
    void shouldCountEachMessageOnceWhenTheReceiverIsClosedFirst(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(marks(0, 0));
        final PullSocket pull = context.pull(marks(0, 0));
        join(medium, pull, push);
        final int count = 1_000;
        for (int i = 0; i < count; i++) {
            push.send("n");
        }
        receiveText(pull);

        pull.close();
        push.close(Duration.ZERO);

        assertThat(pull.stats().messagesReceived() + dropped(pull) + dropped(push))
                .as("%s, %s", pull.stats(), push.stats())
                .isEqualTo(count);
    }

    @OverAllTransports
    void shouldCountEachMessageOnceWhenAHandlerClosesItsSocket(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        final int count = 500;
        for (int i = 0; i < count; i++) {
            push.send("n");
        }
        push.close(LIMIT);

        final int taken = pull.receive((buffer, offset, length, more) -> pull.close(), 100, LIMIT);

        assertThat(taken).isBetween(1, 100);
        Await.until(
                LIMIT,
                () -> pull.stats().dropped(DropCause.NOT_RECEIVED) == count - taken,
                "notReceived=" + pull.stats().dropped(DropCause.NOT_RECEIVED));
        assertThat(pull.stats().messagesReceived()).isEqualTo(taken);
    }

    /** Over a network, what is under way when the connection is cut is lost. */
    @Test
    void shouldHandOverWhatAnInprocPeerHadSentBeforeItWasDisconnectedAndNotCountItAsDropped()
            throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(Medium.INPROC, pull, push);
        for (int i = 0; i < 20; i++) {
            push.send("n" + i);
        }
        receiveText(pull);

        pull.disconnectPeer(pull.peers().get(0).id());

        for (int i = 1; i < 20; i++) {
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }
        assertThat(dropped(push)).isZero();
        awaitSent(push, 20);
    }

    @OverAllTransports
    void shouldNotCountSubscriptionsThatAnXPubDidNotTake(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = context.xpub();
        final SubSocket sub = context.sub();
        final XSubSocket xsub = context.xsub();
        sub.subscribe("a");
        sub.subscribe("b");
        final String endpoint = xpub.bind(medium.fresh());
        sub.connect(endpoint);
        xsub.connect(endpoint);
        awaitPeers(xsub, 1);
        xsub.send("upstream");
        sub.close();
        xsub.close(LIMIT);
        Await.until(LIMIT, () -> xpub.peers().isEmpty(), "no peers");

        xpub.close();

        assertThat(xpub.stats().dropped()).containsOnlyKeys(DropCause.NOT_RECEIVED);
        assertThat(xpub.stats().dropped(DropCause.NOT_RECEIVED)).isEqualTo(1);
    }

    @OverAllTransports
    void shouldCountWhatIsSentToATypeThatReceivesNothing(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final XSubSocket xsub = context.xsub();
        join(medium, pub, xsub);
        for (int i = 0; i < 7; i++) {
            xsub.send("upstream");
        }
        xsub.close(LIMIT);

        pub.close();

        assertThat(pub.stats().dropped(DropCause.NOT_RECEIVED)).isEqualTo(7);
        assertThat(pub.stats().messagesReceived()).isZero();
    }

    @Test
    void shouldCountWhatAnXSubSendsToNobody() throws InterruptedException {
        final XSubSocket xsub = context.xsub();
        xsub.send("nobody");
        xsub.send(Message.of("no", "body"));
        xsub.send(new byte[] {1, (byte) 'a'});

        assertThat(xsub.stats().dropped()).containsOnlyKeys(DropCause.NO_PEER);
        assertThat(xsub.stats().dropped(DropCause.NO_PEER)).isEqualTo(2);
    }

    @OverAllTransports
    void shouldLoseNothingUncountedWhileAReceiverIsClosedUnderLoad(final Medium medium) throws Exception {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        final long[] accepted = new long[1];
        final Future<Object> sending = start(() -> {
            while (!push.isClosed() && !Thread.interrupted()) {
                if (push.trySend(Message.of("n")) == SendResult.SENT) {
                    accepted[0]++;
                }
            }
            return null;
        });
        final Future<Object> receiving = start(() -> {
            int taken = 0;
            while (taken >= 0) {
                taken = pull.receive(IGNORE, 1_000, MOMENT);
            }
            return null;
        });
        Await.until(LIMIT, () -> pull.stats().messagesReceived() > 10_000, "messages flow");

        pull.close();
        get(receiving);
        push.close(Duration.ZERO);
        get(sending);

        assertThat(pull.stats().messagesReceived() + dropped(pull) + dropped(push))
                .as("%s, %s", pull.stats(), push.stats())
                .isEqualTo(accepted[0]);
    }
}
