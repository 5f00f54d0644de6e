package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.SharedCarrier;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.quic.QuicOptions.Ordering;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who waits for whom among lanes, and on one of them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class LaneFlowTest {
    /** Their windows together are more than what all streams of the connection share. */
    private static final int FULL_LANES = 8;

    private static final int QUIET_TURNS = 10;

    private static final int SMALL_BYTES = 100;
    private static final int LARGE_BYTES = 300_000;
    private static final long SLOW_BYTES_PER_SECOND = 2_000_000;
    private static final long SLOW_QUEUE_BYTES = 1 << 20;

    /** Each begins with the number of its lane. */
    private static final UnsafeBuffer MESSAGE = new UnsafeBuffer(new byte[8 * 1024]);

    private static ProxiedPair pairOf(final QuicOptions options) throws IOException {
        final ProxiedPair.Side side = new ProxiedPair.Side(SocketType.PAIR, options);
        return new ProxiedPair(1, side, side);
    }

    private static QuicLane[] lanes(final int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> QuicLane.forTopics(Character.toString('0' + number)))
                .toArray(QuicLane[]::new);
    }

    private static boolean send(final TestPipeEnd from, final int lane) {
        MESSAGE.putByte(0, (byte) ('0' + lane));
        final boolean taken = from.send(MessageKind.SINGLE, MESSAGE, MESSAGE.capacity());
        from.flush();
        return taken;
    }

    /** Returns whether any of them took anything. */
    private static boolean sendOnAllLanesButZero(final TestPipeEnd from) {
        boolean any = false;
        for (int lane = 1; lane <= FULL_LANES; lane++) {
            while (send(from, lane)) {
                any = true;
            }
        }
        return any;
    }

    private static void fillAllLanesButZero(final ProxiedPair pair, final TestPipeEnd from) {
        for (int quiet = 0; quiet < QUIET_TURNS; quiet++) {
            if (sendOnAllLanesButZero(from)) {
                quiet = 0;
            }
            pair.agent.settle(1);
        }
    }

    @Test
    void shouldLetALaneFlowWhileAllOthersAreFullAndNotReceived() throws IOException {
        final QuicOptions options = QuicOptions.builder()
                .ordering(Ordering.LANE)
                .lanes(lanes(FULL_LANES))
                .build();
        assertThat(options.windowBytes()).isEqualTo(QuicOptions.DEFAULT_WINDOW_BYTES);
        try (ProxiedPair pair = pairOf(options)) {
            final TestPipeEnd client = pair.connect();
            final TestPipeEnd server = pair.accepted.get(0);
            server.stopPolling();
            final PolledRing flowing =
                    ((SharedCarrier) server.carrier()).incoming().get(0);
            fillAllLanesButZero(pair, client);

            // More than the window, so that it moves.
            final int count = 3 * QuicOptions.DEFAULT_WINDOW_BYTES / MESSAGE.capacity();
            final int[] sent = {0};
            final int[] came = {0};
            pair.agent.await("all of lane 0", () -> {
                sendOnAllLanesButZero(client);
                sent[0] += sent[0] < count && send(client, 0) ? 1 : 0;
                came[0] += flowing.poll(
                        (tag, kind, buffer, offset, length) -> buffer.getByte(offset) == '0', Integer.MAX_VALUE);
                return came[0] == count;
            });

            assertThat(server.count()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ordering.class,
            names = {"LANE", "NONE"})
    void shouldHandOverASmallMessageBeforeALargeOneOfItsLaneOnlyWhereThereIsNoOrder(final Ordering ordering)
            throws IOException {
        try (ProxiedPair pair = pairOf(QuicOptions.builder().ordering(ordering).build())) {
            final TestPipeEnd client = pair.connect();
            final TestPipeEnd server = pair.accepted.get(0);
            pair.proxy.toServer(LinkConditions.CLEAR.carrying(SLOW_BYTES_PER_SECOND, SLOW_QUEUE_BYTES));
            final long before = pair.proxy.passed();

            client.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[LARGE_BYTES]), LARGE_BYTES);
            client.flush();
            pair.agent.await("part of it", () -> pair.proxy.passed() > before + 5);
            client.send(MessageKind.SINGLE, new UnsafeBuffer(new byte[SMALL_BYTES]), SMALL_BYTES);
            client.flush();
            pair.agent.await("both", () -> server.count() == 2);

            final int[] sizes = server.received().stream()
                    .mapToInt(message -> message.bytes().capacity())
                    .toArray();
            assertThat(sizes)
                    .as(Arrays.toString(sizes))
                    .containsExactly(
                            ordering == Ordering.NONE
                                    ? new int[] {SMALL_BYTES, LARGE_BYTES}
                                    : new int[] {LARGE_BYTES, SMALL_BYTES});
        }
    }
}
