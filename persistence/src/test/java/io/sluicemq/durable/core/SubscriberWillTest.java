package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublisherWill;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A subscriber as the witness of a host's will, with a clock that stands still. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class SubscriberWillTest {
    private static final Duration LIMIT = RawHost.LIMIT;
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final long BASE = 5L << 32;
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);

    @TempDir
    private Path folder;

    private final AtomicLong clock = new AtomicLong(1_800_000_000_000L);
    private final Context context = Context.create();
    private final RawHost host = new RawHost(context, "inproc://host", new UUID(7, 9));
    private SubscriberCore subscriber;

    @AfterEach
    void close() {
        if (subscriber != null) {
            subscriber.close(LIMIT);
        }
        host.close();
        context.close(Duration.ZERO);
    }

    private void open() throws InterruptedException {
        final DurableSubscriberOptions options =
                DurableSubscriberOptions.builder("desk").segmentBytes(1 << 20).build();
        subscriber = new SubscriberCore(context, folder, options, clock::get);
    }

    private void openConnected() throws InterruptedException {
        open();
        subscriber.connect(host.endpoint());
        subscriber.subscribe("gone/#", SubscribeOptions.DEFAULTS, Duration.ZERO);
    }

    private static Will will(final int qos) {
        final UnsafeBuffer payload = new UnsafeBuffer("it is gone".getBytes(StandardCharsets.UTF_8));
        return new Will("gone/host", qos, false, HOUR_MS / 1000, 0, payload);
    }

    private Delivered receive(final Duration limit) throws InterruptedException {
        final Delivered[] copy = new Delivered[1];
        subscriber.receive(message -> copy[0] = message.copy(), 1, limit);
        return copy[0];
    }

    private void lose() {
        final long before = subscriber.stats().connectionsLost();
        host.cut();
        Await.until(LIMIT, () -> subscriber.stats().connectionsLost() > before, "the loss to be seen");
    }

    @Test
    void shouldDeliverTheWillOnceAndNeverAgainWhenItIsAcknowledged() throws InterruptedException {
        openConnected();
        host.welcome(false, BASE, will(Qos.EXACTLY_ONCE));
        host.deliver(Qos.EXACTLY_ONCE, BASE + 1, "before");
        assertThat(receive(LIMIT).text()).isEqualTo("before");
        lose();
        assertThat(receive(SHORT)).isNull();

        clock.addAndGet(HOUR_MS);
        final Delivered will = receive(LIMIT);
        assertThat(will.text()).isEqualTo("it is gone");
        assertThat(will.topic()).isEqualTo("gone/host");
        assertThat(will.isWill()).isTrue();
        assertThat(will.isRedelivered()).isFalse();
        assertThat(subscriber.stats().wills()).isOne();

        subscriber.close(LIMIT);
        open();
        receive(LIMIT);
        final Delivered again = receive(LIMIT);
        assertThat(again.isWill()).isTrue();
        assertThat(again.isRedelivered()).isTrue();
        assertThat(again.index()).isEqualTo(will.index());
        assertThat(subscriber.acknowledge(again.producer(), again.index(), LIMIT))
                .isEqualTo(AcknowledgeOutcome.DURABLE);

        subscriber.close(LIMIT);
        open();
        assertThat(receive(LIMIT).text()).isEqualTo("before");
        assertThat(receive(SHORT)).isNull();
    }

    @Test
    void shouldKeepWillAndDeadlineOverARestart() throws InterruptedException {
        openConnected();
        host.welcome(false, BASE, will(Qos.AT_LEAST_ONCE));
        lose();
        subscriber.close(LIMIT);

        clock.addAndGet(HOUR_MS - 1);
        open();
        assertThat(receive(SHORT)).isNull();
        clock.addAndGet(1);
        assertThat(receive(SHORT)).as("nobody looked for the host").isNull();
        subscriber.connect(host.endpoint());
        assertThat(receive(SHORT)).isNull();
        clock.addAndGet(Wills.RETURN_MS);

        final Delivered will = receive(LIMIT);
        assertThat(will.isWill()).isTrue();
        assertThat(will.qos()).isEqualTo(QualityOfService.AT_LEAST_ONCE);
        assertThat(subscriber.acknowledge(will.producer(), will.index(), LIMIT)).isEqualTo(AcknowledgeOutcome.DURABLE);
    }

    @Test
    void shouldNotDeliverWhenTheHostIsBack() throws InterruptedException {
        openConnected();
        host.welcome(false, BASE, will(Qos.EXACTLY_ONCE));
        lose();
        host.welcome(true, BASE, will(Qos.EXACTLY_ONCE));
        clock.addAndGet(2 * HOUR_MS);
        host.deliver(Qos.EXACTLY_ONCE, BASE + 1, "alive");

        assertThat(receive(LIMIT).text()).isEqualTo("alive");
        assertThat(receive(SHORT)).isNull();
    }

    @Test
    void shouldDeliverAWillOfQos0Once() throws InterruptedException {
        openConnected();
        host.welcome(false, BASE, will(Qos.AT_MOST_ONCE));
        lose();
        clock.addAndGet(HOUR_MS);

        assertThat(receive(LIMIT).qos()).isEqualTo(QualityOfService.AT_MOST_ONCE);
        subscriber.close(LIMIT);
        open();
        assertThat(receive(SHORT)).isNull();
    }

    @Test
    void shouldNotWaitForAWillAfterItsOwnClose() throws InterruptedException {
        openConnected();
        host.welcome(false, BASE, will(Qos.EXACTLY_ONCE));
        subscriber.close(LIMIT);
        clock.addAndGet(2 * HOUR_MS);

        open();

        assertThat(receive(SHORT)).isNull();
    }

    @Test
    void shouldDeliverTheWillOfAHostThatWasThereWhenThisProcessDied() throws InterruptedException {
        final Inbox inbox = new Inbox(
                folder,
                DurableSubscriberOptions.builder("desk").segmentBytes(1 << 20).build(),
                (kind, correlationId) -> {});
        final ProducerState producer = inbox.producer(new UUID(7, 9));
        producer.will(WitnessedWill.of(will(Qos.EXACTLY_ONCE)));
        inbox.will(producer);
        inbox.subscription(new BookEntry("gone/+", 1, false, Qos.EXACTLY_ONCE, 0, true));
        inbox.commit();
        inbox.close();

        open();
        subscriber.connect(host.endpoint());
        clock.addAndGet(Wills.RETURN_MS);
        assertThat(receive(SHORT)).as("its time has begun at the most").isNull();
        // When it begins, the subscriber's thread says.
        Delivered will = null;
        while (will == null) {
            clock.addAndGet(HOUR_MS);
            will = receive(SHORT);
        }

        assertThat(will.isWill()).isTrue();
    }

    @Test
    void shouldNotDeliverTheWillOfAHostThatLivedOnWhenThisProcessDied() throws InterruptedException {
        final Inbox inbox = new Inbox(
                folder,
                DurableSubscriberOptions.builder("desk").segmentBytes(1 << 20).build(),
                (kind, correlationId) -> {});
        final ProducerState producer = inbox.producer(new UUID(7, 9));
        producer.will(new WitnessedWill(will(Qos.EXACTLY_ONCE), clock.get() - 1));
        inbox.will(producer);
        inbox.subscription(new BookEntry("gone/+", 1, false, Qos.EXACTLY_ONCE, 0, true));
        inbox.commit();
        inbox.close();

        open();
        assertThat(receive(SHORT)).isNull();
        subscriber.connect(host.endpoint());
        host.welcome(true, BASE, will(Qos.EXACTLY_ONCE));
        host.deliver(Qos.EXACTLY_ONCE, BASE + 1, "alive");
        assertThat(receive(LIMIT).text()).isEqualTo("alive");
        clock.addAndGet(2 * HOUR_MS);
        assertThat(receive(SHORT)).isNull();
    }

    @Test
    void shouldNotDeliverTheWillOfAPublisherThatCloses() throws InterruptedException {
        try (DurablePublisher publisher = DurablePublisher.open(
                context,
                folder.resolve("host"),
                DurablePublisherOptions.builder()
                        .journal(JournalOptions.builder().segmentBytes(1 << 20))
                        .will(new PublisherWill("gone/real", new byte[] {1}, PublishOptions.DEFAULTS, Duration.ZERO))
                        .build())) {
            final String endpoint = publisher.bind("tcp://127.0.0.1:*");
            final DurableSubscriberOptions options = DurableSubscriberOptions.builder("desk")
                    .segmentBytes(1 << 20)
                    .build();
            subscriber = new SubscriberCore(context, folder.resolve("inbox"), options, clock::get);
            subscriber.connect(endpoint);
            subscriber.subscribe("gone/#", SubscribeOptions.DEFAULTS, LIMIT);
        }

        Await.until(LIMIT, () -> subscriber.stats().connectionsLost() == 1, "the good-bye");
        clock.addAndGet(HOUR_MS);
        assertThat(receive(SHORT)).isNull();
    }
}
