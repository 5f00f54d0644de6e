package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConflateTest extends SocketTestBase {
    private static final SocketOptions NEWEST =
            SocketOptions.builder().conflate(true).build();
    private static final int COUNT = 1_000;

    @OverAllTransports
    void shouldKeepOnlyTheNewestWhenTheReceiverConflates(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull(NEWEST);
        final PushSocket push = context.push();
        push.connect(pull.bind(medium.fresh()));
        awaitPeers(push, 1);

        for (int i = 0; i < COUNT; i++) {
            assertThat(push.send(Message.of("n", Integer.toString(i)))).isEqualTo(SendResult.SENT);
        }

        assertThat(lastOf(pull)).isEqualTo(COUNT - 1);
        assertThatAllAreAccountedFor(push, pull);
    }

    @OverAllTransports
    void shouldNeverBlockASenderThatConflates(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(NEWEST);
        final PullSocket pull = context.pull();
        push.connect(pull.bind(medium.fresh()));
        awaitPeers(push, 1);

        for (int i = 0; i < COUNT; i++) {
            assertThat(push.trySend(Message.of("n", Integer.toString(i)))).isEqualTo(SendResult.SENT);
        }

        assertThat(lastOf(pull)).isEqualTo(COUNT - 1);
        assertThatAllAreAccountedFor(push, pull);
    }

    @OverAllTransports
    void shouldKeepTheNewestOfASubscription(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final SubSocket sub = context.sub(NEWEST, SubscriberOptions.DEFAULTS);
        sub.subscribe("");
        sub.connect(pub.bind(medium.fresh()));
        assertThat(pub.awaitSubscribers("", 1, Duration.ofSeconds(10))).isTrue();

        for (int i = 0; i < 100; i++) {
            pub.send(Message.of("n", Integer.toString(i)));
        }

        int last = -1;
        while (last < 99) {
            last = Integer.parseInt(sub.receiveMessage(Duration.ofSeconds(10)).text(1));
        }
        assertSilent(sub);
    }

    private static int lastOf(final PullSocket pull) throws InterruptedException {
        int last = -1;
        while (last < COUNT - 1) {
            final int number =
                    Integer.parseInt(pull.receiveMessage(Duration.ofSeconds(10)).text(1));
            assertThat(number).isGreaterThan(last);
            last = number;
        }
        return last;
    }

    private static void assertThatAllAreAccountedFor(final PushSocket push, final PullSocket pull) {
        Await.until(
                Duration.ofSeconds(5),
                () -> pull.stats().messagesReceived()
                                + pull.stats().dropped(DropCause.CONFLATED)
                                + push.stats().dropped(DropCause.CONFLATED)
                        == COUNT,
                "received and conflated to add up to " + COUNT);
    }

    @OverQuickTransports
    void shouldNotTearALargeMessageThatIsReplacedWhileItIsHalfSent(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(NEWEST);
        final PullSocket pull = context.pull(marks(1, 1));
        push.connect(pull.bind(medium.fresh()));
        awaitPeers(push, 1);
        final byte[] body = new byte[8 << 20];

        for (int i = 1; i <= 20; i++) {
            Arrays.fill(body, (byte) i);
            push.send(Message.of(body));
        }

        int last = 0;
        while (last < 20) {
            final byte[] received = pull.receiveMessage(LIMIT).frame(0);
            final byte first = received[0];
            Arrays.fill(body, first);
            assertThat(Arrays.equals(received, body))
                    .as("message %d is whole", first)
                    .isTrue();
            assertThat((int) first).isGreaterThan(last);
            last = first;
        }
    }
}
