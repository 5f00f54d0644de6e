package io.sluicemq.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.journal.proto.Envelope;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class MessageHeadersTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<MessageHeader> parse(final byte[] bytes) {
        return Headers.parse(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    @Test
    void shouldBringHeadersAsTheyWerePublished() throws InterruptedException {
        final PublishOptions options = PublishOptions.builder()
                .header("trace", bytes("7"))
                .header("", new byte[0])
                .header("trace", bytes("\u00fc"))
                .build();
        try (Context context = Context.create();
                DurablePublisher host = DurablePublisher.open(
                        context,
                        folder.resolve("log"),
                        DurablePublisherOptions.builder()
                                .journal(JournalOptions.builder().segmentBytes(1 << 20))
                                .build());
                DurableSubscriber subscriber = DurableSubscriber.open(
                        context,
                        folder.resolve("inbox"),
                        DurableSubscriberOptions.builder("desk")
                                .segmentBytes(1 << 20)
                                .build())) {
            subscriber.connect(host.bind("tcp://127.0.0.1:*"));
            subscriber.subscribe("#", SubscribeOptions.DEFAULTS, LIMIT);
            host.publish("with", "payload", options);
            host.publish("without", "payload", PublishOptions.DEFAULTS);

            final Delivered with = subscriber.receive(LIMIT);
            final Delivered without = subscriber.receive(LIMIT);

            assertThat(with.headers()).extracting(MessageHeader::name).containsExactly("trace", "", "trace");
            assertThat(with.headers()).extracting(MessageHeader::text).containsExactly("7", "", "\u00fc");
            assertThat(with.headers().get(0).value()).isEqualTo(bytes("7"));
            assertThat(with.copy().headers()).isEqualTo(with.headers());
            assertThat(with.text()).isEqualTo("payload");
            assertThat(without.headers()).isEmpty();
        }
    }

    @Test
    void shouldRefuseHeadersOfAVersionThatIsNotKnown() {
        assertThatThrownBy(
                        () -> parse(Envelope.newBuilder().setVersion(-1).build().toByteArray()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("envelopeVersion=4294967295, limit=1");
    }

    @Test
    void shouldRefuseWhatAreNoHeaders() {
        assertThatThrownBy(() -> parse(new byte[] {(byte) 0xFF, 1}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("headersBytes=2, limit=an Envelope");
    }
}
