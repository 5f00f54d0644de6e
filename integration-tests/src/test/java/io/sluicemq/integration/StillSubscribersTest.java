package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.transport.quic.QuicOptions;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A subscriber that reads datagrams of a publisher, beside many that stand still: what it gets is measured, and of that nothing is gated. */
@EnabledIfSystemProperty(named = "sluicemq.long", matches = "true")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class StillSubscribersTest extends SocketTestBase {
    private static final int STILL = 100;
    private static final long MEASURED_NS = 3_000_000_000L;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final byte[] PAYLOAD = new byte[64];

    private static SocketOptions options(final boolean datagrams) {
        return SocketOptions.builder()
                .transport(QuicOptions.builder().datagrams(datagrams).build())
                .build();
    }

    private static SubSocket subscriber(final Context context, final boolean datagrams, final String endpoint) {
        final SubSocket sub = context.sub(options(datagrams), SubscriberOptions.DEFAULTS);
        sub.subscribe("");
        sub.connect(endpoint);
        return sub;
    }

    @ParameterizedTest
    @CsvSource({"true, 500", "true, 2000", "true, 0", "false, 2000", "false, 0"})
    void shouldServeTheOneThatReads(final boolean datagrams, final int sentPerSecond) throws Exception {
        // Agents of their own: what is measured is the publisher's.
        try (Context readers = Medium.context();
                Context others = Medium.context()) {
            final PubSocket pub = context.pub(options(datagrams), PublisherOptions.DEFAULTS);
            final String endpoint = pub.bind(Medium.QUIC.fresh());
            final SubSocket reading = subscriber(readers, datagrams, endpoint);
            assertThat(pub.awaitSubscribers("", 1, LONG)).isTrue();
            receivedPerSecond(pub, reading, sentPerSecond);

            final double alone = receivedPerSecond(pub, reading, sentPerSecond);
            for (int i = 0; i < STILL; i++) {
                subscriber(others, datagrams, endpoint);
            }
            assertThat(pub.awaitPeers(STILL + 1, LONG)).isTrue();
            final double filling = receivedPerSecond(pub, reading, sentPerSecond);
            final double beside = receivedPerSecond(pub, reading, sentPerSecond);

            System.getLogger(StillSubscribersTest.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "datagrams={0}, sent a second={1} (0: all it can), received a second: alone={2}, beside {3} that stand"
                                    + " still={4}, once more={5}, ratio={6}, lost on the way={7}",
                            datagrams,
                            Integer.toString(sentPerSecond),
                            Long.toString(Math.round(alone)),
                            STILL,
                            Long.toString(Math.round(filling)),
                            Long.toString(Math.round(beside)),
                            String.valueOf(beside / alone),
                            Long.toString(reading.stats().dropped(DropCause.LOST_ON_THE_WAY)));
            assertThat(beside).isPositive();
        }
    }

    private double receivedPerSecond(final PubSocket pub, final SubSocket reading, final int sentPerSecond)
            throws Exception {
        final AtomicBoolean done = new AtomicBoolean();
        final Future<Long> receiving = start(() -> {
            final Message message = new Message();
            long count = 0;
            while (!done.get()) {
                count += reading.receive(message, MOMENT) ? 1 : 0;
            }
            return count;
        });
        final long startNs = System.nanoTime();
        final long intervalNs = sentPerSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / sentPerSecond;
        final Message message = new Message();
        for (long i = 0; System.nanoTime() - startNs < MEASURED_NS; i++) {
            while (System.nanoTime() - startNs < i * intervalNs) {
                LockSupport.parkNanos(50_000);
            }
            message.clear();
            pub.send(message.add(PAYLOAD));
        }
        done.set(true);
        final long count = receiving.get(1, TimeUnit.MINUTES);
        return count * 1e9 / (System.nanoTime() - startNs);
    }
}
