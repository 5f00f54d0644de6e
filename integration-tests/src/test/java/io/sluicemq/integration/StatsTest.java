package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.SocketStats;
import io.sluicemq.SubSocket;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatsTest extends SocketTestBase {

    @OverAllTransports
    void shouldCountWhatWasSentAndReceived(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        final int count = 300;
        for (int i = 0; i < count; i++) {
            push.send(new byte[10]);
            push.send(new byte[200_000]);
            assertThat(pull.receiveMessage(LIMIT)).isNotNull();
            assertThat(pull.receiveMessage(LIMIT)).isNotNull();
        }

        Await.until(
                LIMIT,
                () -> push.stats().messagesSent() == 2 * count,
                "sent=" + push.stats().messagesSent());
        assertThat(pull.stats().messagesReceived()).isEqualTo(2 * count);
        assertThat(push.stats().bytesSent()).isEqualTo(200_010L * count);
        assertThat(pull.stats().bytesReceived()).isEqualTo(200_010L * count);
        assertThat(push.stats().dropped()).isEmpty();
        assertThat(pull.stats().dropped()).isEmpty();
        assertThat(push.stats().messagesReceived()).isZero();
        assertThat(pull.stats().messagesSent()).isZero();
    }

    @OverAllTransports
    void shouldCountBothWays(final Medium medium) throws InterruptedException {
        final PairSocket one = context.pair();
        final PairSocket two = context.pair();
        join(medium, one, two);
        for (int i = 0; i < 50; i++) {
            one.send(Message.of("a", "b"));
            two.receiveMessage(LIMIT);
            two.send("c");
            one.receiveMessage(LIMIT);
        }

        for (final PairSocket socket : new PairSocket[] {one, two}) {
            Await.until(LIMIT, () -> socket.stats().messagesSent() == 50, "50 sent");
            assertThat(socket.stats().messagesReceived()).isEqualTo(50);
        }
    }

    @OverAllTransports
    void shouldAccountForEveryMessageOfAPublisher(final Medium medium) throws InterruptedException {
        final RecordingListener events = new RecordingListener();
        final PubSocket pub = context.pub(
                SocketOptions.builder().sendHighWaterMark(20).listener(events).build(), PublisherOptions.DEFAULTS);
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket[] subs = {context.sub(), context.sub()};
        for (final SubSocket sub : subs) {
            sub.subscribe("");
            sub.connect(endpoint);
        }
        assertThat(pub.awaitSubscribers("", subs.length, LIMIT)).isTrue();
        final int count = 3_000;
        for (int i = 0; i < count; i++) {
            pub.send(new byte[100]);
        }

        long received = 0;
        for (final SubSocket sub : subs) {
            int more = 1;
            while (more > 0) {
                more = sub.receive((buffer, offset, length, hasMore) -> {}, 100, MOMENT.multipliedBy(3));
            }
            received += sub.stats().messagesReceived();
        }
        final long dropped = pub.stats().dropped(DropCause.HIGH_WATER_MARK);

        assertThat(received + dropped).isEqualTo(2L * count);
        assertThat(pub.stats().messagesSent()).isEqualTo(received);
        final long told = events.events().stream()
                .filter(event -> event.startsWith("dropped HIGH_WATER_MARK"))
                .mapToLong(event -> Long.parseLong(event.substring(event.lastIndexOf(' ') + 1)))
                .sum();
        assertThat(told).isEqualTo(dropped);
    }

    @OverAllTransports
    void shouldAccountForWhatADisconnectLeftBehind(final Medium medium) throws InterruptedException {
        final RecordingListener events = new RecordingListener();
        final SocketOptions options =
                SocketOptions.builder().linger(MOMENT).listener(events).build();
        final PushSocket push = context.push(options);
        final String endpoint = medium.freshResolved();
        push.connect(endpoint);
        for (int i = 0; i < 5; i++) {
            assertThat(push.send("n")).isEqualTo(SendResult.SENT);
        }

        push.disconnect(endpoint);
        Await.until(LIMIT, () -> push.peers().isEmpty(), "no peers");

        assertThat(push.stats().dropped()).containsOnlyKeys(DropCause.LINGER_EXPIRED);
        assertThat(push.stats().dropped(DropCause.LINGER_EXPIRED)).isEqualTo(5);
        events.await("dropped LINGER_EXPIRED 5");
        assertThat(push.stats().messagesSent()).isZero();
    }

    @OverAllTransports
    void shouldKeepTheAccountAfterTheClose(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        push.send("a");
        push.send("b");
        receiveText(pull);
        receiveText(pull);
        Await.until(LIMIT, () -> push.stats().messagesSent() == 2, "2 sent");

        push.close();
        pull.close();
        final PushSocket another = context.push();
        join(medium, another, context.pull());
        another.send("x");

        assertThat(push.stats().messagesSent()).isEqualTo(2);
        assertThat(pull.stats().messagesReceived()).isEqualTo(2);
        context.close();
        assertThat(push.stats().messagesSent()).isEqualTo(2);
    }

    @OverAllTransports
    void shouldAccountForWhatAPeerLeftUnreadWhenItClosed(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push(marks(0, 0));
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        final int count = 1_000;
        for (int i = 0; i < count; i++) {
            push.send("n");
        }
        for (int i = 0; i < 10; i++) {
            receiveText(pull);
        }
        pull.close();
        push.close(Duration.ZERO);

        final SocketStats stats = push.stats();
        final long notSent = stats.dropped(DropCause.LINGER_EXPIRED) + stats.dropped(DropCause.NO_PEER);
        assertThat(stats.messagesSent() + notSent).as(stats.toString()).isEqualTo(count);
    }
}
