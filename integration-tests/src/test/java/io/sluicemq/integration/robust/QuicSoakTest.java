package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages over a link that loses, for a long time: nothing grows. {@code sluicemq.soakSeconds} says how long. */
@Timeout(value = 24, unit = TimeUnit.HOURS)
@ExtendWith(LeakCheckExtension.class)
class QuicSoakTest {
    private static final System.Logger LOG = System.getLogger(QuicSoakTest.class.getName());
    private static final long SECONDS = Long.getLong("sluicemq.soakSeconds", Tier.count(1, 3_600));
    private static final int LOOKS = Tier.count(2, 10);

    /** In less the heap and the compiler's code still grow. */
    private static final long SETTLED_SECONDS = 60;

    private static final int MESSAGE_BYTES = 200;
    private static final int BATCH = 100;
    private static final long MESSAGES_TO_SETTLE = 1_000;
    private static final double LOSS = 0.02;
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What the JDK's own pools and the allocator of the C library come to and go by. */
    private static final long DIRECT_SLACK_BYTES = 8L << 20;

    private static final long RESIDENT_SLACK_BYTES = 96L << 20;

    private volatile boolean stopped;
    private long next;
    private long received;

    private long send(final PushSocket push) throws InterruptedException {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
        long sent = 0;
        while (!stopped) {
            message.putLong(0, sent);
            sent += push.send(message, 0, MESSAGE_BYTES) == SendResult.SENT ? 1 : 0;
        }
        return sent;
    }

    private long receive(final PullSocket pull) throws InterruptedException {
        final FrameHandler handler = (buffer, offset, length, more) -> {
            // A connection that breaks after all takes some along, which are counted.
            if (buffer.getLong(offset) < next) {
                throw new IllegalStateException("message=" + buffer.getLong(offset) + ", limit=" + next);
            }
            next = buffer.getLong(offset) + 1;
            received++;
        };
        while (pull.receive(handler, BATCH, MOMENT) >= 0) {
            // Until it is closed.
        }
        return received;
    }

    @Test
    void shouldNotGrowWhileMessagesAreLostAndSentAgain() throws Exception {
        final SocketOptions options = SocketOptions.builder()
                .transport(TestCertificates.bothSides())
                .sendTimeout(MOMENT)
                .build();
        try (Background background = new Background();
                Context context = Context.create()) {
            final PullSocket pull = context.pull(options);
            final String bound = pull.bind("quic://127.0.0.1:0");
            final int port = Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1));
            final InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            try (UdpProxy proxy = new UdpProxy(server, Seed.next("QuicSoakTest"))) {
                proxy.bothWays(
                        LinkConditions.CLEAR.delayedBy(Duration.ofMillis(2)).losing(LOSS));
                final PushSocket push = context.push(options);
                push.connect("quic://127.0.0.1:" + proxy.address().getPort());
                final FutureTask<Long> receiving = background.start("soak-receiver", () -> receive(pull));
                final FutureTask<Long> sending = background.start("soak-sender", () -> send(push));

                soak(proxy, pull, receiving);

                stopped = true;
                final long sent = Background.result(sending, LIMIT);
                Await.until(
                        LIMIT,
                        () -> pull.stats().messagesReceived() + push.stats().dropped(DropCause.IN_FLIGHT_UNKNOWN)
                                >= sent,
                        "sent=" + sent + " are received or counted");
                push.close();
                pull.close();
                assertThat(Background.result(receiving, LIMIT)).isPositive();
                assertThat(proxy.lost()).isPositive();
            }
        }
    }

    private static void soak(final UdpProxy proxy, final PullSocket pull, final FutureTask<Long> receiving)
            throws Exception {
        Await.until(LIMIT, () -> pull.stats().messagesReceived() >= MESSAGES_TO_SETTLE, "messages flow");
        Usage first = null;
        for (int look = 1; look <= LOOKS; look++) {
            try {
                receiving.get(TimeUnit.SECONDS.toMillis(SECONDS) / LOOKS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException e) {
                // It goes on.
            }
            assertThat(receiving.isDone()).as("receiver has ended").isFalse();
            final Usage now = Usage.now();
            LOG.log(
                    System.Logger.Level.INFO,
                    "messages={0} datagramsLost={1} {2}",
                    pull.stats().messagesReceived(),
                    proxy.lost(),
                    now);
            first = first == null ? now : first;
            assertThat(now.threads()).isLessThanOrEqualTo(first.threads());
            assertThat(now.descriptors()).isLessThanOrEqualTo(first.descriptors());
            assertThat(now.directBytes()).isLessThanOrEqualTo(first.directBytes() + DIRECT_SLACK_BYTES);
            if (SECONDS >= SETTLED_SECONDS) {
                assertThat(now.residentBytes()).isLessThanOrEqualTo(first.residentBytes() + RESIDENT_SLACK_BYTES);
            }
        }
    }
}
