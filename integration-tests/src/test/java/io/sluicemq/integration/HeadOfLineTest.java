package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.transport.quic.QuicLane;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.quic.QuicOptions.Ordering;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small messages beside a sender that fills the link, over a network with a round trip of 20 ms that loses 2 of 100 datagrams. */
@EnabledIfSystemProperty(named = "sluicemq.long", matches = "true")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class HeadOfLineTest extends SocketTestBase {
    private static final System.Logger LOG = System.getLogger(HeadOfLineTest.class.getName());
    private static final long SEED = Long.getLong("sluicemq.seed", System.nanoTime());
    private static final int SMALL_MESSAGES = 1_200;

    /** On one stream a megabyte lies between any two of them, and the link carries about half of one in a second. */
    private static final int SMALL_BETWEEN_LARGE = 40;

    /** How much of the others waits in front of a small message, in the queues of one stream. */
    private static final int MARK = 32;

    private static final long INTERVAL_NS = 5_000_000L;
    private static final int SMALL_BYTES = 64;
    private static final int BULK_BYTES = 64 * 1024;

    /** Each goes on a stream of its own, beside the lanes. */
    private static final int LARGE_BYTES = 1 << 20;

    private static final byte SMALL = 's';

    private static final int MIN_RATIO = 20;

    /** Datagrams that a run has in a second of those that the other one has: both fill the same link. */
    private static final double MIN_FILLED = 0.5;

    private static final LinkConditions LINK =
            LinkConditions.CLEAR.delayedBy(Duration.ofMillis(10)).losing(0.02);

    /** What the small ones took, and what went beside them. */
    private record Run(long p50Us, long p99Us, double seconds, long datagrams, Bulk bulk, long bulkCame) {
        private double datagramsPerSecond() {
            return datagrams / seconds;
        }

        private String show() {
            return String.format(
                    Locale.ROOT,
                    "p50=%d us, p99=%d us; in %.1f s bulk=%d accepted, %d came, %.2f MB/s, %d times no room, %.0f datagrams/s",
                    p50Us,
                    p99Us,
                    seconds,
                    bulk.sent,
                    bulkCame / bulk.bytes,
                    bulkCame / 1e6 / seconds,
                    bulk.waits,
                    datagramsPerSecond());
        }
    }

    /** Messages that were accepted, and how often there was no room for one. */
    private record Bulk(int bytes, long sent, long waits) {}

    @ParameterizedTest
    @ValueSource(ints = {BULK_BYTES, LARGE_BYTES})
    void shouldNotHoldUpSmallMessagesByOthersOnAnotherLane(final int bulkBytes) throws Exception {
        final Run oneStream = measure(
                QuicOptions.DEFAULTS, bulkBytes, bulkBytes == LARGE_BYTES ? SMALL_BETWEEN_LARGE : SMALL_MESSAGES);
        final Run lanes = measure(
                QuicOptions.builder()
                        .ordering(Ordering.LANE)
                        .lanes(QuicLane.forTopics("s").urgency(QuicLane.MOST_URGENT))
                        .build(),
                bulkBytes,
                SMALL_MESSAGES);

        LOG.log(System.Logger.Level.INFO, "seed={0}, bulk of {1} B", Long.toString(SEED), Integer.toString(bulkBytes));
        LOG.log(System.Logger.Level.INFO, "one stream: {0}", oneStream.show());
        LOG.log(System.Logger.Level.INFO, "lanes: {0}", lanes.show());
        assertSaturated(oneStream);
        assertSaturated(lanes);
        assertThat(lanes.datagramsPerSecond()).isGreaterThan(MIN_FILLED * oneStream.datagramsPerSecond());
        assertThat(lanes.p99Us * MIN_RATIO).isLessThanOrEqualTo(oneStream.p99Us);
    }

    /** Otherwise there is nothing that could hold up others: its sender found the queues full. */
    private static void assertSaturated(final Run run) {
        assertThat(run.bulk.waits).as("times without room").isPositive();
        assertThat(run.bulk.sent).as("bulk messages").isPositive();
    }

    private static long percentile(final long[] sorted, final int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }

    private Run measure(final QuicOptions quic, final int bulkBytes, final int smallMessages) throws Exception {
        final SocketOptions options = SocketOptions.builder()
                .sendHighWaterMark(MARK)
                .receiveHighWaterMark(MARK)
                .transport(quic)
                .build();
        final PullSocket pull = context.pull(options);
        final String bound = pull.bind(Medium.QUIC.fresh());
        final int port = Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1));
        final PushSocket push = context.push(options);
        try (UdpProxy proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SEED)) {
            proxy.bothWays(LINK);
            push.connect("quic://127.0.0.1:" + proxy.address().getPort());
            awaitPeers(push, 1);
            final AtomicBoolean done = new AtomicBoolean();
            final long startNs = System.nanoTime();
            final Future<Bulk> bulk = start(() -> sendBulk(push, bulkBytes, done));
            final Future<Boolean> small = start(() -> sendSmall(push, smallMessages));
            final long[] latenciesUs = receive(pull, smallMessages);
            final double seconds = (System.nanoTime() - startNs) / 1e9;
            final long datagrams = proxy.passed();
            final long bulkCame = pull.stats().bytesReceived() - (long) smallMessages * SMALL_BYTES;
            done.set(true);
            assertThat(small.get(1, TimeUnit.MINUTES)).isTrue();
            final Bulk went = bulk.get(1, TimeUnit.MINUTES);
            push.close(Duration.ZERO);
            pull.close(Duration.ZERO);
            return new Run(
                    percentile(latenciesUs, 50), percentile(latenciesUs, 99), seconds, datagrams, went, bulkCame);
        }
    }

    private static Bulk sendBulk(final PushSocket push, final int bulkBytes, final AtomicBoolean done)
            throws InterruptedException {
        final byte[] body = new byte[bulkBytes];
        long sent = 0;
        long waits = 0;
        while (!done.get()) {
            final Message message = Message.of(body);
            if (push.trySend(message) == SendResult.SENT) {
                sent++;
            } else {
                waits++;
                sent += push.send(message, Duration.ofMillis(100)) == SendResult.SENT ? 1 : 0;
            }
        }
        return new Bulk(bulkBytes, sent, waits);
    }

    /** Each holds the time at which it was due, so that a sender who had to wait is counted. */
    private static boolean sendSmall(final PushSocket push, final int smallMessages) throws InterruptedException {
        long dueNs = System.nanoTime();
        for (int i = 0; i < smallMessages; i++) {
            while (System.nanoTime() - dueNs < 0) {
                LockSupport.parkNanos(dueNs - System.nanoTime());
            }
            final ByteBuffer body = ByteBuffer.allocate(SMALL_BYTES).put(SMALL).putLong(dueNs);
            if (push.send(body.array()) != SendResult.SENT) {
                return false;
            }
            dueNs += INTERVAL_NS;
        }
        return true;
    }

    private static long[] receive(final PullSocket pull, final int smallMessages) throws InterruptedException {
        final long[] latenciesUs = new long[smallMessages];
        int seen = 0;
        while (seen < smallMessages) {
            final Message message = pull.receiveMessage(Duration.ofSeconds(30));
            assertThat(message).isNotNull();
            final ByteBuffer body = ByteBuffer.wrap(message.frame(0));
            if (body.get() == SMALL) {
                latenciesUs[seen++] = (System.nanoTime() - body.getLong()) / 1_000;
            }
        }
        Arrays.sort(latenciesUs);
        return latenciesUs;
    }
}
