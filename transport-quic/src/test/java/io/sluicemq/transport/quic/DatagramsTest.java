package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import java.io.IOException;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A publisher and a subscriber that both take datagrams, over a link that loses and reorders. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class DatagramsTest {
    private static final long SEED = Long.getLong("sluicemq.seed", System.nanoTime());
    private static final QuicOptions ON = QuicOptions.builder().datagrams(true).build();
    private static final LinkConditions BAD =
            LinkConditions.CLEAR.delayedBy(Duration.ofMillis(3)).losing(0.05).reordering(0.1, Duration.ofMillis(4));
    private static final int MESSAGES = 2_000;

    private ProxiedPair pair;
    private TestPipeEnd publisher;
    private TestPipeEnd subscriber;
    private int sent;

    @AfterEach
    void close() {
        if (pair != null) {
            pair.close();
        }
    }

    private void connect(final QuicOptions publishing, final QuicOptions subscribing) throws IOException {
        connect(new ProxiedPair.Side(SocketType.PUB, publishing), subscribing);
    }

    private void connectConflating() throws IOException {
        connect(new ProxiedPair.Side(SocketType.PUB, ON).conflating(), ON);
    }

    private void connect(final ProxiedPair.Side publishing, final QuicOptions subscribing) throws IOException {
        System.getLogger(DatagramsTest.class.getName()).log(System.Logger.Level.INFO, "seed={0}", Long.toString(SEED));
        pair = new ProxiedPair(SEED, publishing, new ProxiedPair.Side(SocketType.SUB, subscribing));
        subscriber = pair.connect();
        publisher = pair.accepted.get(0);
    }

    /** A row of numbers, the place of each in its message's first bytes. */
    private void send(final int messages, final int bytes) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[bytes]);
        for (int i = 0; i < messages; i++) {
            message.putInt(0, sent, ByteOrder.BIG_ENDIAN);
            pair.agent.await("room", () -> publisher.send(MessageKind.SINGLE, message, bytes));
            sent++;
            if (i % 8 == 7) {
                publisher.flush();
                pair.agent.turn();
            }
        }
        publisher.flush();
    }

    private void closeInOrder() {
        publisher.carrier().finish(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        pair.agent.await("closed", () -> publisher.closedCount() == 1 && subscriber.closedCount() == 1);
    }

    private List<Integer> received() {
        return subscriber.received().stream()
                .map(each -> each.bytes().getInt(0))
                .toList();
    }

    @Test
    void shouldDeliverInOrderAndCountWhatIsLostWhenTheLinkLosesAndReorders() throws IOException {
        connect(ON, ON);
        pair.proxy.bothWays(BAD);

        send(MESSAGES, 100);
        closeInOrder();

        final List<Integer> received = received();
        assertThat(received).isSorted().doesNotHaveDuplicates().hasSizeLessThan(MESSAGES);
        assertThat(received.size() + subscriber.dropped(Dropped.LOST)).isEqualTo(MESSAGES);
        assertThat(publisher.dropped(Dropped.UNKNOWN)).isZero();
        assertThat(publisher.dropped(Dropped.NOT_ARRIVED)).isZero();
        assertThat(publisher.account().sent()).isZero();
    }

    @Test
    void shouldSendByStreamWhatDoesNotFit() throws IOException {
        connect(ON, ON);

        send(20, QuicOptions.DEFAULT_PAYLOAD_BYTES);
        closeInOrder();

        assertThat(received()).hasSize(20).isSorted();
        assertThat(publisher.account().sent()).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSendByStreamWhenOnlyOneSideWantsDatagrams(final boolean isPublisher) throws IOException {
        connect(isPublisher ? ON : QuicOptions.DEFAULTS, isPublisher ? QuicOptions.DEFAULTS : ON);

        send(20, 100);
        closeInOrder();

        assertThat(received()).hasSize(20).isSorted();
        assertThat(publisher.account().sent()).isEqualTo(20);
    }

    @Test
    void shouldKeepBackWhatTheNetworkDoesNotTakeYet() throws IOException {
        connect(ON, ON);
        pair.proxy.bothWays(LinkConditions.CLEAR.delayedBy(Duration.ofMillis(2)));

        send(MESSAGES, 1_000);
        closeInOrder();

        assertThat(received()).isSorted();
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(MESSAGES);
        assertThat(publisher.writableCount()).isPositive();
        assertThat(publisher.account().sent()).isZero();
    }

    @Test
    void shouldTakeManySmallOnesThatComeAtOnce() throws IOException {
        connect(ON, ON);
        final UnsafeBuffer message = new UnsafeBuffer(new byte[16]);

        while (sent < MESSAGES) {
            message.putInt(0, sent, ByteOrder.BIG_ENDIAN);
            if (publisher.send(MessageKind.SINGLE, message, message.capacity())) {
                sent++;
            } else {
                publisher.flush();
                pair.agent.turn();
            }
        }
        closeInOrder();

        assertThat(subscriber.dropped(Dropped.LOST)).isLessThan(MESSAGES / 10);
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(MESSAGES);
    }

    @Test
    void shouldHandOverTheNewestOfWhatThereWasNoRoomFor() throws IOException {
        connect(ON, ON);
        subscriber.room(10);

        send(100, 100);
        pair.agent.await("most", () -> notReceived() > 80);
        subscriber.room(Long.MAX_VALUE);
        closeInOrder();

        assertThat(received()).isSorted();
        assertThat(received().get(10)).isGreaterThan(50);
        assertThat(subscriber.count() + notReceived()).isEqualTo(100);
    }

    /** A loopback without loss is not promised. */
    private long notReceived() {
        return subscriber.dropped(Dropped.NO_ROOM) + subscriber.dropped(Dropped.LOST);
    }

    @Test
    void shouldHandOverTheNewestThoughThePublisherHasEnded() throws IOException {
        connect(ON, ON);
        subscriber.room(10);

        send(100, 100);
        publisher.carrier().finish(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        pair.agent.await("most", () -> notReceived() > 80);
        pair.agent.settle(100);
        assertThat(subscriber.closedCount()).isZero();
        subscriber.room(Long.MAX_VALUE);
        pair.agent.await("closed", () -> publisher.closedCount() == 1 && subscriber.closedCount() == 1);

        assertThat(received().get(10)).isGreaterThan(50);
        assertThat(subscriber.count() + notReceived()).isEqualTo(100);
        assertThat(publisher.dropped(Dropped.UNKNOWN)).isZero();
    }

    @Test
    void shouldNotWaitForRoomWhenTheSubscriberLeaves() throws IOException {
        connect(ON, ON);
        subscriber.room(10);
        send(100, 100);
        pair.agent.await("most", () -> notReceived() > 80);

        subscriber.carrier().finish(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        closeInOrder();

        assertThat(subscriber.count()).isEqualTo(10);
        assertThat(subscriber.count() + notReceived()).isEqualTo(100);
    }

    @Test
    void shouldTakeAMessageByStreamBehindDatagramsThatWaitForAFlush() throws IOException {
        connect(ON, ON);

        assertThat(publisher.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[100]), 100))
                .isTrue();
        assertThat(publisher.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[3_000]), 3_000))
                .isTrue();
        publisher.flush();

        pair.agent.await("both", () -> subscriber.count() == 2);
    }

    @Test
    void shouldCountExactlyWhenBothEndAtTheSameTime() throws IOException {
        connect(ON, ON);
        pair.proxy.bothWays(BAD);
        send(200, 100);

        publisher.carrier().finish(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        subscriber.carrier().finish(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        pair.agent.await("closed", () -> publisher.closedCount() == 1 && subscriber.closedCount() == 1);

        assertThat(subscriber.count()
                        + notReceived()
                        + publisher.dropped(Dropped.UNKNOWN)
                        + publisher.dropped(Dropped.NOT_ARRIVED))
                .isEqualTo(200);
    }

    @Test
    void shouldCountWhatMayHaveArrivedWhenTheConnectionBreaks() throws IOException {
        connect(ON, ON);
        send(300, 100);
        pair.agent.await("first", () -> subscriber.count() == 300);
        pair.agent.settle(50);
        pair.proxy.bothWays(LinkConditions.SILENT);

        send(20, 100);
        publisher.carrier().abort(CloseReason.IO_ERROR, "cut");

        // Told with the 256th; what came since may be unknown to the publisher.
        assertThat(publisher.dropped(Dropped.UNKNOWN) + publisher.dropped(Dropped.NOT_ARRIVED))
                .isBetween(20L, 20L + 300 - 256);
    }

    @Test
    void shouldCountExactlyWhenTheSubscriberLeavesFirst() throws IOException {
        connect(ON, ON);
        pair.proxy.bothWays(BAD);
        send(200, 100);

        subscriber.carrier().finish(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        pair.agent.await("closed", () -> publisher.closedCount() == 1 && subscriber.closedCount() == 1);

        final List<Integer> received = received();
        assertThat(received).isSorted().doesNotHaveDuplicates();
        assertThat(received.size()
                        + subscriber.dropped(Dropped.LOST)
                        + publisher.dropped(Dropped.UNKNOWN)
                        + publisher.dropped(Dropped.NOT_ARRIVED))
                .isEqualTo(200);
    }

    @Test
    void shouldBringTheNewestInTheEndWhenConflatingThoughThreeOfTenAreLost() throws IOException {
        connectConflating();
        pair.proxy.bothWays(BAD.losing(0.3));

        for (int round = 0; round < 10; round++) {
            send(1 + round % 3, 100);
            pair.agent.await("newest", () -> newest() == sent - 1);
        }
        closeInOrder();

        assertThat(received()).isSorted().doesNotHaveDuplicates();
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(sent);
        assertThat(publisher.account().sent()).isZero();
    }

    @Test
    void shouldBringTheNewestThoughTheConnectionEndsRightBehindIt() throws IOException {
        connectConflating();
        pair.agent.settle(50);
        pair.proxy.toClient(LinkConditions.SILENT);
        final long lost = pair.proxy.lost();
        send(3, 100);
        pair.agent.await("lost", () -> pair.proxy.lost() > lost);
        pair.proxy.toClient(LinkConditions.CLEAR);

        closeInOrder();

        assertThat(newest()).isEqualTo(2);
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(3);
    }

    @Test
    void shouldKeepOneOrderOverBothWaysWhenConflating() throws IOException {
        connectConflating();
        pair.proxy.bothWays(BAD);

        for (int i = 0; i < 150; i++) {
            send(1, i % 3 == 0 ? 20_000 : 100);
        }
        pair.agent.await("newest", () -> newest() == sent - 1);
        closeInOrder();

        assertThat(received()).isSorted().doesNotHaveDuplicates();
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST) + subscriber.dropped(Dropped.CONFLATED))
                .isEqualTo(sent);
        assertThat(publisher.account().sent()).isEqualTo(50);
        assertThat(publisher.account().acknowledged()).isEqualTo(50);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "5, 0", "3, 4", "0, 3"})
    void shouldCountEachMessageOnceWhenTheConnectionOfAConflatingPublisherBreaks(final int byStream, final int small)
            throws IOException {
        connectConflating();
        for (int i = 0; i < byStream; i++) {
            send(1, 5_000);
            pair.agent.await("message", () -> newest() == sent - 1);
        }
        // None of these arrives, and the peer was told of nothing yet.
        pair.proxy.bothWays(LinkConditions.SILENT);
        send(small, 100);

        publisher.carrier().abort(CloseReason.IO_ERROR, "cut");

        assertThat(publisher.account().sent()).isEqualTo(byStream);
        assertThat(publisher.dropped(Dropped.UNKNOWN) + publisher.dropped(Dropped.NOT_ARRIVED))
                .isEqualTo(small);
    }

    private int newest() {
        final List<TestPipeEnd.Received> all = subscriber.received();
        return all.isEmpty() ? -1 : all.get(all.size() - 1).bytes().getInt(0);
    }

    /** How long the second of two messages takes when the first is lost. */
    private long secondAfterLostNs(final QuicOptions options) throws IOException {
        connect(options, options);
        final LinkConditions far = LinkConditions.CLEAR.delayedBy(Duration.ofMillis(60));
        pair.proxy.bothWays(far);
        send(1, 100);
        pair.agent.await("path", () -> subscriber.count() == 1);
        pair.agent.settle(300);
        final long lost = pair.proxy.lost();
        pair.proxy.toClient(LinkConditions.SILENT);
        send(1, 100);
        pair.agent.await("lost", () -> pair.proxy.lost() > lost);
        pair.proxy.toClient(far);
        final long startNs = System.nanoTime();
        send(1, 100);
        pair.agent.await("second", () -> received().contains(2));
        return System.nanoTime() - startNs;
    }

    @Test
    void shouldNotWaitForWhatIsLost() throws IOException {
        final long streamNs = secondAfterLostNs(QuicOptions.DEFAULTS);
        assertThat(received()).containsExactly(0, 1, 2);
        pair.close();
        sent = 0;

        final long datagramNs = secondAfterLostNs(ON);

        assertThat(received()).containsExactly(0, 2);
        assertThat(subscriber.dropped(Dropped.LOST)).isEqualTo(1);
        System.getLogger(DatagramsTest.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        "second message behind a lost one, one way 60 ms: {0} us by stream, {1} us as a datagram",
                        Long.toString(streamNs / 1_000),
                        Long.toString(datagramNs / 1_000));
    }
}
