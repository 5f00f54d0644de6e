package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.transport.quic.ProxiedPair.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes on two streams of a connection while one of them has no room. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class FullStreamTest {
    private static final long SEED = Long.getLong("sluicemq.seed", System.nanoTime());
    private static final long SENDING_NS = 600_000_000L;

    /** So that room often ends right between two frames. */
    private static final int MESSAGE_BYTES = 4;

    /** Both sides say each 100 ms what they have received, most often while messages wait for room. */
    @Test
    void shouldKeepCommandsAndMessagesOnTheirStreamsWhileMessagesHaveNoRoom() throws IOException {
        System.getLogger(FullStreamTest.class.getName()).log(System.Logger.Level.INFO, "seed={0}", Long.toString(SEED));
        try (ProxiedPair pair = new ProxiedPair(SEED)) {
            final TestPipeEnd client = pair.connect();
            final TestPipeEnd server = pair.accepted.get(0);
            pair.proxy.bothWays(
                    LinkConditions.CLEAR.delayedBy(Duration.ofMillis(2)).carrying(2_000_000, 100_000));
            final List<Row> rows =
                    List.of(new Row(client, server, MESSAGE_BYTES), new Row(server, client, MESSAGE_BYTES));

            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < SENDING_NS) {
                for (final Row row : rows) {
                    while (row.send()) {}
                    row.flush();
                }
                pair.agent.settle(1);
                rows.forEach(row -> row.look(System.nanoTime()));
            }

            pair.agent.await("all messages, or an end", () -> {
                rows.forEach(row -> row.look(System.nanoTime()));
                return rows.stream().allMatch(Row::isComplete) || client.closedCount() + server.closedCount() > 0;
            });
            assertThat(client.closedCount() + server.closedCount())
                    .as(client.closeDetail() + ", " + server.closeDetail())
                    .isZero();
        }
    }
}
