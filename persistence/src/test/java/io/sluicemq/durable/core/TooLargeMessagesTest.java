package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.DurableReplay;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.ReplayOptions;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Messages that a host can publish and a subscriber cannot keep. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class TooLargeMessagesTest {
    private static final Duration LIMIT = RawHost.LIMIT;
    private static final int SMALL_SEGMENT = 1 << 20;
    private static final long BASE = 5L << 32;

    @TempDir
    private Path folder;

    private Context context;

    @BeforeEach
    void open() {
        context = Context.create();
    }

    @AfterEach
    void close() {
        context.close(Duration.ZERO);
    }

    private DurablePublisher publisher() {
        return DurablePublisher.open(
                context,
                folder.resolve("host"),
                DurablePublisherOptions.builder()
                        .journal(JournalOptions.builder().segmentBytes(4 * SMALL_SEGMENT))
                        .build());
    }

    private DurableSubscriber subscriber() {
        return DurableSubscriber.open(
                context,
                folder.resolve("inbox"),
                DurableSubscriberOptions.builder("desk")
                        .segmentBytes(SMALL_SEGMENT)
                        .build());
    }

    private static void publishOfEachQos(final DurablePublisher publisher, final byte[] large)
            throws InterruptedException {
        for (final QualityOfService qos : QualityOfService.values()) {
            final PublishOptions options = PublishOptions.builder().qos(qos).build();
            publisher.publish("a", "before " + qos, options);
            publisher.publish("a", large, options);
            publisher.publish("a", "behind " + qos, options);
        }
    }

    @Test
    void shouldPassOverWhatASubscriberCannotKeepAndCountIt() throws InterruptedException {
        final byte[] large = new byte[SMALL_SEGMENT / 2];
        new Random(1).nextBytes(large);
        try (DurablePublisher publisher = publisher();
                DurableSubscriber subscriber = subscriber()) {
            subscriber.connect(publisher.bind("tcp://127.0.0.1:*"));
            subscriber.subscribe("a", SubscribeOptions.DEFAULTS, LIMIT);

            publishOfEachQos(publisher, large);

            final List<String> texts = new ArrayList<>();
            while (texts.size() < 6) {
                final Delivered message = subscriber.receive(LIMIT);
                assertThat(message).as("message behind %s", texts).isNotNull();
                texts.add(message.text().replaceFirst(" .*", ""));
            }
            assertThat(texts).containsOnly("before", "behind");
            assertThat(publisher.stats().tooLarge()).isEqualTo(3);
            assertThat(subscriber.stats().connectionsLost()).isZero();
            assertThat(subscriber.stats().violations()).isZero();
        }
    }

    @Test
    void shouldPassOverWhatAReplayDoesNotTake() throws InterruptedException {
        try (DurablePublisher publisher = publisher()) {
            final String endpoint = publisher.bind("inproc://past");
            publishOfEachQos(publisher, new byte[2_000]);

            final List<String> texts = new ArrayList<>();
            try (DurableReplay replay = DurableReplay.open(
                    context,
                    endpoint,
                    ReplayOptions.builder().maxMessageBytes(1_024).build())) {
                while (replay.receive(message -> texts.add(message.text()), 10, LIMIT) > 0) {
                    assertThat(texts).isNotEmpty();
                }
            }

            assertThat(texts)
                    .containsExactly(
                            "before AT_LEAST_ONCE",
                            "behind AT_LEAST_ONCE",
                            "before EXACTLY_ONCE",
                            "behind EXACTLY_ONCE");
            assertThat(publisher.stats().tooLarge()).isEqualTo(2);
        }
    }

    @Test
    void shouldEndTheConnectionOfAHostThatSendsItAllTheSame() throws InterruptedException {
        try (RawHost host = new RawHost(context, "inproc://host", new UUID(7, 9));
                DurableSubscriber subscriber = subscriber()) {
            subscriber.connect(host.endpoint());
            final Hello hello = Hello.decode(host.expect(WireType.HELLO));
            host.say(out -> new Welcome(false, new UUID(7, 9), BASE, 1 << 20, "", null).encode(out));
            host.expect(WireType.RESUME);

            host.deliver(Qos.AT_LEAST_ONCE, BASE + 1, "x".repeat(hello.maxMessageBytes()));

            final Goodbye goodbye = Goodbye.decode(host.expect(WireType.GOODBYE));
            assertThat(goodbye.reason()).isEqualTo(Reasons.PACKET_TOO_LARGE);
            assertThat(goodbye.text()).contains("messageBytes=", "limit=" + hello.maxMessageBytes(), "segmentBytes");
            assertThat(subscriber.stats().violations()).isOne();
            assertThat(subscriber.stats().lastError()).contains("messageBytes=");
        }
    }
}
