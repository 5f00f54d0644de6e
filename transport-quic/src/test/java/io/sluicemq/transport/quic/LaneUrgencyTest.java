package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.quic.QuicOptions.Ordering;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lanes that share a link which is too slow for them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class LaneUrgencyTest {
    private static final long SLOW_BYTES_PER_SECOND = 1_000_000;

    /** Of the link; what is here has no urgency any more. */
    private static final long QUEUE_BYTES = 64 * 1024;

    private static final int MESSAGES = 40;
    private static final UnsafeBuffer MESSAGE = new UnsafeBuffer(new byte[20_000]);

    private static QuicLane lane(final int number, final boolean isUrgent) {
        return QuicLane.forTopics(Integer.toString(number))
                .urgency(isUrgent ? QuicLane.MOST_URGENT : QuicLane.LEAST_URGENT);
    }

    private static void fill(final TestPipeEnd client, final int lane) {
        MESSAGE.putByte(0, (byte) ('0' + lane));
        for (int i = 0; i < MESSAGES; i++) {
            assertThat(client.send(MessageKind.SINGLE, MESSAGE, MESSAGE.capacity()))
                    .as("room for message %d of lane %d", i, lane)
                    .isTrue();
        }
    }

    private static long countOf(final TestPipeEnd server, final int lane) {
        return server.received().stream()
                .filter(message -> message.bytes().get(0) == '0' + lane)
                .count();
    }

    /** Whichever of them has the lower number, and was filled first. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldSendWhatIsMoreUrgentFirst(final int urgent) throws IOException {
        final QuicOptions options = QuicOptions.builder()
                .ordering(Ordering.LANE)
                .lanes(lane(1, urgent == 1), lane(2, urgent == 2))
                .build();
        final ProxiedPair.Side side = new ProxiedPair.Side(SocketType.PAIR, options);
        try (ProxiedPair pair = new ProxiedPair(1, side, side)) {
            final TestPipeEnd client = pair.connect();
            final TestPipeEnd server = pair.accepted.get(0);
            pair.proxy.toServer(LinkConditions.CLEAR.carrying(SLOW_BYTES_PER_SECOND, QUEUE_BYTES));

            fill(client, 1);
            fill(client, 2);
            client.flush();
            pair.agent.await("all of the urgent lane", () -> countOf(server, urgent) == MESSAGES);
            final long before = countOf(server, 3 - urgent);
            pair.agent.await("the rest", () -> server.count() == 2 * MESSAGES);

            assertThat(before).isLessThan(MESSAGES / 2);
        }
    }
}
