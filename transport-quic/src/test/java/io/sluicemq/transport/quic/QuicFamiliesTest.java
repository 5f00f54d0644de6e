package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.quic.ProxiedPair.Row;
import io.sluicemq.transport.quic.ProxiedPair.Side;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client whose address changes, at a listener of IPv6, alone and with all addresses of the machine, those of IPv4 among them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class QuicFamiliesTest {
    private static final System.Logger LOG = System.getLogger(QuicFamiliesTest.class.getName());
    private static final long SEED = Long.getLong("sluicemq.seed", System.nanoTime());
    private static final int MOVES = 5;
    private static final int MESSAGES_A_MOVE = 100;

    private static boolean has(final InetAddress address) {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.bind(new InetSocketAddress(address, 0));
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    @ParameterizedTest(name = "bound to {0}, reached at {1}")
    @CsvSource({"[::1], ::1", "[::], ::1", "[::], 127.0.0.1"})
    void shouldGoOnWhenTheAddressChanges(final String bound, final String reached) throws IOException {
        LOG.log(System.Logger.Level.INFO, "seed={0}", Long.toString(SEED));
        assumeTrue(has(InetAddress.getAllByName("::1")[0]), "no IPv6");
        final Side side = new Side(SocketType.PAIR, QuicOptions.DEFAULTS);
        try (ProxiedPair pair = new ProxiedPair(SEED, side, side, bound, InetAddress.getByName(reached))) {
            pair.proxy.bothWays(LinkConditions.CLEAR.delayedBy(Duration.ofMillis(1)));
            final TestPipeEnd client = pair.connect();
            final TestPipeEnd server = pair.accepted.get(0);
            final Row[] rows = {new Row(client, server, 200), new Row(server, client, 200)};

            for (int move = 0; move < MOVES; move++) {
                for (int i = 0; i < MESSAGES_A_MOVE; i++) {
                    send(pair, rows);
                }
                pair.proxy.rebind();
                send(pair, rows);
                pair.agent.await("what is sent from the other address", () -> arrived(rows));
            }

            assertThat(rows[0].seen()).isEqualTo(MOVES * (MESSAGES_A_MOVE + 1));
            assertThat(rows[1].seen()).isEqualTo(MOVES * (MESSAGES_A_MOVE + 1));
            assertThat(pair.accepted).hasSize(1);
            assertThat(client.closedCount() + server.closedCount()).isZero();
        }
    }

    private static void send(final ProxiedPair pair, final Row... rows) {
        for (final Row row : rows) {
            pair.agent.await("room", row::send);
            row.flush();
        }
        pair.agent.settle(1);
    }

    private static boolean arrived(final Row... rows) {
        boolean complete = true;
        for (final Row row : rows) {
            row.look(System.nanoTime());
            complete &= row.isComplete();
        }
        return complete;
    }
}
