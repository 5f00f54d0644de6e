package io.sluicemq.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.testkit.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host and a subscriber that come and go. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class DurablePubSubTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int ROUNDS = 4;
    private static final int MESSAGES = 60;

    @TempDir
    private Path folder;

    private DurablePublisher host(final Context context) {
        return DurablePublisher.open(
                context,
                folder.resolve("log"),
                DurablePublisherOptions.builder()
                        .journal(JournalOptions.builder().segmentBytes(1 << 20))
                        .build());
    }

    private DurableSubscriber subscriber(final Context context, final String endpoint) throws InterruptedException {
        final DurableSubscriber subscriber = DurableSubscriber.open(
                context,
                folder.resolve("inbox"),
                DurableSubscriberOptions.builder("desk").segmentBytes(1 << 20).build());
        subscriber.connect(endpoint);
        return subscriber;
    }

    private static List<String> publish(final DurablePublisher host, final int round) throws InterruptedException {
        final List<String> texts = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            final String text = round + "-" + i;
            final QualityOfService qos = i % 3 == 0 ? QualityOfService.AT_LEAST_ONCE : QualityOfService.EXACTLY_ONCE;
            final PublishResult result = host.publish(
                    "prices/" + i, text, PublishOptions.builder().qos(qos).build());
            assertThat(result.outcome()).isEqualTo(PublishOutcome.PUBLISHED);
            texts.add(text);
        }
        return texts;
    }

    private static List<String> receive(final DurableSubscriber subscriber, final int messages)
            throws InterruptedException {
        final List<String> texts = new ArrayList<>();
        while (texts.size() < messages) {
            final Delivered message = subscriber.receive(LIMIT);
            assertThat(message)
                    .as("message behind %s, %s", texts, subscriber.stats())
                    .isNotNull();
            assertThat(message.isRedelivered()).as(message.toString()).isFalse();
            texts.add(message.text());
            assertThat(subscriber.acknowledge(message)).isEqualTo(AcknowledgeOutcome.DURABLE);
        }
        return texts;
    }

    /** That nobody has bound yet. */
    private String fresh(final String scheme) {
        return switch (scheme) {
            case "inproc" -> "inproc://prices";
            case "ipc", "shm" -> scheme + "://" + folder.resolve("socket");
            default -> scheme + "://127.0.0.1:*";
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "tls+tcp", "ipc", "shm", "quic"})
    void shouldDeliverAllInOrderOnceWhoeverIsAway(final String scheme) throws InterruptedException {
        final ContextOptions options =
                ContextOptions.builder().transport(TestCertificates.bothSides()).build();
        try (Context context = Context.create(options)) {
            String endpoint = fresh(scheme);
            try (DurablePublisher host = host(context)) {
                endpoint = host.bind(endpoint);
                try (DurableSubscriber subscriber = subscriber(context, endpoint)) {
                    final SubscribeResult granted = subscriber.subscribe("prices/#", SubscribeOptions.DEFAULTS, LIMIT);
                    assertThat(granted.outcome())
                            .as(subscriber.stats().toString())
                            .isEqualTo(SubscribeOutcome.GRANTED);
                    assertThat(granted.granted()).isEqualTo(QualityOfService.EXACTLY_ONCE);
                    assertThat(receive(subscriber, publish(host, 0).size()))
                            .startsWith("0-0")
                            .endsWith("0-59");
                }
                final List<String> away = publish(host, 1);
                try (DurableSubscriber subscriber = subscriber(context, endpoint)) {
                    assertThat(receive(subscriber, MESSAGES)).isEqualTo(away);
                }
            }
            try (DurableSubscriber subscriber = subscriber(context, endpoint)) {
                for (int round = 2; round < ROUNDS; round++) {
                    try (DurablePublisher host = host(context)) {
                        final List<String> published = publish(host, round);
                        host.bind(endpoint);
                        assertThat(receive(subscriber, MESSAGES)).isEqualTo(published);
                        assertThat(subscriber.receive(Duration.ofMillis(100))).isNull();
                    }
                }
            }
        }
    }
}
