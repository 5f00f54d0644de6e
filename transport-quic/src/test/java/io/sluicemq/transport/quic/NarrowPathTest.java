package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpRecord;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeOptions.HeartbeatOptions;
import io.sluicemq.transport.SocketType;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A publisher of messages that just fit in a datagram, and a path that takes no more than that, or less. QUIC is told the size once, does not
 * look for another, and does not hear of what does not fit.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class NarrowPathTest {
    /** What QUIC keeps for its headers, and ours of a message of more than 255 bytes. */
    private static final int HEADER_BYTES = 44 + 1 + Long.BYTES + 1 + Long.BYTES;

    private static final LinkConditions NARROW = LinkConditions.CLEAR.narrowedTo(1_250);
    private static final int TOO_LARGE_BYTES = 1_250;

    /** Two packets at the least, the first of which does not pass. */
    private static final int BY_STREAM_BYTES = 3_000;

    /** Many packets. */
    private static final int LARGE_BYTES = 60_000;

    private static final long LINGER_NS = 500_000_000L;

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

    private void listen(final QuicOptions both, final HeartbeatOptions heartbeat) throws IOException {
        pair = new ProxiedPair(
                1,
                new ProxiedPair.Side(SocketType.PUB, both).beating(heartbeat),
                new ProxiedPair.Side(SocketType.SUB, both));
    }

    private void dial() throws IOException {
        subscriber = pair.connect();
        publisher = pair.accepted.get(0);
    }

    private void connect(final int payloadBytes, final HeartbeatOptions heartbeat) throws IOException {
        listen(QuicOptions.builder().datagrams(true).payloadBytes(payloadBytes).build(), heartbeat);
        dial();
    }

    private void connect() throws IOException {
        connect(QuicOptions.DEFAULT_PAYLOAD_BYTES, HeartbeatOptions.OFF);
    }

    /** The next numbers, the place of each in its message's first bytes. */
    private void send(final int messages, final int bytes) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[bytes]);
        for (int i = 0; i < messages; i++) {
            message.putInt(0, sent, ByteOrder.BIG_ENDIAN);
            pair.agent.await("room", () -> publisher.send(MessageKind.SINGLE, message, bytes));
            publisher.flush();
            pair.agent.turn();
            sent++;
        }
    }

    /** Sends until one of these messages arrives: what was sent before has arrived or is lost. */
    private void sendUntilOneArrives(final int bytes) {
        final int first = sent;
        while (received().stream().noneMatch(number -> number >= first)) {
            send(1, bytes);
            pair.agent.settle(10);
        }
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

    private List<Integer> received(final int remainder) {
        return received().stream().filter(number -> number % 2 == remainder).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_200, QuicOptions.DEFAULT_PAYLOAD_BYTES, 1_452})
    void shouldSendTheLargestThatFitsAsADatagramAndOneByteMoreByStream(final int payloadBytes) throws IOException {
        connect(payloadBytes, HeartbeatOptions.OFF);
        pair.proxy.record();

        for (int i = 0; i < 10; i++) {
            send(1, payloadBytes - HEADER_BYTES);
            send(1, payloadBytes - HEADER_BYTES + 1);
        }
        closeInOrder();

        assertThat(publisher.account().sent()).isEqualTo(10);
        assertThat(received(1))
                .containsExactlyElementsOf(
                        IntStream.range(0, 10).mapToObj(i -> 2 * i + 1).toList());
        assertThat(received(0)).isSorted().doesNotHaveDuplicates();
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(20);
        assertThat(pair.proxy.records().stream()
                        .filter(each -> !each.toServer())
                        .map(UdpRecord::bytes)
                        .mapToInt(bytes -> bytes.length)
                        .max()
                        .orElseThrow())
                .isBetween(payloadBytes - 44, payloadBytes);
    }

    @Test
    void shouldSendTheLargestAsADatagramOverAnotherPathToo() throws IOException {
        final int largest = QuicOptions.DEFAULT_PAYLOAD_BYTES - HEADER_BYTES;
        connect();
        send(10, largest);

        pair.proxy.rebind();
        sendUntilOneArrives(largest);
        send(10, largest);
        closeInOrder();

        assertThat(publisher.account().sent()).isZero();
        assertThat(received()).isSorted().doesNotHaveDuplicates();
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(sent);
    }

    @Test
    void shouldCountWhatANarrowPathLosesAndDeliverWhatFits() throws IOException {
        final List<Integer> tooLarge = new ArrayList<>();
        connect();
        send(20, 100);
        pair.agent.await("before", () -> received().contains(19));
        pair.proxy.bothWays(NARROW);

        for (int i = 0; i < 10; i++) {
            send(1, TOO_LARGE_BYTES);
            tooLarge.add(sent - 1);
            pair.agent.settle(20);
            sendUntilOneArrives(100);
        }
        closeInOrder();

        assertThat(received()).isSorted().doesNotHaveDuplicates().doesNotContainAnyElementsOf(tooLarge);
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(sent);
        assertThat(publisher.account().sent()).isZero();
    }

    @Test
    void shouldGoOnWithWhatFitsBehindManyThatDoNotWhereThereAreHeartbeats() throws IOException {
        connect(QuicOptions.DEFAULT_PAYLOAD_BYTES, new HeartbeatOptions(75_000_000L, 5_000_000_000L, 0));
        pair.proxy.bothWays(NARROW);

        send(20, TOO_LARGE_BYTES);
        // Smaller ones that waited for room together would go in one packet, which does not pass either.
        pair.agent.await("counted", () -> {
            pair.agent.settle(100);
            send(1, 100);
            return subscriber.count() > 0;
        });
        closeInOrder();

        assertThat(received()).isSorted().doesNotHaveDuplicates().allMatch(number -> number >= 20);
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(sent);
    }

    @Test
    void shouldEndInTimeAndCountWhereWhatGoesByStreamDoesNotPass() throws IOException {
        connect();
        pair.proxy.bothWays(NARROW);
        send(20, 100);
        send(3, BY_STREAM_BYTES);

        publisher.carrier().finish(System.nanoTime() + LINGER_NS);
        pair.agent.await("closed", () -> publisher.closedCount() == 1);

        // QUIC may happen to send a part again in packets that pass.
        final ConnectionAccount account = publisher.account();
        assertThat(account.sent()).isEqualTo(3);
        assertThat(received()).doesNotHaveDuplicates();
        assertThat(received().stream().filter(number -> number >= 20).toList()).isSorted();
        assertThat(subscriber.count()
                        + subscriber.dropped(Dropped.LOST)
                        + publisher.dropped(Dropped.UNKNOWN)
                        + publisher.dropped(Dropped.NOT_ARRIVED)
                        + account.sent()
                        - account.acknowledged())
                .isGreaterThanOrEqualTo(sent);
    }

    private static Stream<QuicOptions> largerThanTheNarrowPath() {
        return Stream.of(
                QuicOptions.DEFAULTS,
                QuicOptions.builder().payloadBytes(1_452).build(),
                QuicOptions.builder().payloadBytes(9_000).build(),
                QuicOptions.builder().ordering(QuicOptions.Ordering.LANE).build(),
                QuicOptions.builder()
                        .ordering(QuicOptions.Ordering.NONE)
                        .largeMessageBytes(LARGE_BYTES)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("largerThanTheNarrowPath")
    void shouldFindOutThatAPathIsNarrowFromTheStart(final QuicOptions options) throws IOException {
        listen(options, HeartbeatOptions.OFF);
        pair.proxy.bothWays(NARROW);
        dial();

        send(20, LARGE_BYTES);
        pair.agent.await("all", () -> subscriber.count() == 20);
        closeInOrder();

        assertThat(received())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 20).boxed().toList());
        assertThat(publisher.dropped(Dropped.UNKNOWN)).isZero();
    }

    @Test
    void shouldSendByStreamWhatDoesNotFitAPathThatIsNarrowFromTheStart() throws IOException {
        listen(QuicOptions.builder().datagrams(true).build(), HeartbeatOptions.OFF);
        pair.proxy.bothWays(NARROW);
        dial();

        sendUntilOneArrives(TOO_LARGE_BYTES);
        closeInOrder();

        assertThat(publisher.account().sent()).isPositive();
        assertThat(received()).isSorted().doesNotHaveDuplicates();
        assertThat(subscriber.count() + subscriber.dropped(Dropped.LOST)).isEqualTo(sent);
    }
}
