package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.PeerInfo;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.core.RawSubscriber.Got;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a shared subscription still has when its host is opened again. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class SharedRestartTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** So many large messages fill segments, and bring a checkpoint behind what was returned. */
    private static final int OTHERS = 25;

    private static final PublishOptions JOURNALED =
            PublishOptions.builder().level(Durability.JOURNALED).build();

    @TempDir
    private Path folder;

    private final UnsafeBuffer large = new UnsafeBuffer(new byte[100_000]);
    private final CountDownLatch connected = new CountDownLatch(1);
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch second = new CountDownLatch(1);

    /** Of the heir; its thread alone counts. */
    private int turns;

    private Host open(final Context context, final HostSettings settings) {
        return Host.open(
                context,
                folder,
                DurablePublisherOptions.builder()
                        .journal(JournalOptions.builder()
                                .segmentBytes(1 << 20)
                                .compressAboveBytes(0)
                                .retainBytes(0)
                                .retainFor(Duration.ZERO))
                        .socket(SocketOptions.builder()
                                .listener(new SocketListener() {
                                    @Override
                                    public void onConnected(final PeerInfo peer) {
                                        if (!settings.equals(HostSettings.DEFAULTS)) {
                                            connected.countDown();
                                        }
                                    }
                                })
                                .build())
                        .build(),
                settings);
    }

    private static void publish(final Host host, final String topic, final UnsafeBuffer payload)
            throws InterruptedException {
        assertThat(host.publish(topic, payload, 0, payload.capacity(), JOURNALED)
                        .outcome())
                .isEqualTo(PublishOutcome.PUBLISHED);
    }

    private void publishOthers(final Host host) throws InterruptedException {
        new Random(1).nextBytes(large.byteArray());
        for (int i = 0; i < OTHERS; i++) {
            publish(host, "other", large);
        }
    }

    /** One message lies with a session that is away, three were returned by one that has ended. */
    private void leaveReturned(final Context context, final Host host) throws InterruptedException {
        try (RawSubscriber two = new RawSubscriber(context, host.bind("inproc://first"));
                RawSubscriber one = new RawSubscriber(context, "inproc://first")) {
            two.hello("two", false, 1, Hello.NEVER);
            two.resume(0, 0);
            two.subscribe("$share/g/a", 1);
            publish(host, "a", new UnsafeBuffer(new byte[] {'0'}));
            two.delivery();
            one.hello("one", false, 3, 0);
            one.resume(0, 0);
            one.subscribe("$share/g/a", 1);
            for (int i = 1; i < 5; i++) {
                publish(host, "a", new UnsafeBuffer(new byte[] {(byte) ('0' + i)}));
            }
            one.deliveries(3);
            one.say(new Goodbye(0, Goodbye.UNCHANGED, "")::encode);
            Await.until(PATIENCE, () -> host.stats().sessions() == 1, "its session ends");
        }
    }

    /** The clock is the first thing that a turn looks at: the first one waits for the HELLO, the second one until that was answered. */
    private long clock() {
        try {
            if ("sluicemq-host".equals(Thread.currentThread().getName())) {
                (turns++ == 0 ? first : second).await();
            }
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return System.currentTimeMillis();
    }

    @Test
    void shouldKeepWhatWasReturnedWhenASubscriberComesInTheFirstTurn() throws InterruptedException {
        try (Context context = Context.create()) {
            final Host host = open(context, HostSettings.DEFAULTS);
            leaveReturned(context, host);
            publishOthers(host);
            assertThat(host.close(PATIENCE)).isTrue();

            final Host heir = open(context, new HostSettings(this::clock, 1 << 20));
            try (RawSubscriber two = new RawSubscriber(context, heir.bind("inproc://heir"))) {
                connected.await();
                two.say(new Hello(false, Hello.NEVER, 10, Durability.SYNCED, Integer.MAX_VALUE, "two")::encode);
                first.countDown();
                two.welcome();
                // So the first turn has told positions with a session that has not said yet where it is.
                second.countDown();
                two.resume(0, 0);

                final List<Got> got = new ArrayList<>(two.deliveries(5));

                assertThat(got).extracting(Got::text).containsExactly("0", "1", "2", "3", "4");
                assertThat(got).extracting(Got::again).containsExactly(true, true, true, true, false);
                assertThat(heir.stats().damaged()).isZero();
            }
            assertThat(heir.close(PATIENCE)).isTrue();
        }
    }
}
